//! What is wrong with a rule.

use std::collections::BTreeSet;

use super::RoutingRule;
use crate::{
    contact::Channel,
    fault::{self, Fault},
};

const MOST: usize = 50;
/// The longest wait for an acknowledgement: four weeks.
const LONGEST_WAIT: u32 = 4 * 7 * 24 * 60;

impl RoutingRule {
    /// Everything that is wrong with it, each fault with its path.
    pub(super) fn all_faults(&self) -> Vec<Fault> {
        let mut faults: Vec<Fault> = fault::length(["title"], &self.title, 1, 120).into_iter().collect();
        faults.extend(fault::length(["type"], &self.kind.0, 1, 200));
        if self.kind.0.trim_end_matches('*').contains('*') || self.kind.0.ends_with("**") {
            faults.push(Fault::at(["type"], "may have one “*”, at its end: billing.*"));
        }
        if self.conditions.len() > MOST {
            faults.push(Fault::at(["conditions"], format!("may be {MOST} at most")));
        }
        faults.extend(self.conditions.iter().enumerate().filter_map(|(place, one)| one.fault(place)));
        faults.extend(self.telling_faults());
        faults.extend(self.step_faults());
        faults
    }

    fn telling_faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.policy.is_some() || self.suppress {
            let instead = if self.suppress { "nobody is told" } else { "the policy says who is told" };
            let given = [
                ("targets", !self.targets.is_empty()),
                ("slack_channel", self.slack_channel.is_some()),
                ("escalate", self.escalate.is_some()),
                ("escalate_further", self.escalate_further.is_some()),
                ("policy", self.suppress && self.policy.is_some()),
            ];
            let given = given.into_iter().filter(|(_, given)| *given);
            faults.extend(given.map(|(name, _)| Fault::at([name], format!("{instead}; leave this out"))));
            return faults;
        }
        if self.targets.is_empty() && self.slack_channel.is_none() {
            faults.push(Fault::at(["targets"], "needs somebody to tell, a Slack channel, or a policy"));
        }
        if self.targets.len() + usize::from(self.slack_channel.is_some()) > MOST {
            faults.push(Fault::at(["targets"], format!("may be {MOST} at most; a team or role says more")));
        }
        let mut seen = BTreeSet::new();
        for (place, target) in self.targets.iter().enumerate() {
            if !seen.insert(target) {
                faults.push(Fault::at(["targets", &place.to_string()], format!("{target} is there twice")));
            }
        }
        if self.channels.is_empty() {
            faults.push(Fault::at(["channels"], "needs a channel at least, such as in_app or email"));
        }
        if self.slack_channel.is_some() && !self.channels.contains(&Channel::Slack) {
            faults.push(Fault::at(
                ["channels"],
                "needs slack among them, because a Slack channel is to be told",
            ));
        }
        faults
    }

    fn step_faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (name, step) in [("escalate", &self.escalate), ("escalate_further", &self.escalate_further)] {
            let wait = step.as_ref().map(|step| step.after_minutes);
            if wait.is_some_and(|wait| !(1..=LONGEST_WAIT).contains(&wait)) {
                faults.push(Fault::at([name, "after_minutes"], format!("needs 1 to {LONGEST_WAIT} minutes")));
            }
        }
        match (&self.escalate, &self.escalate_further) {
            (None, Some(_)) => {
                faults.push(Fault::at(["escalate_further"], "needs a step before it; use escalate instead"));
            }
            (Some(first), Some(further)) if further.after_minutes <= first.after_minutes => {
                let message = format!(
                    "needs more than {} minutes: both count from the alert, and the first step comes then",
                    first.after_minutes
                );
                faults.push(Fault::at(["escalate_further", "after_minutes"], message));
            }
            _ => {}
        }
        faults
    }
}
