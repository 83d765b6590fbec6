//! What read models show to rules.

use crate::{member::MemberId, sla::SlaTarget, slug::Slug, stamp::Timestamp, ticket::TicketId};

/// What read models show at a moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// The open tickets.
    pub tickets: Vec<TicketFact>,
    /// The members who have work.
    pub workloads: Vec<WorkloadFact>,
}

/// An open ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketFact {
    /// Which.
    pub id: TicketId,
    /// Its number, as people write it.
    pub number: String,
    /// Its type.
    pub ticket_type: Slug,
    /// The rank of its priority; 1 is the most important.
    pub rank: u8,
    /// Who has it.
    pub assignee: Option<MemberId>,
    /// Its SLA clocks that run; those that stand or have ended are left out.
    pub clocks: Vec<SlaFact>,
}

/// An SLA clock that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlaFact {
    /// Which target.
    pub target: SlaTarget,
    /// When it comes to be at risk, or came.
    pub at_risk_at: Timestamp,
    /// When it is breached, or was.
    pub due: Timestamp,
}

/// How much a member has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkloadFact {
    /// Who.
    pub member: MemberId,
    /// How many open items they have.
    pub open: u32,
}
