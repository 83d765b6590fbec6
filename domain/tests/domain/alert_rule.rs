//! Alert rules: what is wrong with one, what each finds, and what it clears.

use std::collections::BTreeSet;

use chrono::Duration;
use escalon_domain::{
    alert::{Occurrence, ReportAction},
    alert_rule::{AlertRule, Audience, Facts, SlaFact, TicketFact, Watch, WorkloadFact},
    contact::Channel,
    definition::Body,
    escalation::Urgency,
    policy::Target,
    sla::SlaTarget,
    stamp::Timestamp,
};

use crate::cast::{ALICE, BOB, id, noon, slug};

fn managers() -> Vec<Target> {
    vec![Target::Role(slug("manager"))]
}

fn rule(name: &str) -> AlertRule {
    let defaults = AlertRule::defaults(&slug("support"), &managers());
    defaults.into_iter().find(|rule| rule.name.as_str() == name).unwrap()
}

fn at(minutes: i64) -> Timestamp {
    noon() + Duration::minutes(minutes)
}

/// A ticket that is at risk at noon and due an hour later.
fn ticket(number: u8) -> TicketFact {
    TicketFact {
        id: id(u128::from(number)),
        number: format!("REF-20260105-{number:04}"),
        ticket_type: slug("refund"),
        rank: number,
        assignee: (number == 1).then_some(ALICE),
        clocks: vec![SlaFact { target: SlaTarget::Resolution, at_risk_at: noon(), due: at(60) }],
    }
}

fn facts() -> Facts {
    let load = |member, open| WorkloadFact { member, open };
    Facts { tickets: vec![ticket(1), ticket(2)], workloads: vec![load(ALICE, 20), load(BOB, 19)] }
}

/// What a rule triggers and resolves.
fn found(rule: &AlertRule, facts: &Facts, standing: &[String], now: Timestamp) -> (Vec<String>, Vec<String>) {
    let reports = rule.evaluate(facts, &standing.iter().cloned().collect(), now);
    let of = |action| {
        let reports = reports.iter().filter(|report| report.action == action);
        reports.map(|report| report.dedup_key.clone()).collect()
    };
    (of(ReportAction::Trigger), of(ReportAction::Resolve))
}

fn keys(numbers: &[u8]) -> Vec<String> {
    numbers.iter().map(|number| ticket(*number).id.to_string()).collect()
}

#[test]
fn four_rules_are_there_from_the_beginning() {
    let defaults = AlertRule::defaults(&slug("support"), &managers());
    let names: Vec<_> = defaults.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["sla_breach", "sla_at_risk", "critical_complaint", "high_workload"]);
    for rule in defaults {
        assert_eq!(rule.faults(), []);
        assert!(rule.interval_minutes <= 5 && rule.enabled);
        assert_eq!(rule.name.as_str(), rule.watch.name());
    }
}

#[test]
fn a_breach_is_found_when_it_is_due_and_cleared_when_it_is_over() {
    let rule = rule("sla_breach");
    assert_eq!(found(&rule, &facts(), &[], at(59)), (vec![], vec![]));
    assert_eq!(found(&rule, &facts(), &[], at(60)), (keys(&[1, 2]), vec![]));
    assert_eq!(found(&rule, &facts(), &keys(&[1]), at(60)), (keys(&[2]), vec![]), "nobody is told twice");
    let resolved = Facts { tickets: vec![ticket(2)], ..facts() };
    assert_eq!(found(&rule, &resolved, &keys(&[1, 2]), at(60)), (vec![], keys(&[1])));
    let later = AlertRule { threshold: Some(30), ..rule };
    assert_eq!(found(&later, &facts(), &[], at(89)), (vec![], vec![]));
    assert_eq!(found(&later, &facts(), &[], at(90)), (keys(&[1, 2]), vec![]));
}

#[test]
fn at_risk_is_from_the_buffer_until_the_breach() {
    let rule = rule("sla_at_risk");
    assert_eq!(found(&rule, &facts(), &[], at(-1)), (vec![], vec![]));
    assert_eq!(found(&rule, &facts(), &[], at(0)), (keys(&[1, 2]), vec![]));
    assert_eq!(found(&rule, &facts(), &keys(&[1, 2]), at(59)), (vec![], vec![]));
    assert_eq!(found(&rule, &facts(), &keys(&[1, 2]), at(60)), (vec![], keys(&[1, 2])));
    let sooner = AlertRule { threshold: Some(90), ..rule };
    assert_eq!(found(&sooner, &facts(), &[], at(-31)), (vec![], vec![]));
    assert_eq!(found(&sooner, &facts(), &[], at(-30)), (keys(&[1, 2]), vec![]));
}

