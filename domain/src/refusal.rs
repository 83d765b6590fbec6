//! Why a command was refused, in a form every edge can show: a code, a sentence, and what would have been allowed.

use crate::fault::Fault;

/// The kind of refusal; stable, part of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCode {
    /// The action is not possible in the present state.
    InvalidTransition,
    /// The input is wrong; `faults` says where.
    InvalidInput,
    /// The thing does not exist.
    NotFound,
    /// The thing exists already.
    AlreadyExists,
    /// A rule of the house forbids it (own proof, higher level, last administrator …).
    NotAllowed,
}

/// Implemented by every aggregate's error.
pub trait Refusal: std::error::Error + Send + Sync + 'static {
    /// The kind of refusal.
    fn code(&self) -> RefusalCode;

    /// What would have been possible instead, for an illegal transition.
    fn allowed(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// The faults of the input, for an invalid one.
    fn faults(&self) -> Vec<Fault> {
        Vec::new()
    }
}

/// “a, b or c”; “nothing” for an empty list.
#[must_use]
pub fn list(items: &[&str]) -> String {
    match items {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// The faults as one sentence.
#[must_use]
pub fn sentence(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
