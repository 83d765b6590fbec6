//! What a member says about how they are reached.

use escalon_domain::{
    contact::{
        Channel, Code, Consent, ConsentGiven, ConsentWithdrawn, ContactMethodAdded, ContactMethodId,
        ContactMethodRemoved, ContactMethodVerified, Means, NotificationRule, Preferences, PreferencesSet,
        Proof, QuietHours, QuietHoursSet, ReachCommand, RulesSet, ZoneSet,
    },
    escalation::Urgency,
    member::{Invited, Joined, Member, MemberCommand, MemberEvent, Suspended},
    personal::{Forgotten, OnceBare},
    refusal::RefusalCode,
    zone::Zone,
};

use crate::{
    cast::{ALICE, id, noon, words},
    harness::{Scenario, events, invalid, refused},
};

const MAIL: ContactMethodId = id(0x3a11);
const PHONE: ContactMethodId = id(0xf04e);

fn alice(more: Vec<MemberEvent>) -> Scenario<Member> {
    let invited = Invited { name: words(ALICE, "Alice"), email: None, email_digest: None };
    Scenario::given([events![invited, Joined {}], more].concat())
}

fn added(method: ContactMethodId, channel: Channel, address: &str) -> ContactMethodAdded {
    ContactMethodAdded { method, channel, address: words(ALICE, address) }
}

fn add(method: ContactMethodId, channel: Channel, address: &str) -> MemberCommand {
    reach(ReachCommand::AddMethod { method, channel, address: address.into(), vouched: false })
}

const fn reach(command: ReachCommand) -> MemberCommand {
    MemberCommand::Reach(command)
}

const fn verify(method: ContactMethodId, code: Code) -> MemberCommand {
    reach(ReachCommand::VerifyMethod { method, code })
}

const fn rule(method: ContactMethodId, delay_minutes: u32) -> NotificationRule {
    NotificationRule { urgency: Urgency::High, method, delay_minutes }
}

#[test]
fn an_address_is_added_and_then_proven() {
    let mail = added(MAIL, Channel::Email, "alice@example.com");
    let state =
        alice(vec![]).when(add(MAIL, Channel::Email, "alice@Example.com ")).then(events![mail.clone()]);
    assert_eq!(state.reach.methods[&MAIL].verified_at, None);

    let known = alice(events![mail]);
    let verified = ContactMethodVerified { method: MAIL, proof: Proof::Code };
    let state = known.clone().when(verify(MAIL, Code::Right)).then(events![verified.clone()]);
    assert_eq!(state.reach.methods[&MAIL].verified_at, Some(noon()));
    known.clone().when(verify(MAIL, Code::Wrong)).then(invalid(&["code"]).saying("not the code"));
    known.clone().when(verify(MAIL, Code::Expired)).then(invalid(&["code"]).saying("new one"));
    known.clone().when(verify(PHONE, Code::Right)).then(refused(RefusalCode::NotFound, &[]));
    known.and(crate::cast::alice(), events![verified]).when(verify(MAIL, Code::Wrong)).then_nothing();
}

#[test]
fn what_another_system_vouches_for_is_proven_at_once() {
    let (method, channel) = (PHONE, Channel::Sms);
    let command =
        ReachCommand::AddMethod { method, channel, address: "+49 30 1234567".into(), vouched: true };
    alice(vec![]).when(reach(command)).then(events![
        added(PHONE, Channel::Sms, "+49301234567"),
        ContactMethodVerified { method: PHONE, proof: Proof::Vouched },
    ]);
}

#[test]
fn an_address_is_good_and_new_and_one_of_few() {
    alice(vec![]).when(add(PHONE, Channel::Sms, "1234567")).then(invalid(&["address"]));
    let mail = added(MAIL, Channel::Email, "alice@example.com");
    let again = add(PHONE, Channel::Email, "alice@EXAMPLE.com");
    alice(events![mail]).when(again).then(invalid(&["address"]).saying("already"));

    let many = |channel| (1..=20).map(move |n| added(id(n), channel, &format!("+4930123450{n:02}")).into());
    let full = alice(many(Channel::Sms).collect());
    full.when(add(PHONE, Channel::Sms, "x")).then(invalid(&["methods", "address"]));
    // The same number may be called.
    alice(many(Channel::Sms).take(19).collect())
        .when(add(PHONE, Channel::Call, "+493012345001"))
        .then(events![added(PHONE, Channel::Call, "+493012345001")]);
}

#[test]
fn rules_go_with_their_address() {
    let known = alice(events![
        added(MAIL, Channel::Email, "alice@example.com"),
        added(PHONE, Channel::Sms, "+49301234567"),
        RulesSet { rules: vec![rule(PHONE, 0), rule(MAIL, 5)] },
    ]);
    let remove = |method| reach(ReachCommand::RemoveMethod { method });
    let state = known
        .clone()
        .when(remove(PHONE))
        .then(events![ContactMethodRemoved { method: PHONE }, RulesSet { rules: vec![rule(MAIL, 5)] }]);
    assert_eq!(state.reach.rules, [rule(MAIL, 5)]);
    known.when(remove(id(7))).then_nothing();
}

