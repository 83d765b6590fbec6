//! What is usual for the alerts of a rule, and the rules that are usual.

use std::collections::{BTreeMap, BTreeSet};

use super::{AlertRule, Audience, Watch};
use crate::{alert::Usual, contact::Channel, escalation::Urgency, policy::Target, slug::Slug};

/// Rules have no severity words of their own.
static NO_WORDS: BTreeMap<String, Urgency> = BTreeMap::new();

impl AlertRule {
    /// What is usual for its alerts.
    #[must_use]
    pub fn usual(&self) -> Usual<'_> {
        Usual {
            category: &self.category,
            kind: Some(self.watch.name()),
            severities: &NO_WORDS,
            urgency: self.urgency,
        }
    }

    /// Who is told of an alert that concerns this person, or nobody in particular.
    #[must_use]
    pub fn tells(&self, concerned: Option<crate::member::MemberId>) -> Vec<Target> {
        match (self.audience, concerned) {
            (Audience::Person, Some(member)) => vec![Target::Member(member)],
            (Audience::Person, None) | (Audience::Broadcast, _) => self.targets.clone(),
        }
    }

    /// The four rules that every organization begins with, in a category, telling these: an SLA breach and a critical complaint
    /// everybody, an SLA at risk who has the ticket, a high workload everybody.
    #[must_use]
    pub fn defaults(category: &Slug, targets: &[Target]) -> Vec<Self> {
        let everywhere = [Channel::InApp, Channel::Email, Channel::Sms];
        let rules = [
            (
                "sla_breach",
                "SLA breached",
                Watch::SlaBreach,
                Audience::Broadcast,
                Urgency::Urgent,
                &everywhere[..],
            ),
            (
                "sla_at_risk",
                "SLA at risk",
                Watch::SlaAtRisk,
                Audience::Person,
                Urgency::High,
                &everywhere[..2],
            ),
            (
                "critical_complaint",
                "Critical complaint",
                Watch::CriticalComplaint { types: BTreeSet::new() },
                Audience::Broadcast,
                Urgency::Urgent,
                &everywhere[..],
            ),
            (
                "high_workload",
                "High workload",
                Watch::HighWorkload,
                Audience::Broadcast,
                Urgency::Medium,
                &everywhere[..2],
            ),
        ];
        let rule = |(name, title, watch, audience, urgency, channels): (&str, &str, _, _, _, &[Channel])| {
            Some(Self {
                name: name.parse().ok()?,
                title: title.to_owned(),
                enabled: true,
                watch,
                threshold: None,
                audience,
                targets: targets.to_vec(),
                channels: channels.iter().copied().collect(),
                interval_minutes: 5,
                urgency,
                category: category.clone(),
            })
        };
        rules.into_iter().filter_map(rule).collect()
    }
}
