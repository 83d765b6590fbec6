//! Why an escalation says no.

use super::{Action, Status};
use crate::{
    fault::Fault,
    refusal::{Refusal, RefusalCode, list, sentence},
};

/// Why an escalation says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EscalationError {
    /// It exists.
    #[error("this escalation is already raised")]
    AlreadyRaised,
    /// It does not exist.
    #[error("there is no such escalation")]
    NotRaised,
    /// The action is not possible now.
    #[error("an escalation that is {} cannot do this: {}; possible now: {}", .status.name(), .action.name(), list(.allowed))]
    IllegalTransition {
        /// What was asked.
        action: Action,
        /// Where the escalation stands.
        status: Status,
        /// What would have been possible.
        allowed: Vec<&'static str>,
    },
    /// Only people look at things.
    #[error("only a member can view an escalation")]
    NoViewer,
    /// The input is wrong.
    #[error("{}", sentence(.0))]
    Invalid(Vec<Fault>),
}

impl Refusal for EscalationError {
    fn code(&self) -> RefusalCode {
        match self {
            Self::AlreadyRaised => RefusalCode::AlreadyExists,
            Self::NotRaised => RefusalCode::NotFound,
            Self::IllegalTransition { .. } => RefusalCode::InvalidTransition,
            Self::NoViewer => RefusalCode::NotAllowed,
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
