//! What is too large, and what is no JSON.

use escalon_application::inbound::{LARGEST_BODY, MOST_REPORTS};
use escalon_domain::{alert::Report, source::Payload};
use serde_json::json;

use super::{read, read_with};

fn event(id: usize) -> serde_json::Value {
    json!({"specversion": "1.0", "type": "t", "source": "s", "id": id.to_string()})
}

fn batch(count: usize) -> Result<Vec<Report>, Vec<String>> {
    let events: Vec<_> = (0..count).map(event).collect();
    let headers = [("content-type", "application/cloudevents-batch+json")];
    read_with(&Payload::Cloudevents, &headers, &json!(events).to_string())
}

#[test]
fn a_request_has_a_thousand_reports_at_most() {
    assert_eq!(batch(MOST_REPORTS).map(|reports| reports.len()), Ok(MOST_REPORTS));
    assert_eq!(batch(MOST_REPORTS + 1).unwrap_err(), ["may have 1000 elements at most; this has 1001"]);
}

#[test]
fn a_request_has_a_mebibyte_at_most() {
    let mut large = event(1);
    large["data"] = json!("x".repeat(LARGEST_BODY));
    let faults = read(&Payload::Cloudevents, &large).unwrap_err();
    assert!(faults[0].starts_with("the request may have 1048576 bytes at most"), "{faults:?}");
}

#[test]
fn what_is_no_json_says_where_and_not_what() {
    for payload in [Payload::Cloudevents, Payload::Alertmanager, Payload::Pagerduty, Payload::Grafana] {
        let faults = read_with(&payload, &[], "{\"name\": \"Dana\"\n oops").unwrap_err();
        assert_eq!(faults, ["this is not JSON: line 2, column 2"]);
        assert!(read_with(&payload, &[], &"[".repeat(10_000)).is_err(), "too deep");
        assert!(read_with(&payload, &[], "").is_err());
    }
}

#[test]
fn what_is_too_long_is_cut_and_comes_all_the_same() {
    let mut long = event(1);
    long["id"] = json!("i".repeat(1_000));
    long["summary"] = json!("ü".repeat(2_000));
    long["severity"] = json!("s".repeat(300));
    long["data"] = json!({"text": "x".repeat(20_000)});
    let reports = read(&Payload::Cloudevents, &long).unwrap();
    let [report] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!((report.summary.chars().count(), report.summary.ends_with('…')), (1_024, true));
    assert!(report.dedup_key.starts_with("sha256:") && report.dedup_key.len() == 71, "{}", report.dedup_key);
    assert_eq!(report.details["cut_from_bytes"], json!(20_011));
    assert_eq!(read(&Payload::Cloudevents, &long).unwrap()[0].dedup_key, report.dedup_key);
}

#[test]
fn links_that_lead_nowhere_are_left_out() {
    let link = |href: &str| json!({"href": href});
    let mut links: Vec<_> = (0..12).map(|number| link(&format!("https://example.com/{number}"))).collect();
    links.insert(0, link("javascript:alert(1)"));
    let event = json!({
        "event_action": "trigger", "links": links,
        "payload": {"summary": "s", "source": "s", "severity": "info"}
    });
    let reports = read(&Payload::Pagerduty, &event).unwrap();
    assert_eq!(reports[0].links.len(), 10);
    assert_eq!(reports[0].links[0].href, "https://example.com/0");
}
