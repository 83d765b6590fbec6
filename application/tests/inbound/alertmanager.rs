//! Alertmanager's webhook, version 4.

use escalon_domain::{
    alert::{Link, ReportAction},
    source::Payload,
};
use serde_json::{Value, json};

use super::{at, read};

/// A group of two alerts: one fires, one is over.
fn group() -> Value {
    json!({
        "version": "4",
        "groupKey": "{}/{severity=\"critical\"}:{alertname=\"DiskFull\"}",
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "escalon",
        "groupLabels": {"alertname": "DiskFull"},
        "commonLabels": {"alertname": "DiskFull", "severity": "critical"},
        "commonAnnotations": {},
        "externalURL": "https://alerts.example",
        "alerts": [
            {
                "status": "firing",
                "labels": {"alertname": "DiskFull", "instance": "web-3:9100", "severity": "critical", "category": "Production"},
                "annotations": {"summary": "Disk full on web-3", "runbook_url": "https://runbooks.example/disk"},
                "startsAt": "2026-01-05T09:00:00.123456789Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "https://prometheus.example/graph?g0.expr=disk",
                "fingerprint": "1a30ba71cca2921f"
            },
            {
                "status": "resolved",
                "labels": {"alertname": "DiskFull", "instance": "web-4:9100", "severity": "warning"},
                "annotations": {},
                "startsAt": "2026-01-05T08:00:00+01:00",
                "endsAt": "2026-01-05T08:59:00Z",
                "generatorURL": "",
                "fingerprint": "2b41cb82ddb3a320"
            }
        ]
    })
}

#[test]
fn each_alert_of_a_group_is_a_report() {
    let reports = read(&Payload::Alertmanager, &group()).unwrap();
    let [fires, over] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!((fires.dedup_key.as_str(), fires.action), ("1a30ba71cca2921f", ReportAction::Trigger));
    assert_eq!((fires.summary.as_str(), fires.severity.as_deref()), ("Disk full on web-3", Some("critical")));
    assert_eq!(
        (fires.category.as_ref().unwrap().as_str(), fires.kind.as_deref()),
        ("production", Some("DiskFull"))
    );
    assert_eq!(fires.occurred_at, at("2026-01-05T09:00:00.123456Z"), "to the microsecond");
    let link = |href: &str, text: &str| Link { href: href.into(), text: Some(text.into()) };
    let expected = [
        link("https://runbooks.example/disk", "Runbook"),
        link("https://prometheus.example/graph?g0.expr=disk", "Source"),
    ];
    assert_eq!(fires.links, expected);
    assert_eq!(fires.details["labels"]["instance"], json!("web-3:9100"));
    assert_eq!(fires.details["externalURL"], json!("https://alerts.example"));
    assert_eq!((over.dedup_key.as_str(), over.action), ("2b41cb82ddb3a320", ReportAction::Resolve));
    assert_eq!(
        (over.summary.as_str(), over.occurred_at),
        ("DiskFull on web-4:9100", at("2026-01-05T08:59:00Z"))
    );
    assert!(over.links.is_empty());
}

#[test]
fn labels_stand_for_a_fingerprint_that_is_missing() {
    let mut group = group();
    group["alerts"][0].as_object_mut().unwrap().remove("fingerprint");
    let reports = read(&Payload::Alertmanager, &group).unwrap();
    let expected = "alertname=DiskFull,category=Production,instance=web-3:9100,severity=critical";
    assert_eq!(reports[0].dedup_key, expected);
}

#[test]
fn every_fault_is_named_with_its_place() {
    let mut group = group();
    group["version"] = json!("5");
    group["alerts"][0]["status"] = json!("smouldering");
    group["alerts"][0]["startsAt"] = json!("yesterday");
    group["alerts"][1] = json!({"status": 7, "labels": [], "annotations": null});
    let faults = read(&Payload::Alertmanager, &group).unwrap_err();
    let expected = [
        "version: needs 4",
        "alerts.0.status: needs firing or resolved",
        "alerts.0.startsAt: needs a moment such as",
        "alerts.1.status: needs a text",
        "alerts.1.labels: needs an object",
        "alerts.1.fingerprint: is missing, and so are labels",
    ];
    assert_eq!(faults.len(), expected.len(), "{faults:#?}");
    for (fault, expected) in faults.iter().zip(expected) {
        assert!(fault.starts_with(expected), "{fault} instead of {expected}");
    }
    assert_eq!(read(&Payload::Alertmanager, &json!({"version": "4"})).unwrap_err(), ["alerts: needs a list"]);
    assert_eq!(read(&Payload::Alertmanager, &json!([])).unwrap_err().len(), 2);
}