#[test]
fn rules_name_addresses_that_are_there() {
    let known = alice(events![added(MAIL, Channel::Email, "alice@example.com")]);
    let set = |rules| reach(ReachCommand::SetRules { rules });
    let rules = vec![rule(MAIL, 0), rule(MAIL, 30)];
    known.clone().when(set(rules.clone())).then(events![RulesSet { rules }]);
    known.clone().when(set(Vec::new())).then_nothing();
    known.clone().when(set(vec![rule(MAIL, 0), rule(PHONE, 1_441), rule(MAIL, 0)])).then(invalid(&[
        "rules.1.method",
        "rules.1.delay_minutes",
        "rules.2.method",
    ]));
    known.when(set((0..51).map(|minutes| rule(MAIL, minutes)).collect())).then(invalid(&["rules"]));
}

#[test]
fn wishes_replace_those_before_and_the_same_ones_change_nothing() {
    let time = |hour| chrono::NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let preferences = Preferences { critical_only: true, ..Preferences::default() };
    let set = reach(ReachCommand::SetPreferences(preferences.clone()));
    let event = PreferencesSet { preferences };
    alice(vec![]).when(set.clone()).then(events![event.clone()]);
    alice(events![event]).when(set).then_nothing();

    let hours = QuietHours { from: time(22), to: time(7), urgent_breaks: true };
    let set = |hours| reach(ReachCommand::SetQuietHours(hours));
    let event = QuietHoursSet { quiet_hours: Some(hours) };
    alice(vec![]).when(set(Some(hours))).then(events![event.clone()]);
    alice(events![event.clone()]).when(set(Some(hours))).then_nothing();
    alice(events![event]).when(set(None)).then(events![QuietHoursSet { quiet_hours: None }]);
    let always = QuietHours { to: time(22), ..hours };
    alice(vec![]).when(set(Some(always))).then(invalid(&["quiet_hours.to"]));

    let zone: Zone = "Asia/Kolkata".parse().unwrap();
    alice(vec![]).when(reach(ReachCommand::SetZone(zone))).then(events![ZoneSet { zone }]);
    alice(events![ZoneSet { zone }]).when(reach(ReachCommand::SetZone(zone))).then_nothing();
}

#[test]
fn consent_is_given_and_withdrawn_and_on_record() {
    let (channel, means) = (Channel::Sms, Means::Settings);
    let give = reach(ReachCommand::GiveConsent { channel, means });
    let withdraw = reach(ReachCommand::WithdrawConsent { channel, means: Means::Message });
    let (given, withdrawn) =
        (ConsentGiven { channel, means }, ConsentWithdrawn { channel, means: Means::Message });

    let state = alice(vec![]).when(give.clone()).then(events![given.clone()]);
    assert_eq!(state.reach.consents[&Channel::Sms], Consent { given: true, at: noon(), means });
    assert!(state.reach.consents_to(Channel::Sms) && !state.reach.consents_to(Channel::Call));
    assert!(state.reach.consents_to(Channel::Email), "an email needs none");

    alice(events![given.clone()]).when(give).then_nothing();
    let state = alice(events![given]).when(withdraw.clone()).then(events![withdrawn.clone()]);
    assert!(!state.reach.consents_to(Channel::Sms));
    alice(vec![]).when(withdraw.clone()).then(events![withdrawn.clone()]);
    alice(events![withdrawn.clone()]).when(withdraw.clone()).then_nothing();

    let suspended = Suspended { reason: OnceBare::new(ALICE.cast(), "Left.".into()) };
    alice(events![suspended.clone()]).when(withdraw).then(events![withdrawn]);
    let email = reach(ReachCommand::GiveConsent { channel: Channel::Email, means });
    alice(events![suspended])
        .when(email.clone())
        .then(refused(RefusalCode::InvalidTransition, &["reinstate", "forget"]));
    alice(vec![]).when(email).then(invalid(&["channel"]));
}

#[test]
fn who_is_forgotten_cannot_be_reached() {
    let forgotten = Forgotten { subject: ALICE.cast(), reason: "Asked.".into(), held: Default::default() };
    let known = alice(events![added(MAIL, Channel::Email, "alice@example.com"), forgotten]);
    assert_eq!(known.state().reach, Default::default());
    known.when(add(MAIL, Channel::Email, "a@example.com")).then(refused(RefusalCode::InvalidTransition, &[]));
    Scenario::<Member>::new()
        .when(add(MAIL, Channel::Email, "a@example.com"))
        .then(refused(RefusalCode::NotFound, &[]));
}

#[test]
fn the_reason_to_forget_somebody_tells_no_address_of_theirs() {
    let known = alice(events![
        added(MAIL, Channel::Email, "al@example.com"),
        added(PHONE, Channel::Sms, "+49301234567"),
        added(id(3), Channel::Webhook, "https://example.com/request"),
    ]);
    let forget = |reason: &str| MemberCommand::Forget {
        subject: ALICE.cast(),
        reason: reason.into(),
        held: Default::default(),
        level: 2,
        forgetter: 1,
        another_administrator: true,
    };
    for reason in ["Asked from al@example.com", "Called from +49301234567."] {
        known.clone().when(forget(reason)).then(invalid(&["reason"]));
    }
    assert!(known.when(forget("By request.")).result.is_ok());
}
