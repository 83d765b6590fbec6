//! An escalation of a ticket that Alice raised, and histories to each status.

use chrono::{Duration, Timelike};
use escalon_domain::{
    escalation::{
        Acknowledged, Assigned, Cancelled, Cause, Escalation, EscalationSubject, Raised, Resolved, Snoozed,
        Started, Status, Urgency,
    },
    stamp::Timestamp,
};

use crate::{
    cast::{ALICE, BOB, bob, id, noon, words},
    harness::{Scenario, events},
};

pub(super) const REASON: &str = "The customer waits for a week.";

pub(super) fn raised() -> Raised {
    Raised {
        subject: EscalationSubject::Ticket(id(0x71c)),
        cause: Cause::Hand,
        reason: words(ALICE, REASON),
        urgency: Urgency::High,
        customer: None,
    }
}

pub(super) fn to_bob() -> Assigned {
    Assigned { previous: None, assignee: BOB }
}

pub(super) fn resolved() -> Resolved {
    Resolved { notes: words(BOB, "Refunded.") }
}

pub(super) fn cancelled() -> Cancelled {
    Cancelled { reason: words(BOB, "Raised by mistake.") }
}

pub(super) fn tomorrow() -> Timestamp {
    noon().with_hour(9).unwrap() + Duration::days(1)
}

/// An escalation at this status, or pending and acknowledged or snoozed.
pub(super) fn escalation(status: &str) -> Scenario<Escalation> {
    let raised = Scenario::given(events![raised()]);
    match status {
        "unknown" => Scenario::new(),
        "pending" => raised,
        "assigned" => raised.and(bob(), events![to_bob()]),
        "in_progress" => raised.and(bob(), events![to_bob(), Started {}]),
        "acknowledged" => raised.and(bob(), events![Acknowledged { note: None }]),
        "snoozed" => raised.and(bob(), events![Snoozed { until: tomorrow() }]),
        "resolved" => raised.and(bob(), events![to_bob(), Started {}, resolved()]),
        "cancelled" => raised.and(bob(), events![cancelled()]),
        _ => panic!("no history leads to {status}"),
    }
}

/// The status, or what holds it while it is pending.
pub(super) fn standing(escalation: &Escalation) -> String {
    let held = match escalation {
        _ if escalation.status != Status::Pending => None,
        Escalation { acknowledgement: Some(_), .. } => Some("acknowledged"),
        Escalation { snoozed_until: Some(_), .. } => Some("snoozed"),
        _ => None,
    };
    held.unwrap_or(escalation.status.name()).to_owned()
}
