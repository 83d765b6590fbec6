//! What an alert rule is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    contact::Channel,
    definition::{Body, Definition},
    escalation::Urgency,
    fault::{self, Fault},
    id::{Id, Named},
    policy::Target,
    slug::Slug,
};

/// The longest time between two looks, in minutes.
const LONGEST_INTERVAL: u8 = 5;
const MOST_TARGETS: usize = 50;
const LARGEST_THRESHOLD: u32 = 100_000;

/// What an alert rule is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRule {
    /// Its short name, unique among alert rules.
    pub name: Slug,
    /// Its name for people.
    pub title: String,
    /// Whether it is looked at.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// What it looks for.
    pub watch: Watch,
    /// From where on it holds; what it counts depends on what is looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u32>,
    /// Whether it tells the person concerned or many.
    pub audience: Audience,
    /// Whom it tells: all of these, or, where it is for the person concerned and there is none, these instead.
    pub targets: Vec<Target>,
    /// By which channels, as far as each person has them.
    pub channels: BTreeSet<Channel>,
    /// How many minutes pass between two looks at most; 1 to 5. It is looked at sooner when something changes.
    #[serde(default = "five")]
    pub interval_minutes: u8,
    /// How insistently it tells people.
    pub urgency: Urgency,
    /// What its alerts belong to.
    pub category: Slug,
}

const fn yes() -> bool {
    true
}

const fn five() -> u8 {
    LONGEST_INTERVAL
}

/// What a rule looks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watch {
    /// An open ticket whose SLA target was breached; the threshold is how many minutes ago, 0 if absent.
    SlaBreach,
    /// An open ticket that comes near the time of an SLA target; the threshold is how many minutes are left, the SLA policy's
    /// buffer if absent.
    SlaAtRisk,
    /// An open ticket of one of these types, or of any if there are none; the threshold is the lowest rank of priority that
    /// counts, 1 (the most important) if absent.
    CriticalComplaint {
        /// The ticket types.
        #[serde(default)]
        types: BTreeSet<Slug>,
    },
    /// A member with many open items; the threshold is how many, 20 if absent.
    HighWorkload,
}

impl Watch {
    /// The word for it, which is also the type of its alerts.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SlaBreach => "sla_breach",
            Self::SlaAtRisk => "sla_at_risk",
            Self::CriticalComplaint { .. } => "critical_complaint",
            Self::HighWorkload => "high_workload",
        }
    }
}

/// Whom a rule tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The person concerned: who has the ticket, or has the work.
    Person,
    /// All its targets.
    Broadcast,
}

/// The id of an alert rule.
pub type AlertRuleId = Id<Definition<AlertRule>>;

impl Named for AlertRule {
    const PREFIX: &'static str = "alert_rule";
}

impl Body for AlertRule {
    const DEFINED: &'static str = "alert_rule.defined";
    const REVISED: &'static str = "alert_rule.revised";
    const RETIRED: &'static str = "alert_rule.retired";

    fn name(&self) -> &Slug {
        &self.name
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults: Vec<Fault> = fault::length(["title"], &self.title, 1, 120).into_iter().collect();
        let least = match self.watch {
            Watch::SlaBreach => 0,
            Watch::SlaAtRisk | Watch::CriticalComplaint { .. } | Watch::HighWorkload => 1,
        };
        if self.threshold.is_some_and(|threshold| !(least..=LARGEST_THRESHOLD).contains(&threshold)) {
            faults.push(Fault::at(
                ["threshold"],
                format!("needs a number from {least} to {LARGEST_THRESHOLD}"),
            ));
        }
        if self.targets.is_empty() || self.targets.len() > MOST_TARGETS {
            let message = match self.audience {
                Audience::Broadcast => format!("needs 1 to {MOST_TARGETS} to tell"),
                Audience::Person => {
                    format!("needs 1 to {MOST_TARGETS} to tell where nobody has the ticket yet")
                }
            };
            faults.push(Fault::at(["targets"], message));
        }
        if self.channels.is_empty() {
            faults.push(Fault::at(["channels"], "needs a channel at least, such as in_app or email"));
        }
        if !(1..=LONGEST_INTERVAL).contains(&self.interval_minutes) {
            let message = format!("needs 1 to {LONGEST_INTERVAL} minutes");
            faults.push(Fault::at(["interval_minutes"], message));
        }
        faults
    }
}
