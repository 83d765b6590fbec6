//! Which rules match, and why the others do not.

use escalon_domain::{
    alert::{Alert, Told},
    definition::Pin,
    escalation::Urgency,
    personal::Personal,
    routing::{Condition, KindPattern, Mismatch, Routable, RoutingRule, Test, route},
};
use serde_json::{Value, json};

use super::invoices;
use crate::{
    alert::triggered,
    cast::{CUSTOMER, id, slug},
    harness::{Scenario, events},
};

/// An overdue invoice, changed.
fn with<T>(change: impl Fn(&mut Routable<'_>), look: impl Fn(&Routable<'_>) -> T) -> T {
    let (category, source) = (slug("finance"), slug("erp"));
    let details = json!({"amount": 12_500, "tags": ["vip", "late"], "customer": {"name": "Acme"}, "paid": false, "note": null});
    let mut event = Routable {
        category: &category,
        kind: Some("invoice_overdue"),
        source: Some(&source),
        severity: Some("major"),
        urgency: Urgency::High,
        summary: "Invoice 17 is overdue",
        details: &details,
    };
    change(&mut event);
    look(&event)
}

fn holds(field: &str, is: &Value) -> bool {
    let condition: Condition = serde_json::from_value(json!({"field": field, "is": is})).unwrap();
    with(|_| (), |event| condition.holds(event))
}

#[test]
fn category_type_and_conditions_must_all_fit() {
    let rule = invoices();
    let why = |change: &dyn Fn(&mut Routable<'_>)| with(change, |event| rule.mismatch(event));
    assert_eq!(why(&|_| ()), None);
    let sales = slug("sales");
    with(
        |_| (),
        |event| {
            let other = Routable { category: &sales, ..*event };
            assert_eq!(rule.mismatch(&other), Some(Mismatch::Category(slug("finance"))));
        },
    );
    assert_eq!(
        why(&|event| event.kind = Some("invoice_paid")),
        Some(Mismatch::Kind("invoice_overdue".into()))
    );
    assert_eq!(why(&|event| event.kind = None), Some(Mismatch::Kind("invoice_overdue".into())));
    let failed = Mismatch::Condition("/amount is at least 10000".into());
    assert_eq!(why(&|event| event.details = &Value::Null), Some(failed));
    let off = RoutingRule { enabled: false, ..invoices() };
    assert_eq!(with(|_| (), |event| off.mismatch(event)), Some(Mismatch::Disabled));
}

#[test]
fn a_type_is_one_all_or_those_that_begin_so() {
    let covers = |pattern: &str, kind| KindPattern(pattern.into()).covers(kind);
    for all in ["all", "*"] {
        assert!(covers(all, None) && covers(all, Some("anything")));
    }
    assert!(covers("billing.*", Some("billing.invoice.overdue")) && covers("billing.*", Some("billing.")));
    assert!(!covers("billing.*", Some("billings")) && !covers("billing.*", None));
    assert!(covers("billing", Some("billing")) && !covers("billing", Some("billing.x")));
}

#[test]
fn each_test_of_a_field() {
    for (field, is, expected) in [
        ("/amount", json!({"equals": 12_500.0}), true),
        ("/amount", json!({"equals": "12500"}), false),
        ("/amount", json!({"at_least": 12_500}), true),
        ("/amount", json!({"at_least": 12_500.01}), false),
        ("/amount", json!({"at_most": 12_500}), true),
        ("/amount", json!({"at_most": 1}), false),
        ("/customer/name", json!({"at_least": 1}), false),
        ("/customer/name", json!({"one_of": ["Acme", "Umbrella"]}), true),
        ("/customer/name", json!({"one_of": ["acme"]}), false),
        ("/customer/name", json!({"not": "Acme"}), false),
        ("/customer/age", json!({"not": "Acme"}), true),
        ("/customer/name", json!({"contains": "cm"}), true),
        ("/tags", json!({"contains": "vip"}), true),
        ("/tags", json!({"contains": "vi"}), false),
        ("/tags/1", json!({"equals": "late"}), true),
        ("/paid", json!({"equals": false}), true),
        ("/note", json!({"present": true}), false),
        ("/note", json!({"present": false}), true),
        ("/amount", json!({"present": true}), true),
        ("source", json!({"equals": "erp"}), true),
        ("severity", json!({"one_of": ["major", "critical"]}), true),
        ("urgency", json!({"equals": "high"}), true),
        ("summary", json!({"starts_with": "Invoice"}), true),
        ("summary", json!({"starts_with": "invoice"}), false),
    ] {
        assert_eq!(holds(field, &is), expected, "{field} {is}");
    }
}

#[test]
fn rules_are_asked_in_order_until_one_stops() {
    let rule = |name: &str, order, stop| RoutingRule { name: slug(name), order, stop, ..invoices() };
    let other = |name: &str| RoutingRule { category: Some(slug("hr")), ..rule(name, 1, true) };
    let rules: Vec<_> = [rule("last", 30, false), rule("b", 20, true), rule("a", 20, false), other("first")]
        .into_iter()
        .zip(1..)
        .map(|(rule, number)| (Pin { id: id(number), version: 1 }, rule))
        .collect();
    with(
        |_| (),
        |event| {
            let routing = route(&rules, event);
            let names: Vec<_> = routing.matched.iter().map(|(_, rule)| rule.name.as_str()).collect();
            assert_eq!(names, ["a", "b"]);
            let others: Vec<_> = routing.others.iter().map(|(pin, why)| (pin.id, why.clone())).collect();
            assert_eq!(
                others,
                [(id(4), Mismatch::Category(slug("hr"))), (id(1), Mismatch::Stopped(slug("b")))]
            );
        },
    );
}

#[test]
fn why_a_rule_does_not_match_is_said_in_words() {
    for (why, words) in [
        (Mismatch::Disabled, "the rule is switched off"),
        (Mismatch::Category(slug("hr")), "it is for the category hr only"),
        (Mismatch::Kind("billing.*".into()), "it is for the type billing.* only"),
        (Mismatch::Condition("/amount is at least 5".into()), "it does not hold that /amount is at least 5"),
        (Mismatch::Stopped(slug("b")), "the rule b matched before and stops"),
    ] {
        assert_eq!(why.to_string(), words);
    }
}

#[test]
fn an_alert_is_looked_at_with_what_it_says() {
    let rule = RoutingRule {
        category: Some(slug("system")),
        kind: KindPattern("disk".into()),
        conditions: vec![
            Condition { field: "/host".parse().unwrap(), is: Test::Equals("web-3".into()) },
            Condition { field: "summary".parse().unwrap(), is: Test::StartsWith("Disk".into()) },
            Condition { field: "severity".parse().unwrap(), is: Test::Equals("critical".into()) },
        ],
        ..invoices()
    };
    let mut alert = Scenario::<Alert>::given(events![triggered()]).state();
    let mismatch = |alert: &Alert| {
        let details = alert.told.as_ref().unwrap().details();
        rule.mismatch(&Routable::alert(alert, None, &details).unwrap())
    };
    assert_eq!(mismatch(&alert), None);
    alert.told = Some(Told::Personal(Personal { subject: CUSTOMER, value: None }));
    assert_eq!(mismatch(&alert), Some(Mismatch::Condition("/host is “web-3”".into())), "forgotten");
    assert_eq!(Routable::alert(&Alert::default(), None, &Value::Null), None);
}
