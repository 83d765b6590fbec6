//! What a ticket's events mean for its status and its clock, for the read models that follow them.

use escalon_domain::ticket::{Status, TicketEvent};

/// The status after an event of a ticket that was reopened so often; none when it stays.
pub(crate) const fn status_after(event: &TicketEvent, reopenings: i32) -> Option<Status> {
    match event {
        TicketEvent::Opened(_) => Some(Status::Open),
        TicketEvent::Waiting(_) => Some(Status::Waiting),
        TicketEvent::Resumed(_) if reopenings > 0 => Some(Status::Reopened),
        TicketEvent::Resumed(_) => Some(Status::Open),
        TicketEvent::ResolutionProposed(_) => Some(Status::Processed),
        TicketEvent::ResolutionAccepted(_) => Some(Status::Resolved),
        TicketEvent::Reopened(_) => Some(Status::Reopened),
        TicketEvent::Closed(_) => Some(Status::Closed),
        TicketEvent::Edited(_)
        | TicketEvent::Prioritized(_)
        | TicketEvent::Assigned(_)
        | TicketEvent::Unassigned(_)
        | TicketEvent::Commented(_)
        | TicketEvent::Noted(_)
        | TicketEvent::Tagged(_)
        | TicketEvent::Untagged(_)
        | TicketEvent::ProofSubmitted(_)
        | TicketEvent::ProofApproved(_)
        | TicketEvent::ProofRejected(_)
        | TicketEvent::DeadlineSet(_)
        | TicketEvent::ThresholdsSet(_)
        | TicketEvent::SlaScheduled(_)
        | TicketEvent::ThresholdReached(_)
        | TicketEvent::SlaAtRisk(_)
        | TicketEvent::SlaBreached(_)
        | TicketEvent::SlaMet(_) => None,
    }
}

/// Whether the event answers the requester.
pub(crate) const fn is_response(event: &TicketEvent) -> bool {
    match event {
        TicketEvent::Commented(commented) => commented.response,
        TicketEvent::ResolutionProposed(_) => true,
        _ => false,
    }
}
