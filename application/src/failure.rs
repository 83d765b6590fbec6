//! Why a use case did not do what was asked. Everything but [`Failure::Store`] is for the caller to mend.

use escalon_domain::{
    access::Permission,
    fault::Fault,
    refusal::{Refusal, RefusalCode},
};

use crate::ports::StoreError;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The caller's roles do not allow it.
    #[error("you need the permission {permission} to {}; ask an administrator for a role that has it", .permission.what())]
    NotPermitted {
        /// What is missing.
        permission: Permission,
    },
    /// It is not there, or not for this caller.
    #[error("there is no {what} with the id {id} here")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// It is there now and was not at the moment that was asked for.
    #[error("{id} was not there yet at that moment: {first}; ask for a later one")]
    NotThereYet {
        /// Its id.
        id: String,
        /// When it began, in words.
        first: String,
    },
    /// It changed since the caller looked.
    #[error(
        "it is at version {actual} and you expected version {expected}: somebody changed it; look again and repeat"
    )]
    VersionConflict {
        /// What the caller expected.
        expected: u64,
        /// What it is.
        actual: u64,
    },
    /// The key was used for something else.
    #[error("the idempotency key “{key}” was used before with other input; use a new key for a new command")]
    KeyReused {
        /// The key.
        key: String,
    },
    /// Another thing holds what must be unique.
    #[error("{message}")]
    Duplicate {
        /// What is taken, in words.
        message: String,
        /// The id of what holds it.
        holder: String,
    },
    /// The domain said no.
    #[error("{0}")]
    Refused(Box<dyn Refusal>),
    /// The input is wrong.
    #[error("{}", escalon_domain::refusal::sentence(.0))]
    Invalid(Vec<Fault>),
    /// Nobody is logged in, or wrongly.
    #[error("{0}")]
    Unauthenticated(String),
    /// The database, or what it holds, cannot be used now.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure {
    /// A single fault of the input.
    pub fn invalid<const N: usize>(path: [&str; N], message: impl Into<String>) -> Self {
        Self::Invalid(vec![Fault::at(path, message)])
    }

    /// A refusal of the domain; what is not there reads the same whoever says so.
    pub fn refused<R: Refusal>(refusal: R, what: &'static str, id: &impl ToString) -> Self {
        match refusal.code() {
            RefusalCode::NotFound => Self::NotFound { what, id: id.to_string() },
            RefusalCode::InvalidInput => Self::Invalid(refusal.faults()),
            _ => Self::Refused(Box::new(refusal)),
        }
    }
}
