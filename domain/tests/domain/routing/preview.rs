//! What rules do, in plain words.

use escalon_domain::routing::{Condition, KindPattern, RoutingRule};
use serde_json::{Value, json};

use super::{by_policy, invoices, silent};

fn condition(field: &str, is: &Value) -> Condition {
    serde_json::from_value(json!({"field": field, "is": is})).unwrap()
}

#[test]
fn a_rule_with_everything() {
    let rule = RoutingRule { stop: true, ..invoices() };
    assert_eq!(
        rule.preview(),
        "When an alert in finance of type invoice_overdue comes and /amount is at least 10000, tell everybody with the \
         role accounting, whoever is on call by the schedule primary and the Slack channel #finance-alerts by in-app \
         message, email and Slack, with high priority. If nobody has acknowledged it 60 minutes after the alert, tell \
         everybody with the role manager. If nobody has acknowledged it 120 minutes after the alert, tell everybody \
         with the role ceo. Rules after this one are not asked then."
    );
}

#[test]
fn a_rule_with_next_to_nothing() {
    let all =
        RoutingRule { category: None, kind: KindPattern::default(), conditions: Vec::new(), ..by_policy() };
    assert_eq!(
        all.preview(),
        "When an alert comes, the escalation policy primary says who is told, with high priority."
    );
}

#[test]
fn a_rule_that_is_off_and_tells_nobody() {
    let rule = RoutingRule {
        enabled: false,
        kind: KindPattern("billing.*".into()),
        conditions: Vec::new(),
        ..silent()
    };
    assert_eq!(
        rule.preview(),
        "Switched off. If it were on: When an alert in finance whose type begins with “billing.” comes, it is recorded \
         and nobody is told."
    );
}

#[test]
fn each_condition() {
    for (field, is, words) in [
        ("source", json!({"equals": "erp"}), "source is “erp”"),
        ("/a", json!({"not": 5}), "/a is not 5"),
        ("/a", json!({"one_of": [1, "b", true]}), "/a is 1, “b” or true"),
        ("/a", json!({"contains": "x"}), "/a contains “x”"),
        ("/a", json!({"starts_with": "x"}), "/a begins with “x”"),
        ("/a", json!({"at_most": 2.5}), "/a is at most 2.5"),
        ("/a", json!({"present": true}), "/a is given"),
        ("/a", json!({"present": false}), "/a is not given"),
    ] {
        assert_eq!(condition(field, &is).to_string(), words);
    }
}
