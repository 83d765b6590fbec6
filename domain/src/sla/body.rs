//! What an SLA policy is.

use std::collections::BTreeSet;

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{Coverage, Pause, PauseStatus, SlaTarget, SlaTime, TargetTimes, Thresholds};
use crate::{
    definition::{Body, Definition},
    fault::Fault,
    id::{Id, Named},
    slug::Slug,
};

/// Within which time tickets are to be answered and resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlaPolicy {
    /// Its short name, unique among SLA policies.
    pub name: Slug,
    /// Its name for people.
    pub title: String,
    /// Which tickets it covers; all when absent.
    #[serde(default)]
    pub covers: Coverage,
    /// The business calendar of the targets that count business time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Slug>,
    /// Until somebody first answers the requester.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_response: Option<TargetTimes>,
    /// Until somebody answers what the requester said after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_response: Option<TargetTimes>,
    /// Until the ticket is resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<TargetTimes>,
    /// How long before a target's end it is at risk, in minutes; an hour when absent.
    #[serde(default = "an_hour")]
    pub buffer_minutes: u32,
    /// What stops the clocks for a while.
    #[serde(default)]
    pub pauses: Pauses,
    /// The shares of each target's time at which its levels are reached.
    #[serde(default)]
    pub thresholds: Thresholds,
    /// What another priority does to clocks that run.
    #[serde(default)]
    pub on_priority_change: PriorityChange,
}

/// What stops the clocks for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pauses {
    /// The statuses in which they stand; waiting and processed when absent.
    pub statuses: BTreeSet<PauseStatus>,
    /// The reasons of waiting for which they stand; any when there are none.
    pub reasons: BTreeSet<Slug>,
}

/// What another priority does to a clock that runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriorityChange {
    /// The new time counts as if it had held from the beginning: what has elapsed stays.
    #[default]
    Retroactive,
    /// The clock begins again with the new time.
    Restart,
    /// The share of the old time that has elapsed has elapsed of the new time, too.
    CarryFraction,
}

const fn an_hour() -> u32 {
    60
}

/// The id of an SLA policy.
pub type SlaPolicyId = Id<Definition<SlaPolicy>>;

impl Default for Pauses {
    fn default() -> Self {
        Self {
            statuses: BTreeSet::from([PauseStatus::Waiting, PauseStatus::Processed]),
            reasons: BTreeSet::new(),
        }
    }
}

impl Pauses {
    /// Whether the clocks stand for this.
    #[must_use]
    pub fn hold(&self, pause: &Pause) -> bool {
        let reason = match pause {
            Pause::Waiting(reason) => self.reasons.is_empty() || self.reasons.contains(reason),
            Pause::Processed => true,
        };
        reason && self.statuses.contains(&pause.status())
    }
}

impl SlaPolicy {
    /// The times of this target; none for a target that the policy does not set, and for a ticket's own deadline.
    #[must_use]
    pub const fn times(&self, target: SlaTarget) -> Option<&TargetTimes> {
        match target {
            SlaTarget::FirstResponse => self.first_response.as_ref(),
            SlaTarget::NextResponse => self.next_response.as_ref(),
            SlaTarget::Resolution => self.resolution.as_ref(),
            SlaTarget::Deadline => None,
        }
    }

    /// How long before a target's end it is at risk.
    #[must_use]
    pub fn buffer(&self) -> Duration {
        Duration::minutes(self.buffer_minutes.into())
    }

    /// Whether any of its targets counts business time, for which its calendar is needed.
    #[must_use]
    pub fn counts_business_time(&self) -> bool {
        let business =
            |target: &SlaTarget| self.times(*target).is_some_and(|times| times.time == SlaTime::Business);
        SlaTarget::OF_POLICIES.iter().any(business)
    }
}

impl Named for SlaPolicy {
    const PREFIX: &'static str = "sla_policy";
}

impl Body for SlaPolicy {
    const DEFINED: &'static str = "sla_policy.defined";
    const REVISED: &'static str = "sla_policy.revised";
    const RETIRED: &'static str = "sla_policy.retired";

    fn name(&self) -> &Slug {
        &self.name
    }

    fn faults(&self) -> Vec<Fault> {
        super::faults::faults(self)
    }
}