#[test]
fn what_comes_due_first_is_named() {
    let first = SlaFact { target: SlaTarget::FirstResponse, at_risk_at: at(-60), due: at(-30) };
    let mut facts = facts();
    facts.tickets[0].clocks.push(first);
    let reports = rule("sla_breach").evaluate(&facts, &BTreeSet::new(), at(61));
    let [report, _] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!(report.summary, "REF-20260105-0001 is past the time of its first response");
    assert_eq!(report.details["due"], serde_json::json!("2026-01-05T11:30:00Z"));
    assert_eq!(report.details["assignee"], serde_json::json!(ALICE));
}

#[test]
fn a_critical_complaint_is_of_these_types_and_at_least_so_important() {
    let rule = rule("critical_complaint");
    assert_eq!(found(&rule, &facts(), &[], noon()), (keys(&[1]), vec![]));
    assert_eq!(
        found(&AlertRule { threshold: Some(2), ..rule.clone() }, &facts(), &[], noon()),
        (keys(&[1, 2]), vec![])
    );
    let of = |word: &str| AlertRule {
        watch: Watch::CriticalComplaint { types: BTreeSet::from([slug(word)]) },
        ..rule.clone()
    };
    assert_eq!(found(&of("refund"), &facts(), &[], noon()), (keys(&[1]), vec![]));
    assert_eq!(found(&of("praise"), &facts(), &keys(&[1]), noon()), (vec![], keys(&[1])));
}

#[test]
fn a_high_workload_is_from_the_threshold_on() {
    let rule = rule("high_workload");
    let key = |member: escalon_domain::member::MemberId| member.to_string();
    assert_eq!(found(&rule, &facts(), &[key(BOB)], noon()), (vec![key(ALICE)], vec![key(BOB)]));
    assert_eq!(found(&AlertRule { threshold: Some(21), ..rule }, &facts(), &[], noon()), (vec![], vec![]));
}

#[test]
fn a_rule_that_is_switched_off_clears_what_it_found() {
    let off = AlertRule { enabled: false, ..rule("sla_breach") };
    assert_eq!(found(&off, &facts(), &keys(&[1]), at(60)), (vec![], keys(&[1])));
}

#[test]
fn what_rules_find_are_good_reports() {
    for rule in AlertRule::defaults(&slug("support"), &managers()) {
        for now in [noon(), at(60)] {
            for report in rule.evaluate(&facts(), &BTreeSet::from(["gone".to_owned()]), now) {
                assert_eq!(report.faults(), []);
                assert!(Occurrence::new(report, &rule.usual(), None, now).is_ok());
            }
        }
    }
}

#[test]
fn a_rule_tells_the_person_concerned_or_many() {
    let person = rule("sla_at_risk");
    assert_eq!((person.tells(Some(ALICE)), person.tells(None)), (vec![Target::Member(ALICE)], managers()));
    let many = rule("sla_breach");
    assert_eq!((many.tells(Some(ALICE)), many.tells(None)), (managers(), managers()));
}

#[test]
fn every_fault_is_named_at_once() {
    let bad = AlertRule {
        title: String::new(),
        threshold: Some(0),
        targets: Vec::new(),
        channels: BTreeSet::new(),
        interval_minutes: 6,
        audience: Audience::Person,
        ..rule("high_workload")
    };
    let found: Vec<_> = bad.faults().iter().map(|fault| fault.path.join(".")).collect();
    assert_eq!(found, ["title", "threshold", "targets", "channels", "interval_minutes"]);
    assert!(AlertRule { threshold: Some(0), ..rule("sla_breach") }.faults().is_empty());
}

#[test]
fn what_a_configuration_leaves_out_has_defaults() {
    let least = serde_json::json!({
        "name": "busy", "title": "Busy", "watch": "high_workload", "audience": "broadcast",
        "targets": [{"role": "manager"}], "channels": ["email"], "urgency": "high", "category": "support",
    });
    let rule: AlertRule = serde_json::from_value(least).unwrap();
    assert_eq!((rule.enabled, rule.threshold, rule.interval_minutes), (true, None, 5));
    assert_eq!((rule.channels, rule.urgency), (BTreeSet::from([Channel::Email]), Urgency::High));
}
