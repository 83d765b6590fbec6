//! Why an alert says no to a person. To its origin it never does.

use super::{Action, Status};
use crate::{
    fault::Fault,
    refusal::{Refusal, RefusalCode, list, sentence},
};

/// Why an alert says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AlertError {
    /// It does not exist.
    #[error("there is no such alert")]
    NotTriggered,
    /// The action is not possible now.
    #[error("an alert that is {} cannot do this: {}; possible now: {}", .status.name(), .action.name(), list(.allowed))]
    IllegalTransition {
        /// What was asked.
        action: Action,
        /// Where the alert stands.
        status: Status,
        /// What would have been possible.
        allowed: Vec<&'static str>,
    },
    /// The input is wrong.
    #[error("{}", sentence(.0))]
    Invalid(Vec<Fault>),
}

impl Refusal for AlertError {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotTriggered => RefusalCode::NotFound,
            Self::IllegalTransition { .. } => RefusalCode::InvalidTransition,
            Self::Invalid(_) => RefusalCode::InvalidInput,
        }
    }

    fn allowed(&self) -> Vec<&'static str> {
        if let Self::IllegalTransition { allowed, .. } = self { allowed.clone() } else { Vec::new() }
    }

    fn faults(&self) -> Vec<Fault> {
        if let Self::Invalid(faults) = self { faults.clone() } else { Vec::new() }
    }
}
