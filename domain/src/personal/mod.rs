//! Data about a person. It is a type of its own so that it can be masked, sealed with its subject's key and forgotten.

mod forgotten;
mod once_bare;

use std::fmt;

use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::id::{Id, Named};

pub use forgotten::{Forgotten, ForgottenSubject, Held, mentions};
pub use once_bare::OnceBare;

/// A person whose data this is: a member (same UUID) or a customer without an account.
#[derive(Debug)]
pub enum Subject {}

impl Named for Subject {
    const PREFIX: &'static str = "subject";
}

/// The id of a [`Subject`].
pub type SubjectId = Id<Subject>;

/// A value that belongs to a person. `Debug` never shows it; a forgotten one has no value any more.
/// Stored, it is `{"subject":"subject_…","value":…}`, of which the store seals the value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored<T>")]
pub struct Personal<T> {
    /// Whose it is.
    pub subject: SubjectId,
    /// The value, unless it was forgotten.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<T>,
}

/// As it may be read: who has no keys finds a sealed value, which is none to them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored<T> {
    subject: SubjectId,
    #[serde(default = "Option::default")]
    value: Option<T>,
    #[serde(default, rename = "sealed")]
    _sealed: Option<IgnoredAny>,
}

impl<T> From<Stored<T>> for Personal<T> {
    fn from(stored: Stored<T>) -> Self {
        Self { subject: stored.subject, value: stored.value }
    }
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
