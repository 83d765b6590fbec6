//! What an alert says, and whose it is.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Link;
use crate::personal::{Personal, SubjectId};

/// What an alert says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// In one line.
    pub summary: String,
    /// Whatever else the source says, as JSON text. It is text so that nothing in it can be taken for a value of the engine's
    /// own, a sealed one say, and numbers stay as they were written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
    /// Where to read more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

/// What an alert says: bare where it is about things, somebody's where it is about them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Told {
    /// It is about somebody.
    Personal(Personal<Content>),
    /// It is about things.
    Plain(Content),
}

impl Told {
    /// What is told about this person, if it is about one.
    #[must_use]
    pub const fn new(about: Option<SubjectId>, content: Content) -> Self {
        match about {
            Some(subject) => Self::Personal(Personal::new(subject, content)),
            None => Self::Plain(content),
        }
    }

    /// What it says, unless whom it was about is forgotten.
    #[must_use]
    pub const fn reveal(&self) -> Option<&Content> {
        match self {
            Self::Personal(personal) => personal.reveal(),
            Self::Plain(content) => Some(content),
        }
    }

    /// Whatever else it says, as JSON; null where that is nothing, or was forgotten.
    #[must_use]
    pub fn details(&self) -> serde_json::Value {
        let text = self.reveal().and_then(|content| content.details.as_deref());
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// Whom it is about, if it is about somebody.
    #[must_use]
    pub const fn about(&self) -> Option<SubjectId> {
        match self {
            Self::Personal(personal) => Some(personal.subject),
            Self::Plain(_) => None,
        }
    }
}

/// Sources say what they like; it does not belong in logs.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Content(…)")
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Personal(personal) => personal.fmt(f),
            Self::Plain(content) => content.fmt(f),
        }
    }
}
