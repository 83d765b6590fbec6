//! Why a ticket says no.

use super::{Action, ProofId, Status};
use crate::{
    fault::Fault,
    refusal::{Refusal, RefusalCode, list, sentence},
};

/// Why a ticket says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// It exists.
    #[error("this ticket is already open")]
    AlreadyOpened,
    /// It does not exist.
    #[error("there is no such ticket")]
    NotOpened,
    /// The action is not possible at this status.
    #[error("a ticket that is {} cannot do this: {}; possible now: {}", .status.name(), .action.name(), list(&.status.actions()))]
    IllegalTransition {
        /// What was asked.
        action: Action,
        /// Where the ticket stands.
        status: Status,
    },
    /// There is no such proof.
    #[error("{0} was never submitted on this ticket")]
    UnknownProof(ProofId),
    /// The proof has been judged.
    #[error("{0} has already been approved or rejected; submit a new proof")]
    ProofAlreadyReviewed(ProofId),
    /// Nobody approves their own.
    #[error("nobody reviews their own proof of work; another person has to")]
    OwnProof,
    /// The type asks for a proof first.
    #[error(
        "tickets of this type need an approved proof of work before they are resolved; submit one and have it approved"
    )]
    ProofNeeded,
    /// The input is wrong.
    #[error("{}", sentence(.0))]
    Invalid(Vec<Fault>),
}

impl Refusal for TicketError {
    fn code(&self) -> RefusalCode {
        match self {
            Self::AlreadyOpened => RefusalCode::AlreadyExists,
            Self::NotOpened | Self::UnknownProof(_) => RefusalCode::NotFound,
            Self::IllegalTransition { .. } | Self::ProofAlreadyReviewed(_) | Self::ProofNeeded => {
                RefusalCode::InvalidTransition
            }
            Self::OwnProof => RefusalCode::NotAllowed,
            Self::Invalid(_) => RefusalCode::InvalidInput,
        }
    }

    fn allowed(&self) -> Vec<&'static str> {
        match self {
            Self::IllegalTransition { status, .. } => status.actions(),
            Self::ProofAlreadyReviewed(_) | Self::ProofNeeded => vec![Action::SubmitProof.name()],
            _ => Vec::new(),
        }
    }

    fn faults(&self) -> Vec<Fault> {
        if let Self::Invalid(faults) = self { faults.clone() } else { Vec::new() }
    }
}
