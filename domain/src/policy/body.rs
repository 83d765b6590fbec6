//! What an escalation policy is.

use serde::{Deserialize, Serialize};

use super::{Target, faults};
use crate::{
    definition::{Body, Definition},
    escalation::Urgency,
    fault::Fault,
    id::{Id, Named},
    slug::Slug,
};

/// What an escalation policy is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscalationPolicy {
    /// Its short name, unique among policies.
    pub name: Slug,
    /// Its name for people.
    pub title: String,
    /// The levels, the first one first; 1 to 20.
    pub levels: Vec<Level>,
    /// What happens after the last level.
    #[serde(default)]
    pub repeat: Repeat,
    /// After how many minutes an acknowledgement without a resolution counts no more, so that it escalates again; never when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgement_timeout_minutes: Option<u32>,
    /// Every how many minutes whoever owns it is reminded; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminder_minutes: Option<u32>,
}

/// One level of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Whom it tells; 1 to 50.
    pub targets: Vec<Target>,
    /// When it is due.
    #[serde(default)]
    pub when: When,
    /// Who of those told must acknowledge, so that it escalates no further.
    #[serde(default)]
    pub acknowledgement: Needed,
    /// How insistently it tells them; as the escalation says, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
}

/// When a level is due. All levels of a policy go by the same: delays, or thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// So many minutes after the level before was due; for the first, after the round began.
    DelayMinutes(u32),
    /// When so many per cent of the time to the deadline have passed.
    ThresholdPercent(u16),
}

impl Default for When {
    /// At once.
    fn default() -> Self {
        Self::DelayMinutes(0)
    }
}

/// Who of those told must acknowledge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needed {
    /// One is enough.
    #[default]
    One,
    /// Each of them.
    All,
}

/// What happens after the last level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Repeat {
    /// How often the policy begins anew; 20 at most.
    pub times: u16,
    /// How many minutes the last level has, before the policy begins anew or is exhausted.
    pub delay_minutes: u32,
}

impl Default for Repeat {
    /// The policy is exhausted half an hour after its last level was due.
    fn default() -> Self {
        Self { times: 0, delay_minutes: 30 }
    }
}

/// The id of an escalation policy.
pub type PolicyId = Id<Definition<EscalationPolicy>>;

impl Named for EscalationPolicy {
    const PREFIX: &'static str = "policy";
}

impl Body for EscalationPolicy {
    const DEFINED: &'static str = "policy.defined";
    const REVISED: &'static str = "policy.revised";
    const RETIRED: &'static str = "policy.retired";

    fn name(&self) -> &Slug {
        &self.name
    }

    fn faults(&self) -> Vec<Fault> {
        faults::faults(self)
    }
}

impl EscalationPolicy {
    /// The level of this number, from 1.
    #[must_use]
    pub fn level(&self, number: u16) -> Option<&Level> {
        self.levels.get(usize::from(number).checked_sub(1)?)
    }

    /// The number of the last level.
    #[must_use]
    pub fn last(&self) -> u16 {
        u16::try_from(self.levels.len()).unwrap_or(u16::MAX)
    }

    /// Whether its levels are due by the time to a deadline.
    #[must_use]
    pub fn has_thresholds(&self) -> bool {
        self.levels.iter().any(|level| matches!(level.when, When::ThresholdPercent(_)))
    }
}
