//! Conditions on what an alert says.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Routable;
use crate::{fault::Fault, source::Pointer};

const MOST_VALUES: usize = 50;

/// A condition: what stands in a field passes a test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The field.
    pub field: Field,
    /// The test.
    pub is: Test,
}

/// Where a condition looks: `source`, `severity`, `urgency`, `summary`, or a place in the details (`/labels/host`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Field {
    /// The source's short name.
    Source,
    /// The source's own word for how bad it is.
    Severity,
    /// How insistently to tell people.
    Urgency,
    /// The summary.
    Summary,
    /// A place in the details.
    Details(Pointer),
}

/// A text that names no field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is not a field; use source, severity, urgency, summary, or a place in the details such as /labels/host"
)]
pub struct UnknownField(String);

/// What is asked of a field. Texts are compared letter by letter, numbers by their value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// It is this.
    Equals(Value),
    /// It is not this, or there is nothing.
    Not(Value),
    /// It is one of these.
    OneOf(Vec<Value>),
    /// It is a text with this in it, or a list with this text in it.
    Contains(String),
    /// It is a text that begins so.
    StartsWith(String),
    /// It is a number, and not less than this.
    AtLeast(f64),
    /// It is a number, and not more than this.
    AtMost(f64),
    /// Whether there is anything.
    Present(bool),
}

impl Condition {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, event: &Routable<'_>) -> bool {
        let text = |text: &str| Some(Value::from(text));
        let found = match &self.field {
            Field::Source => event.source.and_then(|source| text(source.as_str())),
            Field::Severity => event.severity.and_then(text),
            Field::Urgency => text(event.urgency.name()),
            Field::Summary => text(event.summary),
            Field::Details(place) => return self.is.passes(place.find(event.details)),
        };
        self.is.passes(found.as_ref())
    }

    /// What is wrong with it; `place` is its own among the conditions.
    pub(super) fn fault(&self, place: usize) -> Option<Fault> {
        let message = match &self.is {
            Test::OneOf(values) if values.is_empty() || values.len() > MOST_VALUES => {
                format!("needs 1 to {MOST_VALUES} values")
            }
            Test::Contains(text) | Test::StartsWith(text) if text.is_empty() => {
                "needs a text that is not empty; every text has that".to_owned()
            }
            Test::Equals(value) | Test::Not(value) if value.is_null() => {
                "cannot be null; ask whether anything is present instead".to_owned()
            }
            _ => return None,
        };
        Some(Fault::at(["conditions", &place.to_string(), "is"], message))
    }
}

impl Test {
    fn passes(&self, found: Option<&Value>) -> bool {
        let number = || found.and_then(Value::as_f64);
        let text = || found.and_then(Value::as_str);
        match self {
            Self::Equals(value) => found.is_some_and(|found| same(found, value)),
            Self::Not(value) => !found.is_some_and(|found| same(found, value)),
            Self::OneOf(values) => found.is_some_and(|found| values.iter().any(|value| same(found, value))),
            Self::Contains(part) => match found {
                Some(Value::Array(list)) => list.iter().any(|one| one.as_str() == Some(part)),
                _ => text().is_some_and(|text| text.contains(part)),
            },
            Self::StartsWith(start) => text().is_some_and(|text| text.starts_with(start)),
            Self::AtLeast(least) => number().is_some_and(|number| number >= *least),
            Self::AtMost(most) => number().is_some_and(|number| number <= *most),
            Self::Present(present) => found.is_some() == *present,
        }
    }
}

/// 5 and 5.0 are the same number.
fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

impl fmt::Display for Condition {
    /// In words: `/amount is at least 5000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = &self.field;
        match &self.is {
            Test::Equals(value) => write!(f, "{field} is {}", shown(value)),
            Test::Not(value) => write!(f, "{field} is not {}", shown(value)),
            Test::OneOf(values) => {
                let values: Vec<_> = values.iter().map(shown).collect();
                let values: Vec<_> = values.iter().map(String::as_str).collect();
                write!(f, "{field} is {}", crate::refusal::list(&values))
            }
            Test::Contains(part) => write!(f, "{field} contains “{part}”"),
            Test::StartsWith(start) => write!(f, "{field} begins with “{start}”"),
            Test::AtLeast(least) => write!(f, "{field} is at least {least}"),
            Test::AtMost(most) => write!(f, "{field} is at most {most}"),
            Test::Present(true) => write!(f, "{field} is given"),
            Test::Present(false) => write!(f, "{field} is not given"),
        }
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| format!("“{text}”"))
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source => f.write_str("source"),
            Self::Severity => f.write_str("severity"),
            Self::Urgency => f.write_str("urgency"),
            Self::Summary => f.write_str("summary"),
            Self::Details(place) => place.fmt(f),
        }
    }
}

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(text: &str) -> Result<Self, UnknownField> {
        Ok(match text {
            "source" => Self::Source,
            "severity" => Self::Severity,
            "urgency" => Self::Urgency,
            "summary" => Self::Summary,
            place => {
                let unknown = || UnknownField(text.chars().take(80).collect());
                Self::Details(place.parse().ok().filter(|_| place.starts_with('/')).ok_or_else(unknown)?)
            }
        })
    }
}

impl TryFrom<String> for Field {
    type Error = UnknownField;

    fn try_from(text: String) -> Result<Self, UnknownField> {
        text.parse()
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.to_string()
    }
}
