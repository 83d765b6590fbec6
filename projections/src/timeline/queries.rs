//! What happened to a ticket or an escalation.

use escalon_domain::access::Permission;
use sqlx::{Postgres, QueryBuilder};

use super::TimelineRow;
use crate::{
    error::ReadError,
    escalation_inbox,
    read::{Listing, Page, ReadModels, Scope, Slice, Sort},
    scope::Reach,
    tables::Row,
    ticket_inbox,
};

impl ReadModels {
    /// What happened to a ticket (with the escalations about it), an escalation, or the escalations of a conversation
    /// (`conversation:…`), in order. What the scope does not reach is not there, and internal notes only for those who
    /// may write them.
    ///
    /// # Errors
    /// A bad cursor, or the database failed.
    pub async fn timeline(
        &self,
        scope: &Scope,
        subject: &str,
        page: Page,
    ) -> Result<Slice<TimelineRow>, ReadError> {
        let listing = Listing {
            columns: TimelineRow::columns("l"),
            table: "timeline",
            alias: "l",
            joins: "",
            sort: Sort::number("l.position"),
            tie: None,
        };
        let narrow = |query: &mut QueryBuilder<'_, Postgres>| {
            query.push(" and l.stream in (select ").push_bind(subject.to_owned());
            query.push(" union select escalation from timeline_escalation where subject = ");
            query.push_bind(subject.to_owned()).push(")");
            within(query, scope);
            if !scope.grants.allow(Permission::TicketNote) {
                query.push(" and not l.internal");
            }
        };
        let mut tx = self.begin(scope).await?;
        listing
            .fetch(&mut tx, &page, narrow, |row: &TimelineRow| (row.position.to_string(), String::new()))
            .await
    }
}

/// Only lines of what the scope reaches.
fn within(query: &mut QueryBuilder<'_, Postgres>, scope: &Scope) {
    match scope.tickets {
        Reach::All => {}
        Reach::None => _ = query.push(" and l.stream_kind <> 'ticket'"),
        Reach::Own => {
            query.push(" and (l.stream_kind <> 'ticket' or l.stream in (select t.id from ticket t where ");
            ticket_inbox::own(query, scope.member);
            query.push("))");
        }
    }
    match scope.escalations {
        Reach::All => {}
        Reach::None => _ = query.push(" and l.stream_kind <> 'escalation'"),
        Reach::Own => {
            query.push(
                " and (l.stream_kind <> 'escalation' or l.stream in (select e.id from escalation e where ",
            );
            escalation_inbox::own(query, scope.member);
            query.push("))");
        }
    }
}
