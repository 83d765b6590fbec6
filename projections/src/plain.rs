//! The data of an event as plain JSON, for the read models that keep events as they are.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::happening::Happening;

/// The data of an event, with personal values as bare values.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Plain {
    /// The data; a forgotten value is null.
    pub(crate) data: Value,
    /// The subjects whose personal values are in it.
    pub(crate) subjects: Vec<String>,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    data: Value,
}

/// The data of an event.
pub(crate) fn plain(happening: &Happening<'_>) -> Plain {
    // What is no JSON object with data cannot come out of the store; it would have no data to show.
    let payload = serde_json::from_str(happening.payload).unwrap_or(Payload { data: Value::Null });
    let mut subjects = BTreeSet::new();
    let data = reveal(payload.data, &mut subjects);
    Plain { data, subjects: subjects.into_iter().collect() }
}

/// A personal value is an object of a subject and perhaps a value, and nothing else.
fn reveal(value: Value, subjects: &mut BTreeSet<String>) -> Value {
    match value {
        Value::Object(mut fields) => {
            let subject =
                fields.get("subject").and_then(Value::as_str).filter(|id| id.starts_with("subject_"));
            if let Some(subject) = subject {
                subjects.insert(subject.to_owned());
                let others = fields.keys().any(|key| key != "subject" && key != "value");
                if !others {
                    return fields.remove("value").unwrap_or(Value::Null);
                }
            }
            fields.into_iter().map(|(key, value)| (key, reveal(value, subjects))).collect()
        }
        Value::Array(items) => items.into_iter().map(|item| reveal(item, subjects)).collect(),
        value => value,
    }
}
