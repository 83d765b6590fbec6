//! Which rules an event matches, and why the others do not.

use std::fmt;

use serde_json::Value;

use super::RoutingRule;
use crate::{
    alert::{Alert, Told},
    definition::Pin,
    escalation::Urgency,
    slug::Slug,
};

/// What rules look at: an alert, or another event that they name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Routable<'a> {
    /// What it belongs to.
    pub category: &'a Slug,
    /// Its type.
    pub kind: Option<&'a str>,
    /// The short name of its source.
    pub source: Option<&'a Slug>,
    /// The source's own word for how bad it is.
    pub severity: Option<&'a str>,
    /// How insistently to tell people.
    pub urgency: Urgency,
    /// What it says in one line.
    pub summary: &'a str,
    /// Whatever else it says.
    pub details: &'a Value,
}

impl<'a> Routable<'a> {
    /// An alert as rules look at it, with the short name of its source and its [parsed details](crate::alert::Told::details).
    /// None before it was triggered. One about somebody who was forgotten says nothing.
    #[must_use]
    pub fn alert(alert: &'a Alert, source: Option<&'a Slug>, details: &'a Value) -> Option<Self> {
        let content = alert.told.as_ref().and_then(Told::reveal);
        Some(Self {
            category: alert.category.as_ref()?,
            kind: alert.kind.as_deref(),
            source,
            severity: alert.severity.as_deref(),
            urgency: alert.urgency?,
            summary: content.map_or("", |content| &content.summary),
            details,
        })
    }
}

/// Why a rule does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// It is switched off.
    Disabled,
    /// It is for another category.
    Category(Slug),
    /// It is for other types.
    Kind(String),
    /// A condition does not hold.
    Condition(String),
    /// It was not asked: this one matched before and stops.
    Stopped(Slug),
}

/// What became of each rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Routing<'r> {
    /// Those that matched, in order.
    pub matched: Vec<(Pin<RoutingRule>, &'r RoutingRule)>,
    /// The others, in order, and why.
    pub others: Vec<(Pin<RoutingRule>, Mismatch)>,
}

/// Asks the rules in their order, until one that matches stops.
#[must_use]
pub fn route<'r>(rules: &'r [(Pin<RoutingRule>, RoutingRule)], event: &Routable<'_>) -> Routing<'r> {
    let mut ordered: Vec<_> = rules.iter().collect();
    ordered.sort_by_key(|(_, rule)| (rule.order, &rule.name));
    let mut routing = Routing { matched: Vec::new(), others: Vec::new() };
    let mut stopped: Option<&Slug> = None;
    for (pin, rule) in ordered {
        let stop = stopped.map(|by| Mismatch::Stopped(by.clone()));
        match stop.or_else(|| rule.mismatch(event)) {
            Some(why) => routing.others.push((*pin, why)),
            None => {
                routing.matched.push((*pin, rule));
                stopped = rule.stop.then_some(&rule.name);
            }
        }
    }
    routing
}

impl RoutingRule {
    /// Why it does not match; none when it does.
    #[must_use]
    pub fn mismatch(&self, event: &Routable<'_>) -> Option<Mismatch> {
        if !self.enabled {
            return Some(Mismatch::Disabled);
        }
        if let Some(category) = self.category.as_ref().filter(|category| *category != event.category) {
            return Some(Mismatch::Category(category.clone()));
        }
        if !self.kind.covers(event.kind) {
            return Some(Mismatch::Kind(self.kind.0.clone()));
        }
        let failed = self.conditions.iter().find(|condition| !condition.holds(event));
        failed.map(|condition| Mismatch::Condition(condition.to_string()))
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disabled => f.write_str("the rule is switched off"),
            Self::Category(category) => write!(f, "it is for the category {category} only"),
            Self::Kind(kind) => write!(f, "it is for the type {kind} only"),
            Self::Condition(condition) => write!(f, "it does not hold that {condition}"),
            Self::Stopped(by) => write!(f, "the rule {by} matched before and stops"),
        }
    }
}
