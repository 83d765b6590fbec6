//! The decision about each person.

use std::collections::BTreeSet;

use chrono::Duration;

use super::{
    Considered, Telling,
    moment::{Due, due},
    order::{self, Step},
};
use crate::{
    contact::{Channel, ContactMethod, ContactMethodId},
    member::{MemberId, MemberStatus},
    notification::{Candidate, Planned, Reason, Verdict, Withheld},
};

/// Who is told, by what and when, or why not: one candidate for each who was considered, in the same order.
#[must_use]
pub fn tell(telling: &Telling, considered: &[Considered]) -> Vec<Candidate> {
    let mut told = BTreeSet::<MemberId>::new();
    let decide = |to: &Considered| {
        let verdict = match spared(telling, to, &told) {
            Some(why) => Verdict::NotTold { why, withheld: Vec::new() },
            None => Choice::new(telling, to).verdict(),
        };
        if matches!(verdict, Verdict::Told { .. }) {
            told.insert(to.member);
        }
        Candidate { member: to.member, through: to.through.clone(), verdict }
    };
    considered.iter().map(decide).collect()
}

/// Why somebody is not told at all, whatever their contact methods.
fn spared(telling: &Telling, to: &Considered, told: &BTreeSet<MemberId>) -> Option<Reason> {
    let known = !to.told.already.is_empty() && to.told.failed.is_empty();
    match to.status {
        MemberStatus::Forgotten | MemberStatus::Unknown => Some(Reason::Forgotten),
        MemberStatus::Suspended => Some(Reason::Suspended),
        MemberStatus::Invited | MemberStatus::Active => telling
            .withhold
            .or((!to.on_call).then_some(Reason::OffCall))
            .or((known || told.contains(&to.member)).then_some(Reason::Duplicate)),
    }
}

/// What is chosen for one person, as it is made.
struct Choice<'a> {
    telling: &'a Telling,
    to: &'a Considered,
    by: Vec<Planned>,
    withheld: Vec<Withheld>,
    /// What will do, but only after the limit allows it: the last resort.
    limited: Vec<(ContactMethodId, Channel, Due)>,
}

impl<'a> Choice<'a> {
    fn new(telling: &'a Telling, to: &'a Considered) -> Self {
        Self { telling, to, by: Vec::new(), withheld: Vec::new(), limited: Vec::new() }
    }

    fn verdict(mut self) -> Verdict {
        self.in_app();
        let in_app = self.by.len();
        if self.to.told.failed.is_empty() {
            self.as_wanted();
        }
        let reach = &self.to.reach;
        if self.by.len() == in_app {
            let mut steps = order::by_rules(reach, self.telling.urgency);
            // What failed is not waited for.
            steps.iter_mut().for_each(|(_, delay_minutes)| *delay_minutes = 0);
            steps.extend(order::usual(reach, self.telling.urgency));
            if steps.is_empty() && in_app == 0 {
                self.withhold(Channel::InApp, Reason::NoMethod);
            }
            self.first_of(steps);
        }
        if self.by.len() == in_app && !self.limited.is_empty() {
            let (method, channel, due) = self.limited.swap_remove(0);
            self.plan(method, channel, &due);
        }
        self.by.sort_by_key(|planned| planned.at);
        let Self { by, withheld, .. } = self;
        match withheld.first() {
            _ if !by.is_empty() => Verdict::Told { by, withheld },
            Some(first) => Verdict::NotTold { why: first.why, withheld },
            None => Verdict::NotTold { why: Reason::NoMethod, withheld },
        }
    }

    /// Who has joined is told in the application, at once.
    fn in_app(&mut self) {
        let method = ContactMethod::in_app(self.to.member);
        if self.to.status == MemberStatus::Active && !self.to.told.already.contains(&method) {
            self.plan(method, Channel::InApp, &Due { at: self.telling.at, put_off: BTreeSet::new() });
        }
    }

    /// By each channel that the occasion names, or by each of the member's rules.
    fn as_wanted(&mut self) {
        let Some(channels) = &self.telling.channels else {
            for step in order::by_rules(&self.to.reach, self.telling.urgency) {
                self.first_of([step]);
            }
            return;
        };
        for channel in channels.iter().filter(|channel| **channel != Channel::InApp) {
            let steps: Vec<Step> = order::of_channel(&self.to.reach, *channel).collect();
            if steps.is_empty() {
                self.withhold(*channel, Reason::NoMethod);
            }
            self.first_of(steps);
        }
    }

    /// By the first of these that will do.
    fn first_of(&mut self, steps: impl IntoIterator<Item = Step>) {
        for (id, delay_minutes) in steps {
            // Rules for methods that are gone are gone with them.
            let Some(method) = self.to.reach.methods.get(&id) else { continue };
            let planned = self.by.iter().any(|planned| planned.method == id);
            if planned || self.to.told.already.contains(&id) {
                continue;
            }
            if let Some(why) = self.unfit(method) {
                self.withhold(method.channel, why);
                continue;
            }
            let wanted = self.telling.at + Duration::minutes(i64::from(delay_minutes));
            let due = due(self.telling, self.to, (id, method.channel), wanted);
            if due.put_off.contains(&Reason::Limited) {
                self.withhold(method.channel, Reason::Limited);
                self.limited.push((id, method.channel, due));
                continue;
            }
            self.plan(id, method.channel, &due);
            return;
        }
    }

    /// Why this contact method will not do, however long one waits.
    fn unfit(&self, method: &ContactMethod) -> Option<Reason> {
        let reach = &self.to.reach;
        if method.verified_at.is_none() {
            Some(Reason::Unverified)
        } else if !reach.preferences.want(method.channel, self.telling.urgency) {
            Some(Reason::Muted)
        } else if !reach.consents_to(method.channel) {
            Some(Reason::NoConsent)
        } else {
            None
        }
    }

    fn plan(&mut self, method: ContactMethodId, channel: Channel, due: &Due) {
        for why in &due.put_off {
            self.withhold(channel, *why);
        }
        let notification = self.telling.occasion.notification(self.to.member, method);
        self.by.push(Planned { notification, method, channel, at: due.at });
    }

    fn withhold(&mut self, channel: Channel, why: Reason) {
        let withheld = Withheld { channel, why };
        if !self.withheld.contains(&withheld) {
            self.withheld.push(withheld);
        }
    }
}
