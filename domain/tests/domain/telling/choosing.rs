//! By which of their contact methods somebody is told.

use chrono::Duration;
use escalon_domain::{
    contact::{Channel, Consent, ContactMethod, Means},
    escalation::Urgency,
    member::MemberStatus,
    notification::Reason,
    telling::{Considered, Telling},
};

use super::{CALL, MAIL, PHONE, alice, of, rule, urgent, verdict};
use crate::cast::{ALICE, id, noon};

#[test]
fn without_rules_by_the_first_that_will_do() {
    assert_eq!(verdict(&urgent(), alice()), (vec![(Channel::InApp, noon()), (Channel::Sms, noon())], vec![]));
    assert_eq!(
        verdict(&of(Urgency::Low), alice()),
        (vec![(Channel::InApp, noon()), (Channel::Email, noon())], vec![])
    );
}

#[test]
fn what_will_not_do_gives_way_to_the_next_and_says_why() {
    let told = |to| verdict(&urgent(), to);
    let mut to = alice();
    to.reach.methods.get_mut(&PHONE).unwrap().verified_at = None;
    let (by, withheld) = told(to.clone());
    assert_eq!(by, [(Channel::InApp, noon()), (Channel::Call, noon())]);
    assert_eq!(withheld, [(Channel::Sms, Reason::Unverified)]);

    to.reach.consents.remove(&Channel::Call);
    let (by, withheld) = told(to.clone());
    assert_eq!(by, [(Channel::InApp, noon()), (Channel::Email, noon())]);
    assert_eq!(withheld, [(Channel::Sms, Reason::Unverified), (Channel::Call, Reason::NoConsent)]);

    let withdrawn = Consent { given: false, at: noon(), means: Means::Message };
    to.reach.consents.insert(Channel::Call, withdrawn);
    to.reach.preferences.channels = Some([Channel::Sms, Channel::Call].into());
    let (by, withheld) = told(to);
    assert_eq!(by, [(Channel::InApp, noon())], "in the application, always");
    assert_eq!(
        withheld,
        [
            (Channel::Sms, Reason::Unverified),
            (Channel::Call, Reason::NoConsent),
            (Channel::Email, Reason::Muted)
        ]
    );
}

#[test]
fn what_is_not_critical_may_be_muted() {
    let mut to = alice();
    to.reach.preferences.critical_only = true;
    let (by, withheld) = verdict(&of(Urgency::High), to.clone());
    assert_eq!(by, [(Channel::InApp, noon())]);
    assert_eq!(withheld.len(), 3);
    assert!(withheld.iter().all(|(_, why)| *why == Reason::Muted));
    assert_eq!(verdict(&urgent(), to).0.len(), 2);
}

#[test]
fn by_ones_own_rules_at_their_delays() {
    let mut to = alice();
    let high = Urgency::High;
    to.reach.rules =
        vec![rule(high, CALL, 10), rule(high, MAIL, 0), rule(Urgency::Low, PHONE, 0), rule(high, MAIL, 30)];
    let (by, withheld) = verdict(&of(high), to.clone());
    assert_eq!(
        by,
        [(Channel::InApp, noon()), (Channel::Email, noon()), (Channel::Call, noon() + Duration::minutes(10))]
    );
    assert_eq!(withheld, []);
    // Where no rule says anything, one is told in the usual way.
    assert_eq!(verdict(&of(Urgency::Medium), to.clone()).0[1].0, Channel::Email);

    to.reach.consents.clear();
    to.reach.rules = vec![rule(high, CALL, 10), rule(high, PHONE, 0), rule(high, id(9), 0)];
    let (by, withheld) = verdict(&of(high), to);
    assert_eq!(by, [(Channel::InApp, noon()), (Channel::Email, noon())], "the next that will do, at once");
    assert_eq!(withheld, [(Channel::Call, Reason::NoConsent), (Channel::Sms, Reason::NoConsent)]);
}

#[test]
fn by_every_channel_that_is_named() {
    let named =
        |channels: &[Channel]| Telling { channels: Some(channels.iter().copied().collect()), ..urgent() };
    let mut to = alice();
    to.reach.rules = vec![rule(Urgency::Urgent, CALL, 0)];
    let (by, withheld) = verdict(&named(&[Channel::Email, Channel::Slack, Channel::Sms]), to.clone());
    assert_eq!(by.iter().map(|by| by.0).collect::<Vec<_>>(), [Channel::InApp, Channel::Email, Channel::Sms]);
    assert_eq!(withheld, [(Channel::Slack, Reason::NoMethod)]);

    let (by, withheld) = verdict(&named(&[Channel::Slack]), to.clone());
    assert_eq!(
        by.iter().map(|by| by.0).collect::<Vec<_>>(),
        [Channel::InApp, Channel::Call],
        "their own, instead"
    );
    assert_eq!(withheld, [(Channel::Slack, Reason::NoMethod)]);

    // Of two addresses of one channel, the second may do where the first does not.
    let old = ContactMethod { verified_at: None, ..to.reach.methods[&MAIL].clone() };
    to.reach.methods.insert(id(1), old);
    let (by, withheld) = verdict(&named(&[Channel::Email, Channel::InApp]), to);
    assert_eq!(by.len(), 2);
    assert_eq!(withheld, [(Channel::Email, Reason::Unverified)]);
}

#[test]
fn after_a_failure_by_the_next() {
    let mut to = alice();
    to.told.already = [ContactMethod::in_app(ALICE), PHONE].into();
    to.told.failed = [PHONE].into();
    assert_eq!(verdict(&urgent(), to.clone()).0, [(Channel::Call, noon())]);
    // Their own rules go before, and nobody waits for the delay.
    to.reach.rules = vec![rule(Urgency::Urgent, PHONE, 0), rule(Urgency::Urgent, MAIL, 20)];
    assert_eq!(verdict(&urgent(), to.clone()).0, [(Channel::Email, noon())]);
    // Also when other channels were named.
    let named = Telling { channels: Some([Channel::Sms].into()), ..urgent() };
    assert_eq!(verdict(&named, to.clone()).0, [(Channel::Email, noon())]);

    to.told.already.extend([MAIL, CALL]);
    to.told.failed.extend([MAIL, CALL]);
    assert_eq!(verdict(&urgent(), to), (vec![], vec![]));
}

#[test]
fn who_has_not_joined_is_not_told_where_they_cannot_look() {
    let to = Considered { status: MemberStatus::Invited, ..alice() };
    assert_eq!(verdict(&urgent(), to).0, [(Channel::Sms, noon())]);
}
