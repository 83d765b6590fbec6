//! What a ticket keeps for its clocks.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{ScheduledClock, SlaPin};
use crate::{
    calendar::BusinessCalendar,
    sla::{Clock, Moment, SlaPolicy, SlaTarget, What, clocks},
    stamp::Timestamp,
};

/// What a ticket keeps for its clocks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TicketSla {
    /// What its clocks run by; it has none of a policy without.
    pub pin: Option<SlaPin>,
    /// What happened that its clocks take note of; nothing without a policy.
    pub moments: Vec<Moment>,
    /// Whether the requester waits for an answer.
    pub answer_owed: bool,
    /// The clocks as they were last found.
    pub scheduled: Vec<ScheduledClock>,
    /// Whether something has happened since that moves them.
    pub stale: bool,
    /// What was found of its targets.
    pub recorded: Vec<Recorded>,
}

/// The definitions at the versions that a ticket is pinned to.
#[derive(Debug, Clone, PartialEq)]
pub struct SlaTerms {
    /// The policy.
    pub policy: SlaPolicy,
    /// The calendar, for a policy that counts business time.
    pub calendar: Option<BusinessCalendar>,
}

/// What was found of a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// Which target.
    pub target: SlaTarget,
    /// How many times it had begun, from 1.
    pub cycle: u32,
    /// The levels that were reached.
    pub levels: BTreeSet<u8>,
    /// Whether it was at risk.
    pub at_risk: bool,
    /// How it went, as it was last found.
    pub outcome: Option<Outcome>,
}

/// How a target went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// In time.
    Met,
    /// Not in time.
    Breached,
}

impl Recorded {
    const fn nothing(target: SlaTarget, cycle: u32) -> Self {
        Self { target, cycle, levels: BTreeSet::new(), at_risk: false, outcome: None }
    }

    /// Whether it would be news that it is at risk.
    pub(super) fn awaits_risk(&self) -> bool {
        !self.at_risk && self.outcome != Some(Outcome::Breached)
    }

    /// Whether it would be news that it went so.
    pub(super) fn awaits(&self, outcome: Outcome) -> bool {
        self.outcome != Some(outcome)
    }
}

impl TicketSla {
    /// How each of the policy's targets stands at a moment.
    #[must_use]
    pub fn clocks(&self, terms: &SlaTerms, at: Timestamp) -> Vec<Clock> {
        clocks(&terms.policy, terms.calendar.as_ref(), &self.moments, at)
    }

    /// What was found of a target.
    #[must_use]
    pub fn recorded(&self, target: SlaTarget, cycle: u32) -> Recorded {
        let found = self.recorded.iter().find(|one| (one.target, one.cycle) == (target, cycle));
        found.cloned().unwrap_or_else(|| Recorded::nothing(target, cycle))
    }

    pub(in crate::ticket) fn record(
        &mut self,
        target: SlaTarget,
        cycle: u32,
        found: impl FnOnce(&mut Recorded),
    ) {
        let place = self.recorded.iter().position(|one| (one.target, one.cycle) == (target, cycle));
        let place = place.unwrap_or_else(|| {
            self.recorded.push(Recorded::nothing(target, cycle));
            self.recorded.len() - 1
        });
        found(&mut self.recorded[place]);
    }

    /// Something happened that moves the clocks.
    pub(in crate::ticket) fn note(&mut self, at: Timestamp, what: What) {
        if self.pin.is_some() {
            self.moments.push(Moment::new(at, what));
            self.stale = true;
        }
    }

    /// Somebody answered the requester.
    pub(in crate::ticket) fn answered(&mut self, at: Timestamp) {
        if std::mem::take(&mut self.answer_owed) {
            self.note(at, What::Responded);
        }
    }

    /// The requester said something.
    pub(in crate::ticket) fn asked(&mut self, at: Timestamp) {
        if !std::mem::replace(&mut self.answer_owed, true) {
            self.note(at, What::CustomerReplied);
        }
    }
}
