//! From any event to its row in the audit log.

use escalon_domain::stamp::Timestamp;
use serde_json::{Map, Value};

use crate::{happening::Happening, plain::plain, row};

row! {
    /// Something that somebody did.
    pub struct AuditRow in "audit" {
        /// The event's position.
        pub position: i64,
        /// The organization it belongs to.
        pub organization: String,
        /// When it happened.
        pub at: Timestamp,
        /// When it was stored; later than `at` for imported events.
        pub recorded_at: Timestamp,
        /// Who did it.
        pub actor: String,
        /// What they did: the event's stored name.
        pub action: String,
        /// To what kind of thing: the stream's type.
        pub resource_kind: String,
        /// To which.
        pub resource: String,
        /// The thing's version afterwards.
        pub version: i64,
        /// What it replaced, by name, where the event says so.
        pub old_value: Option<Value>,
        /// What is now, by name. Personal values are bare values, null when forgotten.
        pub new_value: Value,
        /// Whose personal values are in there.
        pub subjects: Vec<String>,
        /// Where the call came from.
        pub source: String,
        /// What everything that followed from one request shares.
        pub correlation: String,
        /// How much it matters: `info`, `warning` or `critical`.
        pub severity: String,
    }
}

/// How much an action matters to whoever reads the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Daily work.
    Info,
    /// A change of what people may do or how the engine behaves.
    Warning,
    /// Somebody gained or lost power.
    Critical,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// The severity of an event, by its stored name.
    #[must_use]
    pub fn of(event: &str) -> Self {
        match event {
            "member.role_granted"
            | "member.role_revoked"
            | "member.suspended"
            | "member.forgotten"
            | "customer.forgotten"
            | "organization.suspended"
            | "organization.analyst_granted"
            | "organization.analyst_revoked"
            | "organization.personal_data_exported" => Self::Critical,
            "member.reinstated" | "organization.reinstated" | "organization.setting_changed" => Self::Warning,
            "parked_sequence.retried" | "parked_sequence.skipped" => Self::Warning,
            event if event.starts_with("role.") || event.ends_with(".retired") => Self::Warning,
            _ => Self::Info,
        }
    }
}

impl AuditRow {
    /// The row of an event.
    #[must_use]
    pub fn of(happening: &Happening<'_>) -> Self {
        let (source, correlation) = happening.traces();
        let plain = plain(happening);
        let (old_value, new_value) = old_and_new(plain.data);
        Self {
            position: happening.position,
            organization: happening.organization(),
            at: happening.at(),
            recorded_at: happening.recorded_at,
            actor: happening.by().to_string(),
            action: happening.name.to_owned(),
            resource_kind: happening.kind.to_owned(),
            resource: happening.id().to_owned(),
            version: happening.version(),
            old_value,
            new_value,
            subjects: plain.subjects,
            source,
            correlation,
            severity: Severity::of(happening.name).name().to_owned(),
        }
    }
}

/// What a bare `previous` was the value of: the first of these that the event has.
const REPLACED: [&str; 5] = ["value", "body", "priority", "assignee", "name"];

/// Splits an event's data: `previous_team` is the old `team`.
fn old_and_new(data: Value) -> (Option<Value>, Value) {
    let Value::Object(fields) = data else { return (None, data) };
    let (mut old, mut new) = (Map::new(), Map::new());
    let replaced = REPLACED.into_iter().find(|name| fields.contains_key(*name)).unwrap_or("previous");
    for (name, value) in fields {
        match name.strip_prefix("previous") {
            Some("") => _ = old.insert(replaced.to_owned(), value),
            Some(rest) if rest.starts_with('_') => _ = old.insert(rest[1..].to_owned(), value),
            _ => _ = new.insert(name, value),
        }
    }
    ((!old.is_empty()).then_some(Value::Object(old)), Value::Object(new))
}
