//! Data about a person. It is a type of its own so that it can be masked, sealed with its subject's key and forgotten.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{Id, Named};

/// A person whose data this is: a member (same UUID) or a customer without an account.
#[derive(Debug)]
pub enum Subject {}

impl Named for Subject {
    const PREFIX: &'static str = "subject";
}

/// The id of a [`Subject`].
pub type SubjectId = Id<Subject>;

/// A value that belongs to a person. `Debug` never shows it; a forgotten one has no value any more.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Personal<T> {
    /// Whose it is.
    pub subject: SubjectId,
    /// The value, unless it was forgotten.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub value: Option<T>,
}

impl<T> Personal<T> {
    /// A value of this person.
    pub const fn new(subject: SubjectId, value: T) -> Self {
        Self { subject, value: Some(value) }
    }

    /// The value, unless it was forgotten.
    pub const fn reveal(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// Whether the value is gone.
    pub const fn is_forgotten(&self) -> bool {
        self.value.is_none()
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Personal({}, {})", self.subject, if self.is_forgotten() { "forgotten" } else { "…" })
    }
}
