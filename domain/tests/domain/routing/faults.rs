//! What is wrong with a rule, and what a configuration may leave out.

use std::collections::BTreeSet;

use escalon_domain::{
    contact::Channel,
    definition::Body,
    escalation::Urgency,
    policy::{Target, When},
    routing::{Condition, KindPattern, Priority, RoutingRule, Step, Test},
};
use serde_json::{Value, json};

use super::{by_policy, invoices, silent};
use crate::cast::slug;

#[track_caller]
fn is_faulty(rule: &RoutingRule, expected: &[&str]) {
    let found: Vec<_> = rule.faults().iter().map(ToString::to_string).collect();
    let fits = found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected));
    assert!(fits, "{found:#?}");
}

#[test]
fn every_fault_is_named_at_once() {
    for good in [invoices(), by_policy(), silent()] {
        is_faulty(&good, &[]);
    }
    let bad = RoutingRule {
        title: String::new(),
        kind: KindPattern("a*b*".into()),
        conditions: vec![
            Condition { field: "source".parse().unwrap(), is: Test::Present(true) },
            Condition { field: "severity".parse().unwrap(), is: Test::OneOf(Vec::new()) },
            Condition { field: "summary".parse().unwrap(), is: Test::Contains(String::new()) },
            Condition { field: "/x".parse().unwrap(), is: Test::Equals(Value::Null) },
        ],
        targets: vec![Target::Requester, Target::Requester],
        channels: BTreeSet::from([Channel::Email]),
        escalate: Some(Step { role: slug("manager"), after_minutes: 0 }),
        escalate_further: Some(Step { role: slug("ceo"), after_minutes: 0 }),
        ..invoices()
    };
    is_faulty(
        &bad,
        &[
            "title: must not be empty",
            "type: may have one “*”",
            "conditions.1.is: needs 1 to 50 values",
            "conditions.2.is: needs a text",
            "conditions.3.is: cannot be null",
            "targets.1: requester is there twice",
            "channels: needs slack among them",
            "escalate.after_minutes: needs 1 to 40320 minutes",
            "escalate_further.after_minutes: needs 1 to 40320 minutes",
            "escalate_further.after_minutes: needs more than 0 minutes",
        ],
    );
}

#[test]
fn somebody_is_told_by_some_channel() {
    let nobody = RoutingRule {
        targets: Vec::new(),
        slack_channel: None,
        channels: BTreeSet::new(),
        escalate: None,
        ..invoices()
    };
    is_faulty(
        &nobody,
        &["targets: needs somebody", "channels: needs a channel", "escalate_further: needs a step before"],
    );
}

#[test]
fn a_policy_or_silence_stands_alone() {
    let both = RoutingRule { policy: Some(slug("primary")), ..invoices() };
    let each = ["targets", "slack_channel", "escalate", "escalate_further"];
    is_faulty(
        &both,
        &each.map(|name| format!("{name}: the policy says who is told")).each_ref().map(String::as_str),
    );
    let silent = RoutingRule { suppress: true, ..by_policy() };
    is_faulty(&silent, &["policy: nobody is told; leave this out"]);
}

#[test]
fn what_a_configuration_leaves_out_has_defaults() {
    let least = json!({
        "name": "all", "title": "All", "targets": [{"role": "office"}, "requester"], "channels": ["in_app"],
        "escalate": {"role": "manager"},
    });
    let rule: RoutingRule = serde_json::from_value(least).unwrap();
    assert!(rule.faults().is_empty(), "{:?}", rule.faults());
    assert_eq!((rule.enabled, rule.order, rule.stop, rule.suppress), (true, 100, false, false));
    assert_eq!((rule.category.as_ref(), rule.kind.is_all(), rule.priority), (None, true, Priority::Normal));
    assert_eq!(rule.escalate.map(|step| step.after_minutes), Some(60));
    let misspelt = json!({"name": "all", "title": "All", "target": []});
    let error = serde_json::from_value::<RoutingRule>(misspelt).unwrap_err().to_string();
    assert!(error.contains("unknown field `target`"), "{error}");
    let nowhere = json!({"field": "amount", "is": {"at_least": 5}});
    let error = serde_json::from_value::<Condition>(nowhere).unwrap_err().to_string();
    assert!(error.contains("“amount” is not a field; use source, severity"), "{error}");
}

#[test]
fn steps_count_from_the_alert_and_levels_from_the_level_before() {
    let role = |name| Target::Role(slug(name));
    let first =
        vec![role("accounting"), Target::Schedule(slug("primary")), Target::Channel(slug("finance-alerts"))];
    let rule = RoutingRule {
        escalate: Some(Step { role: slug("manager"), after_minutes: 45 }),
        escalate_further: Some(Step { role: slug("ceo"), after_minutes: 120 }),
        ..invoices()
    };
    let policy = rule.as_policy().unwrap();
    assert!(policy.faults().is_empty(), "{:?}", policy.faults());
    let levels: Vec<_> = policy.levels.iter().map(|level| (level.when, level.targets.clone())).collect();
    let expected = [(0, first), (45, vec![role("manager")]), (75, vec![role("ceo")])];
    assert_eq!(levels, expected.map(|(minutes, targets)| (When::DelayMinutes(minutes), targets)));
    assert!(policy.levels.iter().all(|level| level.urgency == Some(Urgency::High)));
    assert!(by_policy().as_policy().is_none() && silent().as_policy().is_none());
}

#[test]
fn each_priority_has_its_urgency() {
    let urgencies: Vec<_> = Priority::ALL.iter().map(|priority| priority.urgency()).collect();
    assert_eq!(urgencies, [Urgency::Low, Urgency::Medium, Urgency::High, Urgency::Urgent]);
}
