//! Assigning, working, owning, holding and looking at an escalation.

use chrono::{DateTime, Duration, Utc};
use escalon_domain::{
    escalation::{
        Acknowledged, Acknowledgement, Assigned, ContactChannel, CustomerContacted, EscalationCommand,
        Snoozed, Started, Status, Unacknowledged, Viewed, Woken,
    },
    member::MemberId,
    refusal::RefusalCode,
};

use super::fixture::{escalation, to_bob, tomorrow};
use crate::{
    cast::{ALICE, BOB, CAROL, bob, carol, customer, engine, noon, words},
    harness::{events, invalid, refused},
};

fn assign(assignee: MemberId) -> EscalationCommand {
    EscalationCommand::Assign { assignee }
}

fn snooze(until: DateTime<Utc>) -> EscalationCommand {
    EscalationCommand::Snooze { until }
}

#[test]
fn assigning_remembers_who_had_it() {
    let after = escalation("pending").when(assign(BOB)).then(events![to_bob()]);
    assert_eq!((after.status, after.assignee), (Status::Assigned, Some(BOB)));
    escalation("assigned").when(assign(BOB)).then_nothing();
    let expected = Assigned { previous: Some(BOB), assignee: CAROL };
    let after = escalation("in_progress").when(assign(CAROL)).then(events![expected]);
    assert_eq!((after.status, after.assignee), (Status::InProgress, Some(CAROL)));
}

#[test]
fn who_starts_has_it_unless_somebody_else_does() {
    let after = escalation("pending").by(carol()).when(EscalationCommand::Start).then(events![Started {}]);
    assert_eq!((after.status, after.assignee), (Status::InProgress, Some(CAROL)));
    let after = escalation("assigned").by(carol()).when(EscalationCommand::Start).then(events![Started {}]);
    assert_eq!(after.assignee, Some(BOB));
}

#[test]
fn a_contact_is_recorded_with_what_came_of_it() {
    let contact = |note: Option<&str>| EscalationCommand::Contact {
        channel: ContactChannel::Call,
        note: note.map(str::to_owned),
    };
    let expected =
        CustomerContacted { channel: ContactChannel::Call, note: Some(words(BOB, "Nobody there.")) };
    let after =
        escalation("in_progress").by(bob()).when(contact(Some("Nobody there."))).then(events![expected]);
    assert_eq!(after.last_contact_at, Some(noon()));
    let silent = CustomerContacted { channel: ContactChannel::Call, note: None };
    escalation("pending").when(contact(None)).then(events![silent]);
    escalation("pending").when(contact(Some(" "))).then(invalid(&["note"]));
}

#[test]
fn acknowledging_owns_it_and_ends_the_hold() {
    let acknowledge = EscalationCommand::Acknowledge { note: Some("On it.".into()) };
    let expected = Acknowledged { note: Some(words(BOB, "On it.")) };
    let after = escalation("snoozed").by(bob()).when(acknowledge).then(events![expected]);
    assert_eq!(after.acknowledgement, Some(Acknowledgement { by: bob(), at: noon() }));
    assert_eq!((after.status, after.snoozed_until), (Status::Pending, None));
}

#[test]
fn what_the_engine_notes_is_about_whoever_gave_the_reason() {
    let acknowledge = EscalationCommand::Acknowledge { note: Some("By text message.".into()) };
    let expected = Acknowledged { note: Some(words(ALICE, "By text message.")) };
    escalation("pending").by(engine()).when(acknowledge).then(events![expected]);
}

#[test]
fn giving_up_owning_it() {
    let command = EscalationCommand::Unacknowledge { reason: Some("My shift ends.".into()) };
    let expected = Unacknowledged { reason: Some(words(BOB, "My shift ends.")) };
    let after = escalation("acknowledged").by(bob()).when(command).then(events![expected]);
    assert_eq!(after.acknowledgement, None);
}

#[test]
fn holding_until_a_moment_within_seven_days() {
    let after = escalation("pending").when(snooze(tomorrow())).then(events![Snoozed { until: tomorrow() }]);
    assert_eq!((after.status, after.snoozed_until), (Status::Pending, Some(tomorrow())));
    let (least, most) = (noon() + Duration::nanoseconds(1), noon() + Duration::days(7));
    for until in [least, most] {
        escalation("in_progress").when(snooze(until)).then(events![Snoozed { until }]);
    }
    let outside =
        [noon(), noon() - Duration::hours(1), most + Duration::nanoseconds(1), DateTime::<Utc>::MAX_UTC];
    for until in outside {
        let expected = invalid(&["until"]).saying("at most 7 days away");
        escalation("pending").when(snooze(until)).then(expected);
    }
}

#[test]
fn the_end_of_time_is_no_exception() {
    let until = DateTime::<Utc>::MAX_UTC;
    escalation("pending").at(until).when(snooze(until)).then(invalid(&["until"]));
    escalation("pending").at(until - Duration::days(1)).when(snooze(until)).then(events![Snoozed { until }]);
}

#[test]
fn waking_ends_the_hold() {
    let after = escalation("snoozed").by(engine()).when(EscalationCommand::Wake).then(events![Woken {}]);
    assert_eq!(after.snoozed_until, None);
}

#[test]
fn a_view_is_recorded_once_for_each_person() {
    let after =
        escalation("pending").by(bob()).when(EscalationCommand::View).then(events![Viewed { viewer: BOB }]);
    assert_eq!(after.viewers.get(&BOB), Some(&noon()));
    let viewed = escalation("pending").and(bob(), events![Viewed { viewer: BOB }]);
    viewed.clone().by(bob()).when(EscalationCommand::View).then_nothing();
    let after = viewed.by(carol()).when(EscalationCommand::View).then(events![Viewed { viewer: CAROL }]);
    assert_eq!(after.viewers.len(), 2);
}

#[test]
fn only_members_view() {
    let expected = || refused(RefusalCode::NotAllowed, &[]).saying("only a member");
    escalation("pending").by(engine()).when(EscalationCommand::View).then(expected());
    escalation("pending").by(customer()).when(EscalationCommand::View).then(expected());
}
