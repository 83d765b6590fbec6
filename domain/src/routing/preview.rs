//! A rule in plain words, for whoever is about to switch it on.

use super::{RoutingRule, Step};
use crate::policy::Target;

impl RoutingRule {
    /// What it does, in plain words.
    #[must_use]
    pub fn preview(&self) -> String {
        let mut words = String::new();
        if !self.enabled {
            words.push_str("Switched off. If it were on: ");
        }
        words.push_str("When ");
        words.push_str(&self.occasion());
        words.push_str(", ");
        words.push_str(&self.telling());
        if self.stop {
            words.push_str(" Rules after this one are not asked then.");
        }
        words
    }

    fn occasion(&self) -> String {
        let category = self.category.as_ref().map(|category| format!("in {category}")).unwrap_or_default();
        let kind = match self.kind.0.strip_suffix('*') {
            _ if self.kind.is_all() => String::new(),
            Some(beginning) => format!("whose type begins with “{beginning}”"),
            None => format!("of type {}", self.kind.0),
        };
        let alert = ["an alert", &category, &kind];
        let alert = alert.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let conditions = self.conditions.iter().map(|condition| format!(" and {condition}"));
        format!("{alert} comes{}", conditions.collect::<String>())
    }

    fn telling(&self) -> String {
        if self.suppress {
            return "it is recorded and nobody is told.".to_owned();
        }
        let channels: Vec<_> = self.channels.iter().map(ToString::to_string).collect();
        let by = if channels.is_empty() { String::new() } else { format!(" by {}", all(&channels)) };
        let priority = self.priority.name();
        if let Some(policy) = &self.policy {
            return format!("the escalation policy {policy} says who is told{by}, with {priority} priority.");
        }
        let room = self.slack_channel.iter().map(|room| format!("the Slack channel #{room}"));
        let people: Vec<_> = self.targets.iter().map(named).chain(room).collect();
        let steps = self.escalate.iter().chain(&self.escalate_further).map(later);
        format!("tell {}{by}, with {priority} priority.{}", all(&people), steps.collect::<String>())
    }
}

fn later(step: &Step) -> String {
    let minutes = if step.after_minutes == 1 { "minute" } else { "minutes" };
    format!(
        " If nobody has acknowledged it {} {minutes} after the alert, tell everybody with the role {}.",
        step.after_minutes, step.role
    )
}

fn named(target: &Target) -> String {
    match target {
        Target::Member(id) => format!("the member {id}"),
        Target::Role(name) => format!("everybody with the role {name}"),
        Target::Team(name) => format!("the team {name}"),
        Target::Schedule(name) => format!("whoever is on call by the schedule {name}"),
        Target::Channel(name) => format!("the channel {name}"),
        Target::Requester => "the requester".to_owned(),
        Target::Assignee => "the assignee".to_owned(),
    }
}

/// “a, b and c”.
fn all(items: &[String]) -> String {
    match items {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
