//! What is told later: after quiet hours, with a digest, or when a limit allows.

use std::collections::BTreeSet;

use chrono::Duration;
use escalon_domain::{
    contact::Channel,
    escalation::Urgency,
    notification::Reason,
    stamp::Timestamp,
    telling::{Limit, Limits, Telling},
};
use proptest::{collection::btree_set, prelude::*};

use super::{PHONE, alice, of, quiet, rule, sent, time, urgent, verdict};
use crate::cast::{morning, noon};

fn hours(hours: i64) -> Timestamp {
    noon() + Duration::hours(hours)
}

fn minutes(minutes: i64) -> Timestamp {
    noon() + Duration::minutes(minutes)
}

fn limit(messages: u16, window_minutes: u16) -> Limit {
    Limit { messages: messages.try_into().unwrap(), window_minutes: window_minutes.try_into().unwrap() }
}

fn limited(urgency: Urgency, channels: &[Channel]) -> Telling {
    Telling {
        limits: Limits(channels.iter().map(|channel| (*channel, limit(1, 60))).collect()),
        ..of(urgency)
    }
}

#[test]
fn quiet_hours_put_off_what_does_not_break_them() {
    let mut to = alice();
    to.reach.quiet_hours = quiet(11, 15, true);
    let (by, withheld) = verdict(&of(Urgency::Low), to.clone());
    assert_eq!(by, [(Channel::InApp, noon()), (Channel::Email, hours(3))]);
    assert_eq!(withheld, [(Channel::Email, Reason::QuietHours)]);
    assert_eq!(
        verdict(&urgent(), to.clone()),
        (vec![(Channel::InApp, noon()), (Channel::Sms, noon())], vec![])
    );

    to.reach.quiet_hours = quiet(11, 15, false);
    assert_eq!(verdict(&urgent(), to).0[1], (Channel::Sms, hours(3)));
}

#[test]
fn they_are_in_the_recipients_zone() {
    let mut to = alice();
    to.reach.quiet_hours = quiet(22, 7, true);
    // Noon in UTC is half past one in the night in Adelaide.
    to.reach.zone = Some("Australia/Adelaide".parse().unwrap());
    assert_eq!(verdict(&of(Urgency::Low), to.clone()).0[1], (Channel::Email, minutes(8 * 60 + 30)));
    to.reach.zone = None;
    assert_eq!(verdict(&of(Urgency::Low), to.clone()).0[1], (Channel::Email, noon()));
    let there = Telling { zone: "Australia/Adelaide".parse().unwrap(), ..of(Urgency::Low) };
    assert_eq!(verdict(&there, to).0[1], (Channel::Email, minutes(8 * 60 + 30)));
}

#[test]
fn it_counts_when_it_would_be_sent() {
    let mut to = alice();
    to.reach.quiet_hours = quiet(13, 15, true);
    to.reach.rules = vec![rule(Urgency::High, PHONE, 90)];
    let (by, withheld) = verdict(&of(Urgency::High), to);
    assert_eq!(by[1], (Channel::Sms, hours(3)));
    assert_eq!(withheld, [(Channel::Sms, Reason::QuietHours)]);
}

#[test]
fn a_digest_collects_what_is_not_urgent() {
    let mut to = alice();
    to.reach.preferences.digest_at = Some(time(17, 30));
    let (by, withheld) = verdict(&of(Urgency::High), to.clone());
    assert_eq!(by, [(Channel::InApp, noon()), (Channel::Sms, minutes(330))]);
    assert_eq!(withheld, [(Channel::Sms, Reason::Digest)]);
    assert_eq!(verdict(&urgent(), to.clone()).0[1], (Channel::Sms, noon()));

    to.reach.quiet_hours = quiet(17, 20, true);
    let (by, withheld) = verdict(&of(Urgency::High), to);
    assert_eq!(by[1], (Channel::Sms, hours(8)));
    assert_eq!(withheld, [(Channel::Sms, Reason::QuietHours), (Channel::Sms, Reason::Digest)]);
}

#[test]
fn at_its_limit_a_method_gives_way_to_the_next() {
    let mut to = alice();
    to.told.sent = sent(PHONE, &[minutes(-20)]);
    let (by, withheld) = verdict(&limited(Urgency::Urgent, &[Channel::Sms]), to);
    assert_eq!(by, [(Channel::InApp, noon()), (Channel::Call, noon())]);
    assert_eq!(withheld, [(Channel::Sms, Reason::Limited)]);
}

#[test]
fn at_the_limit_of_the_last_method_it_is_sent_when_that_allows() {
    let mut to = alice();
    to.reach.methods.retain(|method, _| *method == PHONE);
    to.told.sent = sent(PHONE, &[minutes(-20)]);
    let telling = limited(Urgency::Urgent, &[Channel::Sms]);
    let (by, withheld) = verdict(&telling, to.clone());
    assert_eq!(by, [(Channel::InApp, noon()), (Channel::Sms, minutes(40))]);
    assert_eq!(withheld, [(Channel::Sms, Reason::Limited)]);
    // The one after joins it.
    to.told.sent = sent(PHONE, &[minutes(-20), minutes(40)]);
    assert_eq!(
        verdict(&Telling { at: minutes(5), ..telling.clone() }, to.clone()).0[1],
        (Channel::Sms, minutes(40))
    );
    // And what is sent when the limit allows is not sent in quiet hours.
    to.reach.quiet_hours = quiet(12, 14, false);
    assert_eq!(verdict(&telling, to).0[1], (Channel::Sms, hours(2)));
}

#[test]
fn a_limit_that_is_reached_only_by_the_delay_is_reached() {
    let mut to = alice();
    to.reach.rules = vec![rule(Urgency::High, PHONE, 30)];
    to.told.sent = sent(PHONE, &[minutes(-40)]);
    let (by, _) = verdict(&limited(Urgency::High, &[Channel::Sms]), to.clone());
    assert_eq!(by[1], (Channel::Sms, minutes(30)));
    to.told.sent = sent(PHONE, &[minutes(-20)]);
    let (by, withheld) = verdict(&limited(Urgency::High, &[Channel::Sms]), to);
    assert_eq!((by[1].0, &withheld[..]), (Channel::Call, &[(Channel::Sms, Reason::Limited)][..]));
}

proptest! {
    #![proptest_config(super::properties::config(300))]

    /// Second by second, by counting.
    #[test]
    fn a_limit_allows_the_first_second_that_it_can(
        messages in 1..4_u16, window in 1..3_u16, sent in btree_set(0..400_i64, 0..8), from in 0..400_i64,
    ) {
        let second = |second: i64| morning() + Duration::seconds(second);
        let moments: BTreeSet<Timestamp> = sent.iter().map(|at| second(*at)).collect();
        let counted = |at: i64| sent.iter().filter(|sent| **sent < at && at < **sent + 60 * i64::from(window)).count();
        let first = (from..).find(|at| sent.contains(at) || counted(*at) < usize::from(messages)).unwrap();
        prop_assert_eq!(limit(messages, window).allows(&moments, second(from)), second(first));
    }
}
