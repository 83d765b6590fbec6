//! What lists of tickets show: one row a ticket.

mod projector;
mod queries;

use async_trait::async_trait;
use escalon_domain::{id::Named, ticket::Ticket};

pub use projector::{TicketFold, TicketRow};
pub(crate) use queries::own;
pub use queries::{TicketFilter, TicketOrder, TicketSort};

use crate::{
    error::ProjectionError,
    happening::Happening,
    projection::{Build, PersonalIn, Projection, Searched},
    tables::Tables,
};

/// What a ticket is found by beside its words; `tables.sql` has the index.
const FACTS: &str =
    "(array[status, brand, team, assignee, requester_member, requester_subject, opened_by] || tags)";

/// The projection.
#[derive(Debug, Clone, Copy)]
pub struct TicketInbox;

#[async_trait]
impl Projection for TicketInbox {
    fn name(&self) -> &'static str {
        "ticket_inbox"
    }

    fn version(&self) -> i32 {
        2
    }

    fn ddl(&self) -> &'static str {
        include_str!("tables.sql")
    }

    fn tables(&self) -> &'static [&'static str] {
        &["ticket"]
    }

    fn reads(&self) -> &'static [&'static str] {
        &[Ticket::PREFIX]
    }

    fn searched(&self) -> &'static [Searched] {
        &[Searched { table: "ticket", key: "id", key_type: "text", facts: Some(FACTS) }]
    }

    fn build(&self) -> Build {
        Build::ByStream
    }

    fn leaves_sealed(&self) -> &'static [&'static str] {
        &[
            "ticket.commented",
            "ticket.noted",
            "ticket.resolution_proposed",
            "ticket.reopened",
            "ticket.closed",
        ]
    }

    fn personal(&self) -> &'static [PersonalIn] {
        &[PersonalIn::Columns {
            table: "ticket",
            whose: "requester_subject",
            columns: &[("title", "null"), ("description", "null"), ("requester_name", "null")],
        }]
    }

    async fn project(
        &self,
        tables: &mut Tables<'_>,
        happenings: &[Happening<'_>],
    ) -> Result<(), ProjectionError> {
        tables.fold::<TicketFold>(happenings).await
    }
}
