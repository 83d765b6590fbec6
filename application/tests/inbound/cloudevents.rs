//! CloudEvents 1.0: structured, binary and batched.

use escalon_domain::{alert::ReportAction, source::Payload};
use serde_json::{Value, json};

use super::{at, read, read_with};

const STRUCTURED: (&str, &str) = ("Content-Type", "application/cloudevents+json; charset=UTF-8");
const BATCH: (&str, &str) = ("Content-Type", "application/cloudevents-batch+json");

fn event() -> Value {
    json!({
        "specversion": "1.0",
        "type": "com.example.invoice.overdue",
        "source": "/erp/finance",
        "id": "A234-1234-1234",
        "time": "2026-01-05T09:00:00Z",
        "subject": "invoice 17",
        "datacontenttype": "application/json",
        "severitytext": "major",
        "category": "finance",
        "data": {"amount": 12500, "customer": "Acme"}
    })
}

#[test]
fn structured() {
    let reports = read_with(&Payload::Cloudevents, &[STRUCTURED], &event().to_string()).unwrap();
    let [report] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!(
        (report.dedup_key.as_str(), report.action),
        ("/erp/finance|A234-1234-1234", ReportAction::Trigger)
    );
    assert_eq!(report.summary, "com.example.invoice.overdue: invoice 17");
    assert_eq!(
        (report.kind.as_deref(), report.severity.as_deref()),
        (Some("com.example.invoice.overdue"), Some("major"))
    );
    assert_eq!(report.category.as_ref().unwrap().as_str(), "finance");
    assert_eq!((report.occurred_at, &report.details), (at("2026-01-05T09:00:00Z"), &event()["data"]));
    assert_eq!(read(&Payload::Cloudevents, &event()).unwrap(), reports, "as application/json, too");
}

#[test]
fn binary_is_the_same_event() {
    let headers = [
        ("Content-Type", "application/json; charset=utf-8"),
        ("CE-SpecVersion", "1.0"),
        ("ce-type", "com.example.invoice.overdue"),
        ("ce-source", "/erp/finance"),
        ("ce-id", "A234-1234-1234"),
        ("ce-time", "2026-01-05T09:00:00Z"),
        ("ce-subject", "invoice%2017"),
        ("ce-severitytext", "\"ma\\jor\""),
        ("ce-category", "finance"),
        ("X-Other", "ignored"),
    ];
    let binary = read_with(&Payload::Cloudevents, &headers, &event()["data"].to_string()).unwrap();
    assert_eq!(binary, read_with(&Payload::Cloudevents, &[STRUCTURED], &event().to_string()).unwrap());
}

#[test]
fn headers_are_decoded_as_the_binding_says() {
    let summary = |value: &str| {
        let headers = [
            ("ce-specversion", "1.0"),
            ("ce-type", "t"),
            ("ce-source", "s"),
            ("ce-id", "i"),
            ("ce-summary", value),
        ];
        read_with(&Payload::Cloudevents, &headers, "").map(|reports| reports[0].summary.clone())
    };
    assert_eq!(summary("Euro%20%E2%82%AC%20%F0%9F%98%80"), Ok("Euro € 😀".into()));
    assert_eq!(summary("%e2%82%ac 100%"), Ok("€ 100%".into()));
    assert_eq!(summary(r#""say \"hi\" \\o/""#), Ok(r#"say "hi" \o/"#.into()));
    assert_eq!(summary("%C0%A0").unwrap_err(), ["ce-summary: is not percent-encoded UTF-8"]);
}

#[test]
fn a_batch_keeps_its_order_and_may_be_empty() {
    let second = json!({"specversion": "1.0", "type": "t", "source": "s", "id": "2"});
    let batch = json!([event(), second]).to_string();
    let keys: Vec<_> = read_with(&Payload::Cloudevents, &[BATCH], &batch)
        .unwrap()
        .into_iter()
        .map(|report| report.dedup_key)
        .collect();
    assert_eq!(keys, ["/erp/finance|A234-1234-1234", "s|2"]);
    assert_eq!(read_with(&Payload::Cloudevents, &[BATCH], "[]"), Ok(Vec::new()));
}

#[test]
fn extensions_name_the_condition_and_what_became_of_it() {
    let mut over = event();
    over["dedupkey"] = json!("invoice-17");
    over["alertaction"] = json!("resolve");
    over["about"] = json!("customer-4");
    let reports = read_with(&Payload::Cloudevents, &[STRUCTURED], &over.to_string()).unwrap();
    assert_eq!((reports[0].dedup_key.as_str(), reports[0].action), ("invoice-17", ReportAction::Resolve));
    assert_eq!(reports[0].about.as_deref(), Some("customer-4"));
}

#[test]
fn what_data_say_is_used_where_attributes_say_nothing() {
    let mut said = event();
    said["severitytext"] = Value::Null;
    said["data"] = json!({"title": "Invoice 17 is overdue", "severity": "warning"});
    let reports = read_with(&Payload::Cloudevents, &[STRUCTURED], &said.to_string()).unwrap();
    assert_eq!(
        (reports[0].summary.as_str(), reports[0].severity.as_deref()),
        ("Invoice 17 is overdue", Some("warning"))
    );
    said.as_object_mut().unwrap().remove("data");
    said["data_base64"] = json!("aGVsbG8=");
    let reports = read_with(&Payload::Cloudevents, &[STRUCTURED], &said.to_string()).unwrap();
    assert_eq!(reports[0].details, json!("aGVsbG8="));
}

#[test]
fn every_fault_is_named_with_its_place() {
    let bad = json!([event(), {"specversion": "0.3", "id": 5, "source": " ", "time": "soon", "alertaction": "shout"}]);
    let expected = [
        "1.specversion: needs 1.0",
        "1.id: needs a text",
        "1.source: is missing",
        "1.type: is missing",
        "1.alertaction: needs trigger, acknowledge or resolve",
        "1.time: needs a moment",
    ];
    let faults = read_with(&Payload::Cloudevents, &[BATCH], &bad.to_string()).unwrap_err();
    assert_eq!(faults.len(), expected.len(), "{faults:#?}");
    assert!(
        expected.iter().all(|expected| faults.iter().any(|fault| fault.starts_with(expected))),
        "{faults:#?}"
    );
    let avro = read_with(&Payload::Cloudevents, &[("content-type", "application/cloudevents+avro")], "")
        .unwrap_err();
    assert!(avro[0].contains("send application/cloudevents+json"), "{avro:?}");
}
