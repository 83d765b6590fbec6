//! Lists of tickets.

use escalon_domain::{member::MemberId, stamp::Timestamp};
use sqlx::{Postgres, QueryBuilder};

use super::TicketRow;
use crate::{
    error::ReadError,
    read::{
        Listing, Narrow, Page, ReadModels, Scope, Slice, Sort, among, cursor_moment, equals, found, has_words,
    },
    scope::Reach,
    tables::Row,
};

/// Which tickets; what is absent does not matter, and empty lists do not, either.
#[derive(Debug, Clone, Default)]
pub struct TicketFilter {
    /// At one of these statuses.
    pub statuses: Vec<String>,
    /// Of one of these priorities.
    pub priorities: Vec<String>,
    /// Of this type, by its id or short name.
    pub ticket_type: Option<String>,
    /// About this brand.
    pub brand: Option<String>,
    /// This member's.
    pub assignee: Option<String>,
    /// No member's (true), or some member's (false).
    pub unassigned: Option<bool>,
    /// This team's.
    pub team: Option<String>,
    /// Asked for by this member or customer: `member_…` or `subject_…`.
    pub requester: Option<String>,
    /// With this tag.
    pub tag: Option<String>,
    /// With words that begin like all of these, in number, title, description, brand or tags.
    pub text: Option<String>,
    /// Opened at this moment or later.
    pub opened_after: Option<Timestamp>,
    /// Opened before this moment.
    pub opened_before: Option<Timestamp>,
}

/// By what tickets are sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TicketSort {
    /// When they were opened.
    #[default]
    OpenedAt,
    /// When anything last happened to them.
    UpdatedAt,
    /// How important they are; ascending begins with the most important.
    Priority,
}

/// The order of tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketOrder {
    /// By what.
    pub by: TicketSort,
    /// Whether the highest value comes first.
    pub descending: bool,
}

impl Default for TicketOrder {
    /// The newest first.
    fn default() -> Self {
        Self { by: TicketSort::OpenedAt, descending: true }
    }
}

impl ReadModels {
    /// The tickets that the scope reaches.
    ///
    /// # Errors
    /// Not permitted, a bad cursor, or the database failed.
    pub async fn tickets(
        &self,
        scope: &Scope,
        filter: TicketFilter,
        order: TicketOrder,
        page: Page,
    ) -> Result<Slice<TicketRow>, ReadError> {
        scope.must_reach_tickets()?;
        let sort = match order.by {
            TicketSort::OpenedAt => Sort::moment("t.opened_at"),
            TicketSort::UpdatedAt => Sort::moment("t.updated_at"),
            TicketSort::Priority => Sort::number("t.priority_rank"),
        };
        let listing = Listing {
            columns: columns(),
            table: "ticket",
            alias: "t",
            joins: "left join member m on m.id = t.requester_member",
            sort: sort.descending(order.descending),
            tie: Some("t.id"),
        };
        let by_opening = order.by == TicketSort::OpenedAt;
        let text = filter.text.as_deref();
        let narrow = Narrow {
            within: &|query| {
                if by_opening {
                    filter.push_times(query);
                }
            },
            rows: &|query| {
                reach(query, scope);
                filter.push(query, by_opening);
                has_words(query, "t.search", text);
            },
            found: &|query| found(query, "ticket", text, filter.facts(scope)),
        };
        let key = |row: &TicketRow| match order.by {
            TicketSort::OpenedAt => (cursor_moment(row.opened_at), row.id.clone()),
            TicketSort::UpdatedAt => (cursor_moment(row.updated_at), row.id.clone()),
            TicketSort::Priority => (row.priority_rank.to_string(), row.id.clone()),
        };
        let mut tx = self.begin(scope).await?;
        listing.fetch_long(&mut tx, &page, narrow, key).await
    }
}

/// The columns of the row, with a member's name where it is one who asks.
fn columns() -> String {
    let column = |column: &&str| match *column {
        "requester_name" => "coalesce(t.requester_name, m.name) as requester_name".to_owned(),
        column => format!("t.{column}"),
    };
    TicketRow::COLUMNS.iter().map(column).collect::<Vec<_>>().join(", ")
}

fn reach(query: &mut QueryBuilder<'_, Postgres>, scope: &Scope) {
    if scope.tickets == Reach::Own {
        query.push(" and ");
        own(query, scope.member);
    }
}

/// That a ticket `t` is the member's own: requested, opened or held by them.
pub(crate) fn own(query: &mut QueryBuilder<'_, Postgres>, member: Option<MemberId>) {
    let Some(member) = member.map(|member| member.to_string()) else {
        query.push("false");
        return;
    };
    query.push("(t.requester_member = ").push_bind(member.clone());
    query.push(" or t.opened_by = ").push_bind(member.clone());
    query.push(" or t.assignee = ").push_bind(member).push(")");
}

impl TicketFilter {
    /// What the index is asked for: whose, of which brand, with which tag. A status goes along with these; alone it would
    /// find too much to be worth the way.
    fn facts(&self, scope: &Scope) -> Vec<String> {
        let own = scope.member.filter(|_| scope.tickets == Reach::Own).map(|member| member.to_string());
        let wanted = [&self.brand, &self.team, &self.assignee, &self.requester, &self.tag, &own];
        let mut facts: Vec<String> = wanted.into_iter().flatten().cloned().collect();
        if let ([status], true) = (self.statuses.as_slice(), self.text.is_some() || !facts.is_empty()) {
            facts.push(status.clone());
        }
        facts
    }

    /// All conditions but those on words, and with or without those on the time of opening.
    fn push(&self, query: &mut QueryBuilder<'_, Postgres>, timed: bool) {
        among(query, "t.status", &self.statuses);
        among(query, "t.priority", &self.priorities);
        if let Some(ticket_type) = &self.ticket_type {
            let column =
                if ticket_type.starts_with("ticket_type_") { "t.ticket_type" } else { "t.type_name" };
            equals(query, column, Some(ticket_type));
        }
        equals(query, "t.brand", self.brand.as_ref());
        equals(query, "t.assignee", self.assignee.as_ref());
        equals(query, "t.team", self.team.as_ref());
        match self.unassigned {
            Some(true) => _ = query.push(" and t.assignee is null"),
            Some(false) => _ = query.push(" and t.assignee is not null"),
            None => {}
        }
        if let Some(requester) = &self.requester {
            let member = requester.starts_with("member_");
            equals(query, if member { "t.requester_member" } else { "t.requester_subject" }, Some(requester));
        }
        if let Some(tag) = &self.tag {
            query.push(" and t.tags @> array[").push_bind(tag.clone()).push("]");
        }
        if !timed {
            self.push_times(query);
        }
    }

    fn push_times(&self, query: &mut QueryBuilder<'_, Postgres>) {
        if let Some(after) = self.opened_after {
            query.push(" and t.opened_at >= ").push_bind(after);
        }
        if let Some(before) = self.opened_before {
            query.push(" and t.opened_at < ").push_bind(before);
        }
    }
}
