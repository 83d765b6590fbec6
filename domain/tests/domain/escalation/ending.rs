//! Resolving and calling off an escalation.

use escalon_domain::{
    claim::ClaimChange,
    escalation::{Escalation, EscalationCommand, EscalationEvent, Snoozed, Status},
};

use super::fixture::{cancelled, escalation, resolved, tomorrow};
use crate::{
    cast::{BOB, bob, noon, words},
    harness::{Scenario, events, invalid},
};

fn resolve(notes: &str) -> EscalationCommand {
    EscalationCommand::Resolve { notes: notes.into() }
}

fn cancel(reason: &str) -> EscalationCommand {
    EscalationCommand::Cancel { reason: reason.into() }
}

/// What the event does to claims at the end of this history.
fn claims(history: Scenario<Escalation>, event: impl Into<EscalationEvent>) -> Vec<ClaimChange> {
    history.and(bob(), vec![event.into()]).last_claims()
}

#[test]
fn resolving_needs_notes() {
    let after = escalation("in_progress").by(bob()).when(resolve("Refunded.")).then(events![resolved()]);
    assert_eq!((after.status, after.ended_at), (Status::Resolved, Some(noon())));
    assert_eq!(after.notes, Some(words(BOB, "Refunded.")));
    escalation("in_progress").when(resolve(" ")).then(invalid(&["notes"]));
}

#[test]
fn resolving_ends_the_hold() {
    let held = escalation("assigned").and(bob(), events![Snoozed { until: tomorrow() }]);
    let after = held.by(bob()).when(resolve("Refunded.")).then(events![resolved()]);
    assert_eq!(after.snoozed_until, None);
}

#[test]
fn calling_it_off_needs_a_reason() {
    let after = escalation("snoozed").by(bob()).when(cancel("Raised by mistake.")).then(events![cancelled()]);
    assert_eq!((after.status, after.ended_at, after.snoozed_until), (Status::Cancelled, Some(noon()), None));
    escalation("pending").when(cancel("")).then(invalid(&["reason"]));
}

#[test]
fn either_end_releases_what_raising_took() {
    let taken = escalation("pending").last_claims();
    let [ClaimChange::Take(claim)] = taken.as_slice() else { panic!("{taken:?}") };
    let released = [ClaimChange::Release(claim.clone())];
    assert_eq!(claims(escalation("in_progress"), resolved()), released);
    assert_eq!(claims(escalation("snoozed"), cancelled()), released);
    for status in ["assigned", "in_progress", "acknowledged", "snoozed"] {
        assert_eq!(escalation(status).last_claims(), [], "{status}");
    }
}
