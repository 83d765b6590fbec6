//! What a routing rule is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Condition, KindPattern, Priority, Step};
use crate::{
    contact::Channel,
    definition::{Body, Definition},
    fault::Fault,
    id::{Id, Named},
    policy::{EscalationPolicy, Level, Needed, Repeat, Target, When},
    slug::Slug,
};

/// What a routing rule is: which alerts it is for, and who is told of them. Who is told is said here, or by an escalation
/// policy; or nobody is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutingRule {
    /// Its short name, unique among routing rules.
    pub name: Slug,
    /// Its name for people.
    pub title: String,
    /// Whether it is followed.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Its place among the rules: those with a lower number are asked first, those with the same one by name.
    #[serde(default = "middle")]
    pub order: u32,
    /// Whether the rules after it are not asked any more once it matched.
    #[serde(default)]
    pub stop: bool,
    /// The category it is for: finance, sales, production, support, hr, system or a word of one's own; all if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Slug>,
    /// The type it is for.
    #[serde(rename = "type", default)]
    pub kind: KindPattern,
    /// What must hold besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Whether nobody is told; the alert is recorded all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suppress: bool,
    /// Who is told at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
    /// By which channels, as far as each person has them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub channels: BTreeSet<Channel>,
    /// The Slack channel that is told, too, by its name without “#”.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack_channel: Option<Slug>,
    /// How important it is.
    #[serde(default)]
    pub priority: Priority,
    /// Who is told when nobody acknowledges it in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate: Option<Step>,
    /// Who is told when nobody does even then: the CEO, say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_further: Option<Step>,
    /// The escalation policy that says who is told, instead of this rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Slug>,
}

const fn yes() -> bool {
    true
}

const fn middle() -> u32 {
    100
}

/// The id of a routing rule.
pub type RoutingRuleId = Id<Definition<RoutingRule>>;

impl Named for RoutingRule {
    const PREFIX: &'static str = "routing_rule";
}

impl RoutingRule {
    /// Who is told and when, as an escalation policy: the targets at once, then each step. None when a policy of the
    /// organization says so, or nobody is told.
    #[must_use]
    pub fn as_policy(&self) -> Option<EscalationPolicy> {
        if self.suppress || self.policy.is_some() {
            return None;
        }
        let room = self.slack_channel.clone().map(Target::Channel);
        let at_once = (0, self.targets.iter().cloned().chain(room).collect());
        let steps = self.escalate.iter().chain(&self.escalate_further);
        let later = steps.map(|step| (step.after_minutes, vec![Target::Role(step.role.clone())]));
        let mut before = 0;
        let levels = std::iter::once(at_once).chain(later).map(|(after_minutes, targets)| {
            // A step counts from the alert, a level from the level before.
            let delay = after_minutes.saturating_sub(std::mem::replace(&mut before, after_minutes));
            Level {
                targets,
                when: When::DelayMinutes(delay),
                acknowledgement: Needed::One,
                urgency: Some(self.priority.urgency()),
            }
        });
        Some(EscalationPolicy {
            name: self.name.clone(),
            title: self.title.clone(),
            levels: levels.collect(),
            repeat: Repeat::default(),
            acknowledgement_timeout_minutes: None,
            reminder_minutes: None,
        })
    }
}

impl Body for RoutingRule {
    const DEFINED: &'static str = "routing_rule.defined";
    const REVISED: &'static str = "routing_rule.revised";
    const RETIRED: &'static str = "routing_rule.retired";

    fn name(&self) -> &Slug {
        &self.name
    }

    fn faults(&self) -> Vec<Fault> {
        self.all_faults()
    }
}
