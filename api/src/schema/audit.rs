//! The audit log: who did what to what, what it replaced, and how much it matters.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use escalon_application::Caller;
use escalon_projections::{AuditFilter, AuditRow, audit_log};
use serde_json::Value;

use super::{
    context::call,
    mask::bare_data,
    page::{List, connection, part},
    scalars::{Actor, Position},
};

/// How much an action matters to whoever reads the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "audit_log::Severity")]
pub(super) enum AuditSeverity {
    /// Daily work.
    Info,
    /// A change of what people may do or how the engine behaves.
    Warning,
    /// Somebody gained or lost power.
    Critical,
}

/// Something that somebody did.
#[derive(SimpleObject)]
pub(super) struct AuditEntry {
    /// Its place in the one order of all events.
    position: Position,
    /// When it happened.
    at: DateTime<Utc>,
    /// When it was stored; later than `at` for imported events.
    recorded_at: DateTime<Utc>,
    /// Who did it.
    actor: Actor,
    /// What they did: the name of the event.
    action: String,
    /// To what kind of thing.
    resource_kind: String,
    /// To which.
    resource: ID,
    /// The version of that afterwards.
    version: i64,
    /// What it replaced, by name.
    old_value: Option<Value>,
    /// What is now, by name. A forgotten value is null.
    new_value: Value,
    /// Where the call came from.
    source: String,
    /// What everything that follows from one request shares.
    correlation: String,
    /// How much it matters.
    severity: AuditSeverity,
}

impl AuditEntry {
    fn new(caller: &Caller, mut row: AuditRow) -> Result<Self> {
        let of_member = row.resource_kind == "member";
        for value in row.old_value.iter_mut().chain([&mut row.new_value]) {
            bare_data(caller, value, &row.subjects, of_member);
        }
        Ok(Self {
            position: Position(row.position),
            at: row.at,
            recorded_at: row.recorded_at,
            actor: Actor::stored(&row.actor)?,
            severity: audit_log::Severity::of(&row.action).into(),
            action: row.action,
            resource_kind: row.resource_kind,
            resource: row.resource.into(),
            version: row.version,
            old_value: row.old_value,
            new_value: row.new_value,
            source: row.source,
            correlation: row.correlation,
        })
    }
}

/// Which entries; what is absent does not matter.
#[derive(Default, InputObject)]
pub(super) struct AuditFilterInput {
    /// Done by this actor: `member_…`, `subject_…` or `system:…`.
    actor: Option<ID>,
    /// One of these actions, by the name of the event.
    actions: Option<Vec<String>>,
    /// Done to this kind of thing, for example `member`.
    resource_kind: Option<String>,
    /// Done to this thing.
    resource: Option<ID>,
    /// Of one of these severities.
    severities: Option<Vec<AuditSeverity>>,
    /// From this source.
    source: Option<String>,
    /// Following from this request.
    correlation: Option<String>,
    /// With words that begin like all of these, in action, resource, actor, source, or any old or new text.
    text: Option<String>,
    /// At this moment or later.
    from: Option<DateTime<Utc>>,
    /// Before this moment.
    to: Option<DateTime<Utc>>,
}

impl From<AuditFilterInput> for AuditFilter {
    fn from(input: AuditFilterInput) -> Self {
        let severities = input.severities.unwrap_or_default().into_iter();
        Self {
            actor: input.actor.map(|id| id.0),
            actions: input.actions.unwrap_or_default(),
            resource_kind: input.resource_kind,
            resource: input.resource.map(|id| id.0),
            severities: severities.map(|one| audit_log::Severity::from(one).name().to_owned()).collect(),
            source: input.source,
            correlation: input.correlation,
            text: input.text,
            from: input.from,
            to: input.to,
        }
    }
}

#[derive(Default)]
pub(super) struct AuditQuery;

#[Object]
impl AuditQuery {
    /// The audit log, the latest first. Needs the permission `audit.view`, and `first` or `last`, of at most 100.
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        filter: Option<AuditFilterInput>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<List<AuditEntry>> {
        let call = call(ctx)?;
        let (part, filter) = (part(first, last, after, before)?, filter.unwrap_or_default().into());
        let slice = call.reads.audit(&call.scope(), filter, part).await;
        connection(slice, |row| AuditEntry::new(&call.caller, row))
    }
}
