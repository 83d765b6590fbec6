//! Two moments of something, field by field.

use escalon_application::{
    Comparison, Moment,
    comparison::{Cause, Change, written},
    engine::Guarded,
};
use serde_json::{Value, json};

use crate::{
    output::{Answer, table},
    problem::Problem,
};

/// So much of a value is shown to people; `--json` has all of it.
const SHOWN: usize = 60;

/// Which two moments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    pub(super) from: Moment,
    pub(super) to: Moment,
}

pub(super) fn answer<A: Guarded>(found: &Comparison<A>) -> Result<Answer, Problem> {
    let changes: Vec<Value> = found.changes.iter().map(document).collect();
    let document = json!({
        "id": found.to.id, "fromVersion": found.from.version, "toVersion": found.to.version, "changes": changes,
    });
    let rows = found.changes.iter().map(|change| {
        let (difference, last) = (&change.difference, change.events.last());
        [
            written(&difference.path),
            short(&difference.before),
            short(&difference.after),
            last.map(|cause| format!("{} #{}", cause.name, cause.sequence)).unwrap_or_default(),
            last.map(|cause| cause.actor.to_string()).unwrap_or_default(),
            last.map(|cause| cause.occurred_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
                .unwrap_or_default(),
        ]
    });
    let text = match found.changes.is_empty() {
        true => format!("nothing differs between version {} and {}", found.from.version, found.to.version),
        false => table(["field", "before", "after", "last changed by", "who", "when"], rows),
    };
    Answer::new(&document, text)
}

fn document(change: &Change) -> Value {
    let difference = &change.difference;
    json!({
        "path": difference.path, "field": written(&difference.path), "before": difference.before, "after": difference.after,
        "events": change.events.iter().map(cause).collect::<Vec<_>>(),
    })
}

fn cause(cause: &Cause) -> Value {
    json!({
        "sequence": cause.sequence, "position": cause.position, "event": cause.name, "actor": cause.actor,
        "occurredAt": cause.occurred_at, "recordedAt": cause.recorded_at,
    })
}

/// A value in a few words. Of a personal value only the value.
fn short(value: &Value) -> String {
    let text = match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(fields) if fields.contains_key("subject") && fields.len() <= 2 => {
            return fields.get("value").map_or_else(|| "forgotten".to_owned(), short);
        }
        other => other.to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
