//! Routing rules: what is wrong with one, which match, and what they do in plain words.

mod faults;
mod matching;
mod preview;

use std::collections::BTreeSet;

use escalon_domain::{
    contact::Channel,
    policy::Target,
    routing::{Condition, KindPattern, Priority, RoutingRule, Step, Test},
};

use crate::cast::slug;

/// Overdue invoices of 10,000 and more go to accounting, then to its manager, then to the CEO.
pub(crate) fn invoices() -> RoutingRule {
    RoutingRule {
        name: slug("overdue_invoices"),
        title: "Overdue invoices".into(),
        enabled: true,
        order: 10,
        stop: false,
        category: Some(slug("finance")),
        kind: KindPattern("invoice_overdue".into()),
        conditions: vec![Condition { field: "/amount".parse().unwrap(), is: Test::AtLeast(10_000.0) }],
        suppress: false,
        targets: vec![Target::Role(slug("accounting")), Target::Schedule(slug("primary"))],
        channels: BTreeSet::from([Channel::InApp, Channel::Email, Channel::Slack]),
        slack_channel: Some(slug("finance-alerts")),
        priority: Priority::High,
        escalate: Some(Step { role: slug("manager"), after_minutes: 60 }),
        escalate_further: Some(Step { role: slug("ceo"), after_minutes: 120 }),
        policy: None,
    }
}

/// By a policy.
pub(crate) fn by_policy() -> RoutingRule {
    RoutingRule {
        targets: Vec::new(),
        channels: BTreeSet::new(),
        slack_channel: None,
        escalate: None,
        escalate_further: None,
        policy: Some(slug("primary")),
        ..invoices()
    }
}

/// Recorded only.
pub(crate) fn silent() -> RoutingRule {
    RoutingRule { suppress: true, policy: None, ..by_policy() }
}
