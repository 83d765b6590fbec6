//! What happened to a ticket or an escalation, for people who work on it.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use escalon_application::Caller;
use escalon_projections::TimelineRow;
use serde_json::Value;

use super::{
    context::call,
    mask::bare_data,
    page::{List, connection, part},
    scalars::{Actor, Position},
};

/// One thing that happened.
#[derive(SimpleObject)]
pub(super) struct TimelineEntry {
    /// Its place in the one order of all events.
    position: Position,
    /// The ticket or escalation it happened to.
    stream: ID,
    /// What it happened to: `ticket` or `escalation`.
    kind: String,
    /// Its place among the events of that, from 1.
    sequence: i64,
    /// The name of the event, for example `ticket.reopened`.
    name: String,
    /// Who did it.
    actor: Actor,
    /// When it happened.
    at: DateTime<Utc>,
    /// Whether it is among ourselves: the requester does not read it.
    internal: bool,
    /// What happened, in detail. A forgotten value is null.
    data: Value,
}

impl TimelineEntry {
    fn new(caller: &Caller, mut row: TimelineRow) -> Result<Self> {
        bare_data(caller, &mut row.data, &row.subjects, false);
        Ok(Self {
            position: Position(row.position),
            stream: row.stream.into(),
            kind: row.stream_kind,
            sequence: row.sequence,
            name: row.kind,
            actor: Actor::stored(&row.actor)?,
            at: row.at,
            internal: row.internal,
            data: row.data,
        })
    }
}

#[derive(Default)]
pub(super) struct TimelineQuery;

#[Object]
impl TimelineQuery {
    /// What happened to a ticket and the escalations about it, to an escalation, or to the escalations of a conversation,
    /// oldest first: as far as the caller may see them, and notes for those who may write them. Needs `first` or `last`, of
    /// at most 100.
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`ticket_…`, `escalation_…` or `conversation:…`.")] subject: ID,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<List<TimelineEntry>> {
        let call = call(ctx)?;
        let part = part(first, last, after, before)?;
        let slice = call.reads.timeline(&call.scope(), &subject, part).await;
        connection(slice, |row| TimelineEntry::new(&call.caller, row))
    }
}
