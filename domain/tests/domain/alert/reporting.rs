//! What a source reports, and what follows.

use std::collections::BTreeMap;

use chrono::Duration;
use escalon_domain::{
    alert::{
        Acknowledged, Alert, Became, Content, Link, Occurrence, Origin, Repeated, Report, ReportAction,
        Resolved, Status, Told, Triggered, Usual,
    },
    definition::Pin,
    escalation::Urgency,
    id::Id,
    personal::Personal,
};

use super::fixture::{KEY, ORGANIZATION, alert, content, origin, repeated, report, reporting, triggered};
use crate::{
    cast::{CUSTOMER, engine, id, morning, noon, slug},
    harness::{Scenario, events},
};

fn usual_faults(report: Report) -> Vec<String> {
    let category = slug("system");
    let usual =
        Usual { category: &category, kind: None, severities: &BTreeMap::new(), urgency: Urgency::Medium };
    let faults = Occurrence::new(report, &usual, None, noon()).err().unwrap_or_default();
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn the_first_report_triggers() {
    let command = reporting(vec![report(ReportAction::Trigger, Some(morning()))]);
    let after = Scenario::<Alert>::new().by(engine()).when(command).then(events![triggered()]);
    assert_eq!((after.status, after.episode, after.count), (Status::Triggered, 1, 1));
    assert_eq!((after.triggered_at, after.began_at), (Some(noon()), Some(morning())));
    assert_eq!(after.waits(), []);
}

#[test]
fn a_repeat_is_counted_whoever_owns_the_alert() {
    for status in ["triggered", "acknowledged", "suppressed"] {
        let command = reporting(vec![report(ReportAction::Trigger, None)]);
        let before = alert(status).state().status;
        let after = alert(status).when(command).then(events![repeated(1)]);
        assert_eq!((after.status, after.count, after.last_seen_at), (before, 2, Some(noon())));
    }
}

#[test]
fn another_severity_is_what_it_became() {
    let milder = Report { severity: Some("warning".into()), ..report(ReportAction::Trigger, None) };
    let became =
        Became { severity: Some("warning".into()), urgency: Urgency::Medium, told: Told::Plain(content()) };
    let expected = Repeated { times: 1, became: Some(became) };
    let after = alert("triggered").when(reporting(vec![milder])).then(events![expected]);
    assert_eq!((after.urgency, after.severity.as_deref()), (Some(Urgency::Medium), Some("warning")));
}

#[test]
fn the_source_acknowledges_and_resolves() {
    let acknowledge = reporting(vec![report(ReportAction::Acknowledge, None)]);
    alert("triggered").by(engine()).when(acknowledge).then(events![Acknowledged { note: None }]);
    let resolve = reporting(vec![report(ReportAction::Resolve, None)]);
    for status in ["triggered", "acknowledged", "suppressed"] {
        let expected = Resolved { note: None, ended_at: Some(noon()) };
        alert(status).by(engine()).when(resolve.clone()).then(events![expected]);
    }
}

#[test]
fn what_is_not_open_is_neither_acknowledged_nor_resolved_and_nobody_complains() {
    for action in [ReportAction::Acknowledge, ReportAction::Resolve] {
        for status in ["unknown", "resolved", "resolved by hand"] {
            alert(status).when(reporting(vec![report(action, None)])).then_nothing();
        }
    }
    alert("acknowledged").when(reporting(vec![report(ReportAction::Acknowledge, None)])).then_nothing();
}

#[test]
fn after_it_was_resolved_the_next_episode_begins() {
    let again = Triggered { episode: 2, began_at: noon(), ..triggered() };
    for status in ["resolved", "resolved by hand"] {
        let command = reporting(vec![report(ReportAction::Trigger, None)]);
        let after = alert(status).when(command).then(events![again.clone()]);
        assert_eq!((after.episode, after.count, after.resolved_at), (2, 1, None));
    }
}

#[test]
fn the_stream_follows_from_organization_origin_and_key() {
    let at = |organization, source, version, key: &str| {
        Origin::Source(Pin { id: id(source), version }).alert(organization, key)
    };
    let this = origin().alert(ORGANIZATION, KEY);
    assert_eq!(this, at(ORGANIZATION, 0x50, 1, KEY), "whatever the version of the source");
    assert_eq!(this.to_string(), "alert_7by8xkah44aacsn3ffk9e3xnds", "for ever");
    for other in [
        at(Id::from_uuid(id::<()>(0x020).uuid()), 0x50, 2, KEY),
        at(ORGANIZATION, 0x51, 2, KEY),
        at(ORGANIZATION, 0x50, 2, "disk|web-4"),
    ] {
        assert_ne!(this, other);
    }
}

#[test]
fn what_is_usual_completes_a_report() {
    let (category, own) = (
        slug("sales"),
        BTreeMap::from([("p2".to_owned(), Urgency::High), ("info".to_owned(), Urgency::High)]),
    );
    let usual = Usual { category: &category, kind: Some("order"), severities: &own, urgency: Urgency::Low };
    for (severity, urgency) in [
        (Some("P2"), Urgency::High),
        (Some("info"), Urgency::High),
        (Some(" Critical "), Urgency::Urgent),
        (Some("error"), Urgency::High),
        (Some("warning"), Urgency::Medium),
        (Some("purple"), Urgency::Low),
        (None, Urgency::Low),
    ] {
        assert_eq!(usual.urgency(severity), urgency, "{severity:?}");
    }
}

#[test]
fn what_is_about_somebody_is_theirs() {
    let category = slug("support");
    let usual =
        Usual { category: &category, kind: None, severities: &BTreeMap::new(), urgency: Urgency::Medium };
    let now = noon();
    let occurrence =
        Occurrence::new(report(ReportAction::Trigger, None), &usual, Some(CUSTOMER), now).unwrap();
    let shown = format!("{occurrence:?}");
    assert!(!shown.contains("web-3\"") && !shown.contains("Disk full"), "{shown}");
    let told = Told::new(Some(CUSTOMER), content());
    assert_eq!(told, Told::Personal(Personal::new(CUSTOMER, content())));
    assert_eq!((told.about(), told.reveal()), (Some(CUSTOMER), Some(&content())));
    let kept = serde_json::to_string(&told).unwrap();
    assert!(kept.starts_with(r#"{"subject":"subject_"#), "sealed by the store: {kept}");
    assert_eq!(serde_json::from_str::<Told>(&kept).unwrap(), told);
}

#[test]
fn what_a_source_says_is_never_taken_for_a_sealed_value() {
    let sly = serde_json::json!({"subject": CUSTOMER.to_string(), "value": "x"});
    let content = Content { details: Some(sly.to_string()), ..content() };
    let kept = serde_json::to_string(&Told::Plain(content.clone())).unwrap();
    assert!(!kept.contains(r#"{"subject":"#), "{kept}");
    assert_eq!(serde_json::from_str::<Told>(&kept).unwrap(), Told::Plain(content));
}

#[test]
fn a_clock_that_is_ahead_does_not_reach_into_the_future() {
    let ahead = report(ReportAction::Trigger, Some(noon() + Duration::days(2)));
    let expected = Triggered { began_at: noon(), ..triggered() };
    Scenario::<Alert>::new().when(reporting(vec![ahead])).then(events![expected]);
}

#[test]
fn every_fault_of_a_report_is_named_at_once() {
    let link = |href: &str| Link { href: href.into(), text: None };
    let bad = Report {
        dedup_key: "k".repeat(256),
        summary: " ".into(),
        severity: Some(String::new()),
        details: serde_json::Value::String("x".repeat(16_383)),
        links: vec![link("https://example.com"), link("javascript:alert(1)")],
        ..report(ReportAction::Trigger, None)
    };
    let faults = usual_faults(bad);
    let starts = [
        "dedup_key: may have 255",
        "summary: must not",
        "severity: ",
        "details: may take 16384 bytes",
        "links.1.href: needs",
    ];
    assert_eq!(faults.len(), starts.len(), "{faults:?}");
    for (fault, start) in faults.iter().zip(starts) {
        assert!(fault.starts_with(start), "{fault} instead of {start}");
    }
    let many = Report { links: vec![link("https://example.com"); 11], ..report(ReportAction::Trigger, None) };
    assert_eq!(usual_faults(many), ["links: may be 10 at most; these are 11"]);
    let wordless = Report { summary: String::new(), ..report(ReportAction::Resolve, None) };
    assert!(usual_faults(wordless).is_empty(), "to resolve needs no summary");
}
