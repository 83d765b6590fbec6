//! How far a caller may read. Nothing in a read model can be read without one.

use escalon_application::caller::Caller;
use escalon_domain::{
    access::{Grants, Permission},
    member::MemberId,
    organization::OrganizationId,
};

use crate::error::ReadError;

/// How far a caller may read.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The only organization it reaches.
    pub organization: OrganizationId,
    /// Who reads, if it is a member.
    pub member: Option<MemberId>,
    /// Which tickets.
    pub tickets: Reach,
    /// Which escalations.
    pub escalations: Reach,
    /// What the caller's roles add up to, for everything else.
    pub grants: Grants,
}

/// Which things of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// None.
    None,
    /// One's own: tickets one requested, opened or has; escalations one raised or has.
    Own,
    /// All of the organization.
    All,
}

impl Scope {
    /// What this caller may read.
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        let allow = |permission| caller.grants.allow(permission);
        let tickets = if allow(Permission::TicketReadAll) {
            Reach::All
        } else if allow(Permission::TicketReadOwn) {
            Reach::Own
        } else {
            Reach::None
        };
        let escalations = if allow(Permission::EscalationRead) { Reach::All } else { Reach::Own };
        Self {
            organization: caller.organization,
            member: caller.member(),
            tickets,
            escalations,
            grants: caller.grants.clone(),
        }
    }

    pub(crate) fn must(&self, permission: Permission) -> Result<(), ReadError> {
        if self.grants.allow(permission) { Ok(()) } else { Err(ReadError::NotPermitted { permission }) }
    }

    pub(crate) fn must_reach_tickets(&self) -> Result<(), ReadError> {
        let permission = Permission::TicketReadOwn;
        if self.tickets == Reach::None { Err(ReadError::NotPermitted { permission }) } else { Ok(()) }
    }

    pub(crate) fn must_reach_escalations(&self) -> Result<(), ReadError> {
        let permission = Permission::EscalationRead;
        if self.escalations == Reach::None { Err(ReadError::NotPermitted { permission }) } else { Ok(()) }
    }
}
