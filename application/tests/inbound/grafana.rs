//! The webhook of Grafana's alerting.

use escalon_domain::{alert::ReportAction, source::Payload};
use serde_json::{Value, json};

use super::{at, read};

fn group() -> Value {
    json!({
        "receiver": "escalon",
        "status": "firing",
        "orgId": 1,
        "version": "1",
        "groupKey": "{}:{alertname=\"High memory usage\"}",
        "truncatedAlerts": 0,
        "title": "[FIRING:1] High memory usage",
        "state": "alerting",
        "message": "**Firing**",
        "externalURL": "https://grafana.example/",
        "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {},
        "alerts": [{
            "status": "firing",
            "labels": {"alertname": "High memory usage", "grafana_folder": "Platform", "severity": "page"},
            "annotations": {"description": "Memory is high", "summary": "Memory of zone eu-1 is high"},
            "startsAt": "2026-01-05T10:00:00.157076+01:00",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://grafana.example/alerting/1afz29v7z/edit",
            "fingerprint": "c6eadffa33fcdf37",
            "silenceURL": "https://grafana.example/alerting/silence/new",
            "dashboardURL": "https://grafana.example/d/7",
            "panelURL": "",
            "imageURL": "https://grafana.example/image.png",
            "values": {"B": 44.23943737541908, "C": 1},
            "valueString": "[ var='B' labels={zone=eu-1} value=44.2 ]"
        }]
    })
}

#[test]
fn a_firing_alert_with_its_links_and_values() {
    let reports = read(&Payload::Grafana, &group()).unwrap();
    let [report] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!((report.dedup_key.as_str(), report.action), ("c6eadffa33fcdf37", ReportAction::Trigger));
    assert_eq!(
        (report.summary.as_str(), report.severity.as_deref()),
        ("Memory of zone eu-1 is high", Some("page"))
    );
    assert_eq!(report.occurred_at, at("2026-01-05T09:00:00.157076Z"));
    let links: Vec<_> = report.links.iter().filter_map(|link| link.text.as_deref()).collect();
    assert_eq!(links, ["Dashboard", "Rule", "Silence", "Image"], "what is empty is left out");
    assert_eq!(report.details["values"]["B"], json!(44.23943737541908));
}

#[test]
fn a_webhook_of_the_other_kind_is_refused() {
    let faults = read(&Payload::Alertmanager, &group()).unwrap_err();
    assert_eq!(faults, ["version: needs 4; other versions of this webhook cannot be read"]);
}
