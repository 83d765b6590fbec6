//! Who is told, by what and when, or why not.

mod bundling;
mod choosing;
mod later;
mod properties;
mod sparing;
mod why;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveTime;
use escalon_domain::{
    contact::{Channel, Consent, ContactMethod, ContactMethodId, Means, NotificationRule, QuietHours, Reach},
    escalation::Urgency,
    member::{MemberId, MemberStatus},
    notification::{Candidate, Occasion, Planned, Reason, Verdict, Withheld},
    policy::Target,
    stamp::Timestamp,
    telling::{Considered, Limits, Telling, Told, tell},
    zone::Zone,
};

use crate::cast::{ALICE, id, morning, noon, slug, words};

pub(crate) const MAIL: ContactMethodId = id(0x3a11);
pub(crate) const PHONE: ContactMethodId = id(0xf04e);
pub(crate) const CALL: ContactMethodId = id(0xca11);

pub(crate) fn level(level: u16, round: u32) -> Occasion {
    Occasion::Level { escalation: id(0xe5c), level, round }
}

pub(crate) fn schedule() -> Target {
    Target::Schedule(slug("primary"))
}

/// Alice is on call and has an address, a number for messages and one for calls, all proven, and consents to both.
pub(crate) fn alice() -> Considered {
    person(ALICE)
}

pub(crate) fn person(member: MemberId) -> Considered {
    let method =
        |channel| ContactMethod { channel, address: words(member, "§"), verified_at: Some(morning()) };
    let consent = Consent { given: true, at: morning(), means: Means::Settings };
    let mut reach = Reach::default();
    for (id, channel) in [(MAIL, Channel::Email), (PHONE, Channel::Sms), (CALL, Channel::Call)] {
        reach.methods.insert(id, method(channel));
    }
    reach.consents.extend([(Channel::Sms, consent), (Channel::Call, consent)]);
    let (status, told) = (MemberStatus::Active, Told::default());
    Considered { member, through: schedule(), on_call: true, status, reach, told }
}

pub(crate) fn urgent() -> Telling {
    of(Urgency::Urgent)
}

/// Of this urgency, at noon, to people who live by UTC.
pub(crate) fn of(urgency: Urgency) -> Telling {
    Telling {
        occasion: level(1, 1),
        urgency,
        channels: None,
        withhold: None,
        zone: Zone::UTC,
        limits: Limits::none(),
        at: noon(),
    }
}

pub(crate) fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
}

pub(crate) fn quiet(from: u32, to: u32, urgent_breaks: bool) -> Option<QuietHours> {
    Some(QuietHours { from: time(from, 0), to: time(to, 0), urgent_breaks })
}

pub(crate) const fn rule(urgency: Urgency, method: ContactMethodId, delay_minutes: u32) -> NotificationRule {
    NotificationRule { urgency, method, delay_minutes }
}

pub(crate) fn sent(
    method: ContactMethodId,
    moments: &[Timestamp],
) -> BTreeMap<ContactMethodId, BTreeSet<Timestamp>> {
    [(method, moments.iter().copied().collect())].into()
}

/// By which channels somebody is told and when, and which were passed over and why.
pub(crate) type Choice = (Vec<(Channel, Timestamp)>, Vec<(Channel, Reason)>);

/// How the only person who is considered is told.
pub(crate) fn verdict(telling: &Telling, to: Considered) -> Choice {
    match only(telling, to).verdict {
        Verdict::Told { by, withheld } => (planned(&by), passed_over(&withheld)),
        Verdict::NotTold { withheld, .. } => (Vec::new(), passed_over(&withheld)),
    }
}

pub(crate) fn only(telling: &Telling, to: Considered) -> Candidate {
    let mut candidates = tell(telling, &[to]);
    assert_eq!(candidates.len(), 1);
    candidates.remove(0)
}

fn planned(by: &[Planned]) -> Vec<(Channel, Timestamp)> {
    by.iter().map(|planned| (planned.channel, planned.at)).collect()
}

fn passed_over(withheld: &[Withheld]) -> Vec<(Channel, Reason)> {
    withheld.iter().map(|withheld| (withheld.channel, withheld.why)).collect()
}
