//! Any JSON, by a mapping.

use escalon_domain::{alert::ReportAction, source::Payload};
use serde_json::{Value, json};

use super::{at, read};

fn mapping(change: impl Fn(&mut Value)) -> Payload {
    let mut mapping = json!({
        "each": "/batch/events",
        "dedup_key": "{/machine/id}-{/fault/code}",
        "summary": "{/machine/name}: {/fault/text} ({/fault/code})",
        "action": {"at": "/state", "acknowledge": ["Seen"], "resolve": ["OK", "0"]},
        "severity": "{/fault/level}",
        "category": "{/area}",
        "type": "machine.{/fault/code}",
        "occurred_at": "/at",
        "details": "/fault",
        "about": "{/operator}",
        "links": [{"href": "https://machines.example/{/machine/id}", "text": "{/machine/name}"}, {"href": "{/camera}"}]
    });
    change(&mut mapping);
    Payload::Generic(serde_json::from_value(mapping).unwrap())
}

fn machine(state: &Value, at: &Value) -> Value {
    json!({
        "machine": {"id": 7, "name": "Press 7"}, "fault": {"code": "E42", "text": "Oil low", "level": 3},
        "area": "Production Hall A", "operator": "op-11", "state": state, "at": at
    })
}

fn payload(events: &[Value]) -> Value {
    json!({"batch": {"events": events}})
}

#[test]
fn each_element_is_a_report() {
    let body = payload(&[
        machine(&json!("alarm"), &json!("2026-01-05T09:00:00Z")),
        machine(&json!("ok"), &json!(1_767_603_600)),
    ]);
    let reports = read(&mapping(|_| ()), &body).unwrap();
    let [fault, over] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!((fault.dedup_key.as_str(), fault.action), ("7-E42", ReportAction::Trigger));
    assert_eq!(fault.summary, "Press 7: Oil low (E42)");
    assert_eq!((fault.severity.as_deref(), fault.kind.as_deref()), (Some("3"), Some("machine.E42")));
    assert_eq!(
        (fault.category.as_ref().unwrap().as_str(), fault.about.as_deref()),
        ("production_hall_a", Some("op-11"))
    );
    assert_eq!(fault.details, json!({"code": "E42", "text": "Oil low", "level": 3}));
    let [link] = fault.links.as_slice() else { panic!("{fault:?}") };
    assert_eq!((link.href.as_str(), link.text.as_deref()), ("https://machines.example/7", Some("Press 7")));
    assert_eq!((over.dedup_key.as_str(), over.action), ("7-E42", ReportAction::Resolve));
    assert_eq!(over.occurred_at, fault.occurred_at);
}

#[test]
fn words_for_actions_in_any_case_and_kind() {
    let action =
        |state: Value| read(&mapping(|_| ()), &payload(&[machine(&state, &Value::Null)])).unwrap()[0].action;
    assert_eq!(
        (action(json!("SEEN")), action(json!(0)), action(json!(" ok "))),
        (ReportAction::Acknowledge, ReportAction::Resolve, ReportAction::Resolve)
    );
    assert_eq!(
        (action(Value::Null), action(json!("other")), action(json!(["OK"]))),
        (ReportAction::Trigger, ReportAction::Trigger, ReportAction::Trigger)
    );
}

#[test]
fn moments_in_seconds_and_milliseconds() {
    let moment = |at: Value| {
        read(&mapping(|_| ()), &payload(&[machine(&Value::Null, &at)])).map(|reports| reports[0].occurred_at)
    };
    let nine = at("2026-01-05T09:00:00Z");
    assert_eq!(moment(json!(1_767_603_600)), Ok(nine));
    assert_eq!(moment(json!(1_767_603_600_000_i64)), Ok(nine));
    assert_eq!(moment(json!(1_767_603_600.5)), Ok(at("2026-01-05T09:00:00.5Z")));
    assert_eq!((moment(Value::Null), moment(json!(""))), (Ok(None), Ok(None)));
    for bad in [json!("soon"), json!(true), json!(1e300)] {
        let faults = moment(bad).unwrap_err();
        assert!(faults[0].starts_with("batch.events.0.at: needs a moment"), "{faults:?}");
    }
}

#[test]
fn the_whole_payload_is_one_report_without_a_list() {
    let alone = mapping(|mapping| {
        mapping.as_object_mut().unwrap().remove("each");
        mapping.as_object_mut().unwrap().remove("details");
    });
    let machine = machine(&Value::Null, &Value::Null);
    let reports = read(&alone, &machine).unwrap();
    assert_eq!((reports.len(), &reports[0].details), (1, &machine));
}

#[test]
fn what_is_missing_is_named_with_its_place_and_the_cure() {
    let mut lacking = machine(&Value::Null, &Value::Null);
    lacking["machine"]["id"] = Value::Null;
    lacking["fault"].as_object_mut().unwrap().remove("text");
    let faults =
        read(&mapping(|_| ()), &payload(&[machine(&Value::Null, &Value::Null), lacking])).unwrap_err();
    let cure = "send it, or change the source's mapping";
    let expected = [
        format!("batch.events.1.fault.text: is missing, and summary is made of it; {cure}"),
        format!("batch.events.1.machine.id: is missing, and dedup_key is made of it; {cure}"),
    ];
    assert_eq!(faults, expected);
    assert_eq!(read(&mapping(|_| ()), &json!({})).unwrap_err(), ["batch.events: needs a list"]);
    let blank = mapping(|mapping| mapping["summary"] = json!("{/area}"));
    let mut machine = machine(&Value::Null, &Value::Null);
    machine["area"] = json!(" ");
    let faults = read(&blank, &payload(&[machine])).unwrap_err();
    assert!(faults[0].starts_with("batch.events.0: summary would be empty"), "{faults:?}");
}
