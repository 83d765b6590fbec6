//! Which buttons of a ticket work: permission and status both.

use async_graphql::SimpleObject;
use escalon_application::Caller;
use escalon_domain::{
    access::Permission,
    ticket::{Action, ProofStatus, Status, Ticket},
};

/// What the caller can do with a ticket now.
#[derive(Debug, PartialEq, Eq, SimpleObject)]
pub(in crate::schema) struct TicketViewerCan {
    /// Correct its words or fields.
    edit: bool,
    /// Give it another priority.
    prioritize: bool,
    /// Give it to a team or member.
    assign: bool,
    /// Say something that the requester reads.
    comment: bool,
    /// Say something among ourselves.
    note: bool,
    /// Add and remove tags.
    tag: bool,
    /// Say that it waits for somebody.
    wait: bool,
    /// Say that the waiting is over.
    resume: bool,
    /// Propose a resolution.
    propose_resolution: bool,
    /// Accept the proposed resolution.
    accept_resolution: bool,
    /// Work on it again.
    reopen: bool,
    /// Be done with it.
    close: bool,
    /// Submit proof of work.
    submit_proof: bool,
    /// Approve or reject a proof of somebody else.
    review_proof: bool,
    /// Raise it to people.
    escalate: bool,
}

impl TicketViewerCan {
    pub(super) fn new(caller: &Caller, ticket: &Ticket) -> Self {
        let there = ticket.status != Status::Unknown;
        let may = |permission| there && caller.grants.allow(permission);
        let can = |permission, action: Action| may(permission) && action.allowed_from(ticket.status);
        let reviewable = ticket
            .proofs
            .values()
            .any(|proof| proof.status == ProofStatus::Submitted && proof.by != caller.actor);
        let proven = !ticket.rules.proof || ticket.is_proven();
        Self {
            edit: may(Permission::TicketEdit),
            prioritize: may(Permission::TicketPrioritize),
            assign: may(Permission::TicketAssign),
            comment: may(Permission::TicketComment),
            note: may(Permission::TicketNote),
            tag: may(Permission::TicketTag),
            wait: can(Permission::TicketWait, Action::Wait),
            resume: can(Permission::TicketWait, Action::Resume),
            propose_resolution: can(Permission::TicketResolve, Action::ProposeResolution)
                && (proven || ticket.rules.acceptance),
            accept_resolution: can(Permission::TicketAccept, Action::AcceptResolution) && proven,
            reopen: can(Permission::TicketReopen, Action::Reopen),
            close: can(Permission::TicketClose, Action::Close),
            submit_proof: can(Permission::ProofSubmit, Action::SubmitProof),
            review_proof: may(Permission::ProofReview) && reviewable,
            escalate: may(Permission::EscalationCreate),
        }
    }
}
