//! PagerDuty's Events API v2.

use escalon_application::inbound::routing_key;
use escalon_domain::{
    alert::{Link, ReportAction},
    source::Payload,
};
use serde_json::{Value, json};

use super::{at, read};

fn trigger() -> Value {
    json!({
        "payload": {
            "summary": "DISK at 99% on machine prod-datapipe03.example.com",
            "timestamp": "2026-01-05T08:42:58.315+0000",
            "severity": "critical",
            "source": "prod-datapipe03.example.com",
            "component": "mysql",
            "group": "prod-datapipe",
            "class": "disk",
            "custom_details": {"free space": "1%", "load avg": 0.75}
        },
        "routing_key": "samplekeyhere",
        "dedup_key": "prod-datapipe03/disk",
        "images": [{"src": "https://chart.example/chart.png", "href": "https://example.com/", "alt": "Chart"}],
        "links": [{"href": "https://example.com/", "text": "Link text"}],
        "event_action": "trigger",
        "client": "Sample Monitoring Service",
        "client_url": "https://monitoring.example.com"
    })
}

#[test]
fn a_trigger_with_everything() {
    let reports = read(&Payload::Pagerduty, &trigger()).unwrap();
    let [report] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!((report.dedup_key.as_str(), report.action), ("prod-datapipe03/disk", ReportAction::Trigger));
    assert_eq!(report.summary, "DISK at 99% on machine prod-datapipe03.example.com");
    assert_eq!((report.severity.as_deref(), report.kind.as_deref()), (Some("critical"), Some("disk")));
    assert_eq!(report.occurred_at, at("2026-01-05T08:42:58.315Z"));
    let expected = json!({
        "source": "prod-datapipe03.example.com", "component": "mysql", "group": "prod-datapipe", "class": "disk",
        "custom_details": {"free space": "1%", "load avg": 0.75}, "client": "Sample Monitoring Service",
    });
    assert_eq!(report.details, expected, "and not the routing key");
    let link = |href: &str, text: &str| Link { href: href.into(), text: Some(text.into()) };
    let expected = [
        link("https://monitoring.example.com", "Sample Monitoring Service"),
        link("https://example.com/", "Link text"),
        link("https://chart.example/chart.png", "Chart"),
    ];
    assert_eq!(report.links, expected);
}

#[test]
fn to_acknowledge_or_resolve_takes_a_key_and_nothing_else() {
    for (word, action) in [("acknowledge", ReportAction::Acknowledge), ("resolve", ReportAction::Resolve)] {
        let event = json!({"routing_key": "samplekeyhere", "dedup_key": "prod-datapipe03/disk", "event_action": word});
        let reports = read(&Payload::Pagerduty, &event).unwrap();
        assert_eq!((reports[0].dedup_key.as_str(), reports[0].action), ("prod-datapipe03/disk", action));
        let keyless = json!({"routing_key": "samplekeyhere", "event_action": word});
        let faults = read(&Payload::Pagerduty, &keyless).unwrap_err();
        assert_eq!(faults, ["dedup_key: is missing; it tells which alert this is about"]);
    }
}

#[test]
fn a_trigger_without_a_key_is_known_by_what_it_says() {
    let keyless = |summary: &str, routing: &str| {
        let mut event = trigger();
        event.as_object_mut().unwrap().remove("dedup_key");
        event["payload"]["summary"] = json!(summary);
        event["routing_key"] = json!(routing);
        read(&Payload::Pagerduty, &event).unwrap().remove(0).dedup_key
    };
    assert_eq!(keyless("a", "one"), keyless("a", "two"));
    assert_ne!(keyless("a", "one"), keyless("b", "one"));
}

#[test]
fn every_fault_is_named_with_its_place() {
    let bad = json!({
        "event_action": "shout", "dedup_key": "k".repeat(256),
        "payload": {"summary": "", "severity": "purple", "timestamp": true},
        "links": "none",
    });
    let expected = [
        "event_action: needs trigger, acknowledge or resolve",
        "dedup_key: may have 255 characters at most",
        "payload.summary: is missing",
        "payload.source: is missing",
        "payload.severity: needs critical, error, warning or info",
        "payload.timestamp: needs a moment",
        "links: needs a list",
    ];
    let faults = read(&Payload::Pagerduty, &bad).unwrap_err();
    assert_eq!(faults.len(), expected.len(), "{faults:#?}");
    for (fault, expected) in faults.iter().zip(expected) {
        assert!(fault.starts_with(expected), "{fault} instead of {expected}");
    }
    let empty = read(&Payload::Pagerduty, &json!({"event_action": "trigger"})).unwrap_err();
    assert_eq!(empty, ["payload: is missing; a trigger says there what is the matter"]);
}

#[test]
fn the_routing_key_is_found() {
    assert_eq!(routing_key(trigger().to_string().as_bytes()).as_deref(), Some("samplekeyhere"));
    for none in ["{}", "[]", "nothing", "{\"routing_key\": 5}"] {
        assert_eq!(routing_key(none.as_bytes()), None);
    }
}
