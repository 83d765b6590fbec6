//! Custom fields: what a ticket type asks for beyond the common fields, and the check of what is given.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    fault::{self, Fault},
    personal::{Personal, SubjectId},
    refusal::list,
    slug::Slug,
};

/// The longest text of a field, in characters.
const LONGEST_TEXT: usize = 4_000;

/// What may stand in a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Any text of up to 4,000 characters.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// A day, `2026-01-31`.
    Date,
    /// One of some words.
    Choice {
        /// The words.
        options: Vec<String>,
    },
}

/// A custom field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its short name.
    pub name: Slug,
    /// Its name for people.
    pub title: String,
    /// What may stand in it.
    pub kind: FieldKind,
    /// Whether a ticket must have it.
    #[serde(default)]
    pub required: bool,
    /// Whether its text is personal data of the requester.
    #[serde(default)]
    pub personal: bool,
}

/// What stands in a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// Text about the requester.
    Personal(Personal<String>),
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(f64),
    /// Text, a day or a choice.
    Text(String),
}

/// The custom fields of a ticket.
pub type Fields = BTreeMap<Slug, FieldValue>;

/// Fields as they are given: JSON by name; null removes.
pub type GivenFields = BTreeMap<String, serde_json::Value>;

/// The given fields as values, or everything that is wrong with them. `none` means removed.
///
/// # Errors
/// One fault for each unknown name and each value that does not fit.
pub fn check_fields(
    definitions: &[Field],
    given: &GivenFields,
    subject: SubjectId,
) -> Result<BTreeMap<Slug, Option<FieldValue>>, Vec<Fault>> {
    let mut values = BTreeMap::new();
    let mut faults = Vec::new();
    for (name, value) in given {
        let Some(field) = definitions.iter().find(|field| field.name.as_str() == name) else {
            let known: Vec<_> = definitions.iter().map(|field| field.name.as_str()).collect();
            faults.push(Fault::at(
                ["fields", name],
                format!("there is no such field; this type has {}", list(&known)),
            ));
            continue;
        };
        match field.value(value, subject) {
            Ok(value) => _ = values.insert(field.name.clone(), value),
            Err(message) => faults.push(Fault::at(["fields", name], message)),
        }
    }
    if faults.is_empty() { Ok(values) } else { Err(faults) }
}

impl Field {
    /// The value of this field, `None` for null.
    fn value(&self, given: &serde_json::Value, subject: SubjectId) -> Result<Option<FieldValue>, String> {
        use serde_json::Value as Json;
        let value = match (&self.kind, given) {
            (_, Json::Null) if self.required => {
                return Err("this field is required and cannot be removed".to_owned());
            }
            (_, Json::Null) => return Ok(None),
            (FieldKind::Flag, Json::Bool(flag)) => FieldValue::Flag(*flag),
            (FieldKind::Flag, _) => return Err("needs true or false".to_owned()),
            (FieldKind::Number, Json::Number(number)) => {
                FieldValue::Number(number.as_f64().ok_or("is a number out of range")?)
            }
            (FieldKind::Number, _) => return Err("needs a number".to_owned()),
            (FieldKind::Date, Json::String(text)) => {
                let day = text.parse::<NaiveDate>().map_err(|_| "needs a day such as 2026-01-31")?;
                FieldValue::Text(day.to_string())
            }
            (FieldKind::Date, _) => return Err("needs a day such as \"2026-01-31\"".to_owned()),
            (FieldKind::Choice { options }, Json::String(text)) if options.contains(text) => {
                FieldValue::Text(text.clone())
            }
            (FieldKind::Choice { options }, _) => {
                return Err(format!(
                    "needs {}",
                    list(&options.iter().map(String::as_str).collect::<Vec<_>>())
                ));
            }
            (FieldKind::Text, Json::String(text)) => {
                if let Some(fault) = fault::length([], text, usize::from(self.required), LONGEST_TEXT) {
                    return Err(fault.message);
                }
                FieldValue::Text(text.clone())
            }
            (FieldKind::Text, _) => return Err("needs a text".to_owned()),
        };
        Ok(Some(match value {
            FieldValue::Text(text) if self.personal => FieldValue::Personal(Personal::new(subject, text)),
            value => value,
        }))
    }
}
