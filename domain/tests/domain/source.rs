//! Sources: what is wrong with one, places and templates.

use std::collections::BTreeMap;

use escalon_domain::{
    definition::Body,
    escalation::Urgency,
    source::{ActionWords, Mapping, Payload, Pointer, Source, Template},
};
use serde_json::json;

use crate::cast::slug;

pub(crate) fn source() -> Source {
    Source {
        name: slug("prometheus"),
        title: "Prometheus".into(),
        payload: Payload::Alertmanager,
        severities: BTreeMap::from([("page".into(), Urgency::Urgent)]),
        urgency: Urgency::Medium,
        category: slug("system"),
        kind: None,
        policy: Some(slug("primary")),
    }
}

pub(crate) fn mapping() -> Mapping {
    serde_json::from_value(json!({"dedup_key": "{/id}", "summary": "{/name} is {/state}"})).unwrap()
}

fn faults(source: &Source) -> Vec<String> {
    source.faults().iter().map(ToString::to_string).collect()
}

#[test]
fn every_fault_is_named_at_once() {
    assert!(source().faults().is_empty());
    let words = ActionWords {
        at: "/state".parse().unwrap(),
        acknowledge: vec!["Seen".into(), "ok".into()],
        resolve: vec!["OK".into()],
    };
    let constant = Mapping {
        dedup_key: "disk".parse().unwrap(),
        summary: " ".parse().unwrap(),
        action: Some(words),
        ..mapping()
    };
    let bad = Source {
        title: String::new(),
        kind: Some(String::new()),
        severities: BTreeMap::from([("Page".into(), Urgency::Urgent)]),
        payload: Payload::Generic(Box::new(constant)),
        ..source()
    };
    let expected = [
        "title: must not be empty",
        "type: must not be empty",
        "severities.Page: needs a word in lower case",
        "payload.generic.summary: must not be empty",
        "payload.generic.dedup_key: has no place in it",
        "payload.generic.action: “ok” cannot both acknowledge and resolve",
    ];
    let found = faults(&bad);
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found} instead of {expected}");
    }
}

#[test]
fn a_template_is_filled_from_the_payload() {
    let payload = json!({"host": "web-3", "disk": {"full": 98.5, "a/b": "slash", "m~n": true}, "none": null, "list": ["x"]});
    let filled =
        |text: &str| text.parse::<Template>().unwrap().fill(&payload).map_err(|place| place.to_string());
    assert_eq!(filled("{/host}: {/disk/full} %"), Ok("web-3: 98.5 %".into()));
    assert_eq!(filled("{/disk/a~1b} {/disk/m~0n} {/list/0} {/list}"), Ok(r#"slash true x ["x"]"#.into()));
    assert_eq!(filled("{{literally}} {/host}"), Ok("{literally} web-3".into()));
    assert_eq!(filled("no place"), Ok("no place".into()));
    assert_eq!(filled("{/host} {/none}"), Err("/none".into()), "null is nothing");
    assert_eq!(filled("{/disk/free}"), Err("/disk/free".into()));
}

#[test]
fn what_is_no_template_says_why() {
    for (text, why) in [
        ("{/host", "opened and not closed"),
        ("host}", "closed that was not opened"),
        ("{host}", "begins with “/”"),
        ("{/a~2}", "“~0”"),
        (&"x".repeat(1_001), "1,000 characters"),
    ] {
        let error = text.parse::<Template>().unwrap_err().to_string();
        assert!(error.contains(why) && error.contains("{/host} is down"), "{error}");
    }
    let long = format!("/{}", "x".repeat(1_000));
    assert!(long.parse::<Pointer>().is_err() && "".parse::<Pointer>().is_ok());
}

#[test]
fn templates_are_written_as_they_were_read() {
    for text in ["{/host}: {{x}} {/disk/a~1b}", "", "plain"] {
        let template: Template = text.parse().unwrap();
        assert_eq!(serde_json::to_value(&template).unwrap(), json!(text));
        assert_eq!(serde_json::from_value::<Template>(json!(text)).unwrap(), template);
    }
}
