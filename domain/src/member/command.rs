//! What a member can be asked to do, and why it may be refused.

use std::collections::BTreeMap;

use super::Email;
use crate::{
    access::RoleId,
    contact::{ContactMethodId, ReachCommand},
    fault::Fault,
    personal::{Held, SubjectId},
    refusal::{Refusal, RefusalCode, sentence},
};

/// What can be done with a member. Levels and counts are looked up before.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberCommand {
    /// Invite somebody.
    Invite {
        /// Whose data it will be; the member's own subject.
        subject: SubjectId,
        /// Their name.
        name: String,
        /// Their address.
        email: Option<Email>,
        /// The address's digest, for uniqueness.
        email_digest: Option<String>,
        /// The roles they get at once, with the level of each.
        roles: BTreeMap<RoleId, u8>,
        /// The level of whoever invites them.
        inviter: u8,
        /// Whether they join at once: somebody who registers by themselves.
        joins: bool,
    },
    /// They accept the invitation.
    Join,
    /// Give them a role.
    GrantRole {
        /// The role.
        role: RoleId,
        /// The role's level.
        level: u8,
        /// The level of whoever grants it.
        granter: u8,
    },
    /// Take a role from them.
    RevokeRole {
        /// The role.
        role: RoleId,
        /// The role's level.
        level: u8,
        /// The level of whoever revokes it.
        revoker: u8,
        /// Whether somebody else still administers the organization (may grant roles at the highest level there is).
        another_administrator: bool,
    },
    /// Stop them from acting.
    Suspend {
        /// Why.
        reason: String,
        /// Their own level.
        level: u8,
        /// The level of whoever suspends them.
        suspender: u8,
        /// Whether somebody else still administers the organization.
        another_administrator: bool,
    },
    /// Let them act again.
    Reinstate {
        /// Their own level.
        level: u8,
        /// The level of whoever reinstates them.
        reinstater: u8,
    },
    /// Change how they are reached.
    Reach(ReachCommand),
    /// Forget them: destroy the key of their personal data.
    Forget {
        /// Their subject.
        subject: SubjectId,
        /// Why, in words that do not tell who they are.
        reason: String,
        /// What is kept of them.
        held: Held,
        /// Their own level.
        level: u8,
        /// The level of whoever forgets them.
        forgetter: u8,
        /// Whether somebody else still administers the organization.
        another_administrator: bool,
    },
}

/// Why a member says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MemberError {
    /// They exist.
    #[error("this member is already invited")]
    AlreadyInvited,
    /// They do not exist.
    #[error("there is no such member")]
    NotInvited,
    /// They have joined.
    #[error("this member has already joined")]
    AlreadyJoined,
    /// They are suspended.
    #[error("this member is suspended; reinstate them first, or forget them")]
    Suspended,
    /// They were forgotten.
    #[error("this member was forgotten; somebody who comes back is invited anew")]
    Forgotten,
    /// It would reach above the actor's own level.
    #[error(
        "your level is {own}, and this is level {level}: nobody acts above their own level (1 is the highest)"
    )]
    AboveOwnLevel {
        /// The actor's level.
        own: u8,
        /// The level it would take.
        level: u8,
    },
    /// Nobody would be left to administer the organization.
    #[error("this is the last administrator; make somebody else one first")]
    LastAdministrator,
    /// They have no such contact method.
    #[error("{0} is none of this member's contact methods; it may have been removed")]
    NoContactMethod(ContactMethodId),
    /// The input is wrong.
    #[error("{}", sentence(.0))]
    Invalid(Vec<Fault>),
}

impl Refusal for MemberError {
    fn code(&self) -> RefusalCode {
        match self {
            Self::AlreadyInvited => RefusalCode::AlreadyExists,
            Self::NotInvited | Self::NoContactMethod(_) => RefusalCode::NotFound,
            Self::AlreadyJoined | Self::Suspended | Self::Forgotten => RefusalCode::InvalidTransition,
            Self::AboveOwnLevel { .. } | Self::LastAdministrator => RefusalCode::NotAllowed,
            Self::Invalid(_) => RefusalCode::InvalidInput,
        }
    }

    fn allowed(&self) -> Vec<&'static str> {
        if matches!(self, Self::Suspended) { vec!["reinstate", "forget"] } else { Vec::new() }
    }

    fn faults(&self) -> Vec<Fault> {
        if let Self::Invalid(faults) = self { faults.clone() } else { Vec::new() }
    }
}
