//! Personal values that some stored events hold bare.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Personal, SubjectId};

/// A personal value. Events of former times hold it bare; it is not written so any more.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OnceBare<T> {
    /// As it is written.
    Personal(Personal<T>),
    /// As it was.
    Bare(T),
}

impl<T> OnceBare<T> {
    /// A value of this person.
    pub const fn new(subject: SubjectId, value: T) -> Self {
        Self::Personal(Personal::new(subject, value))
    }

    /// The value, unless it was forgotten.
    pub const fn reveal(&self) -> Option<&T> {
        match self {
            Self::Personal(personal) => personal.reveal(),
            Self::Bare(value) => Some(value),
        }
    }
}

impl<T> fmt::Debug for OnceBare<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Personal(personal) => personal.fmt(f),
            Self::Bare(_) => f.write_str("…"),
        }
    }
}
