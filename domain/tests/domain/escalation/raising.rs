//! Raising an escalation.

use escalon_domain::{
    claim::{Claim, ClaimChange},
    escalation::{
        Cause, ContactChannel, Customer, Escalation, EscalationCommand, EscalationSubject, Raise, Raised,
        Status, Urgency,
    },
    personal::Personal,
    refusal::RefusalCode,
};

use super::fixture::{REASON, escalation, raised};
use crate::{
    cast::{ALICE, CUSTOMER, alice, customer, engine, id, noon},
    harness::{Scenario, events, invalid, refused},
};

fn raise() -> Raise {
    Raise {
        subject: EscalationSubject::Ticket(id(0x71c)),
        cause: Cause::Hand,
        reason: REASON.into(),
        speaks_of: ALICE.cast(),
        urgency: Urgency::High,
        customer: None,
    }
}

fn raising(raise: Raise) -> EscalationCommand {
    EscalationCommand::Raise(Box::new(raise))
}

fn claimed(subject: EscalationSubject, cause: Cause) -> Claim {
    let changes = Scenario::<Escalation>::given(events![Raised { subject, cause, ..raised() }]).last_claims();
    let [ClaimChange::Take(claim)] = changes.as_slice() else { panic!("{changes:?}") };
    claim.clone()
}

#[test]
fn by_hand() {
    let after = Scenario::<Escalation>::new().when(raising(raise())).then(events![raised()]);
    assert_eq!((after.status, after.urgency), (Status::Pending, Some(Urgency::High)));
    assert_eq!((after.raised_by, after.raised_at, after.assignee), (Some(alice()), Some(noon()), None));
}

#[test]
fn by_the_customer_with_how_to_reach_them() {
    let person = Customer {
        subject: CUSTOMER,
        name: Some(Personal::new(CUSTOMER, "Dana".into())),
        phone: Some(Personal::new(CUSTOMER, "+49 30 123456".into())),
        email: Some(Personal::new(CUSTOMER, "dana@example.com".parse().unwrap())),
        preferred: Some(ContactChannel::Sms),
    };
    let subject = EscalationSubject::Conversation("chat-17".into());
    let given =
        Raise { subject: subject.clone(), cause: Cause::Customer, customer: Some(person.clone()), ..raise() };
    let reason = Personal::new(CUSTOMER, REASON.into());
    let expected = Raised { subject, cause: Cause::Customer, reason, customer: Some(person), ..raised() };
    let after = Scenario::<Escalation>::new().by(customer()).when(raising(given)).then(events![expected]);
    let shown = format!("{after:?}");
    assert!(!["Dana", "123456", "dana@", REASON].iter().any(|value| shown.contains(value)), "{shown}");
}

#[test]
fn by_a_rule_whose_words_are_about_somebody() {
    let cause = Cause::Rule("critical_complaint".into());
    let given = Raise { cause: cause.clone(), speaks_of: CUSTOMER, ..raise() };
    let expected = Raised { cause, reason: Personal::new(CUSTOMER, REASON.into()), ..raised() };
    Scenario::<Escalation>::new().by(engine()).when(raising(given)).then(events![expected]);
}

#[test]
fn a_reason_has_ten_characters_or_more() {
    let short = Raise { reason: " too late ".into(), ..raise() };
    let expected = invalid(&["reason"]).saying("needs 10 characters or more; this has 8");
    Scenario::<Escalation>::new().when(raising(short)).then(expected);
    let enough = Raise { reason: "zu spät, zu".into(), ..raise() };
    assert!(Scenario::<Escalation>::new().when(raising(enough)).result.is_ok());
}

#[test]
fn both_faults_are_named_at_once() {
    let subject = EscalationSubject::Conversation(String::new());
    let given = Raise { subject, reason: String::new(), ..raise() };
    Scenario::<Escalation>::new().when(raising(given)).then(invalid(&["reason", "conversation"]));
    let subject = EscalationSubject::Conversation("x".repeat(201));
    Scenario::<Escalation>::new()
        .when(raising(Raise { subject, ..raise() }))
        .then(invalid(&["conversation"]));
}

#[test]
fn twice_is_refused() {
    for status in ["pending", "resolved", "cancelled"] {
        escalation(status).when(raising(raise())).then(refused(RefusalCode::AlreadyExists, &[]));
    }
}

#[test]
fn one_request_of_a_subject_is_open_whoever_asks() {
    let ticket = || EscalationSubject::Ticket(id(0x71c));
    assert_eq!(claimed(ticket(), Cause::Hand), claimed(ticket(), Cause::Customer));
    assert_eq!(
        claimed(ticket(), Cause::Hand),
        Claim::organization("escalation.open", format!("{}|request", ticket().key()))
    );
    let others = [
        claimed(ticket(), Cause::Rule("sla_breached".into())),
        claimed(ticket(), Cause::Rule("high_workload".into())),
        claimed(ticket(), Cause::Rule("request".into())),
        claimed(EscalationSubject::Ticket(id(0x71d)), Cause::Hand),
        claimed(EscalationSubject::Conversation("chat-17".into()), Cause::Hand),
        claimed(EscalationSubject::Conversation("chat-18".into()), Cause::Hand),
    ];
    for (place, claim) in others.iter().enumerate() {
        assert_ne!(claim, &claimed(ticket(), Cause::Hand));
        assert!(!others[..place].contains(claim), "{claim:?}");
    }
}
