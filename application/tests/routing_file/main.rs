//! Routing rules as files: what is written is read as the same, and what is wrong is named with its place.
#![expect(clippy::unwrap_used, reason = "a test that meets what cannot be fails")]

use escalon_application::routing_file::{Format, export, import};
use escalon_domain::{
    definition::Body,
    routing::{Condition, KindPattern, RoutingRule, Test},
};
use proptest::{prelude::*, test_runner::Config};

const FORMATS: [Format; 2] = [Format::Json, Format::Yaml];

/// As people write it.
const BY_HAND: &str = r#"
# What finance is told of.
routing_rules:
  - name: overdue_invoices
    title: Overdue invoices
    category: finance
    type: invoice_overdue
    conditions:
      - field: /amount
        is: {at_least: 10000}
      - field: /country
        is: {one_of: [no, "yes", se]}   # Norway is a country
    targets:
      - role: accounting
      - requester
    channels: [in_app, email, slack]
    slack_channel: finance-alerts
    priority: high
    escalate: {role: manager}
    escalate_further: {role: ceo, after_minutes: 120}
  - name: noise
    title: "Noise: heartbeats"
    enabled: off_is_not_a_flag
"#;

fn rules() -> Vec<RoutingRule> {
    import(&BY_HAND.replace("off_is_not_a_flag", "false\n    suppress: true"), Format::Yaml).unwrap()
}

#[test]
fn what_people_write_is_read() {
    let rules = rules();
    let [invoices, noise] = rules.as_slice() else { panic!("{rules:?}") };
    assert!(
        invoices.preview().contains("/amount is at least 10000 and /country is “no”, “yes” or “se”"),
        "{}",
        invoices.preview()
    );
    assert_eq!(invoices.escalate.as_ref().map(|step| step.after_minutes), Some(60));
    assert_eq!((noise.enabled, noise.suppress, noise.title.as_str()), (false, true, "Noise: heartbeats"));
}

#[test]
fn what_is_written_is_read_as_the_same() {
    for format in FORMATS {
        let text = export(&rules(), format).unwrap();
        assert_eq!(import(&text, format).unwrap(), rules(), "{text}");
    }
    assert_eq!(import(&export(&[], Format::Yaml).unwrap(), Format::Yaml), Ok(Vec::new()));
}

#[track_caller]
fn is_faulty(text: &str, format: Format, expected: &[&str]) {
    let faults: Vec<_> = import(text, format).unwrap_err().iter().map(ToString::to_string).collect();
    let fits = faults.len() == expected.len()
        && faults.iter().zip(expected).all(|(fault, expected)| fault.starts_with(expected));
    assert!(fits, "{faults:#?}");
}

#[test]
fn every_fault_is_named_with_its_place() {
    is_faulty(BY_HAND, Format::Yaml, &["routing_rules.1: invalid type: string \"off_is_not_a_flag\""]);
    let twice = "routing_rules: [{name: a, title: '', policy: p}, {name: a, title: A, policy: p, target: x}, {name: a, title: A, targets: []}]";
    is_faulty(
        twice,
        Format::Yaml,
        &[
            "routing_rules.0.title: must not be empty",
            "routing_rules.1: unknown field `target`",
            "routing_rules.2.targets: needs somebody",
            "routing_rules.2.channels: needs a channel",
            "routing_rules.2.name: “a” is there twice",
        ],
    );
    is_faulty("rules: []", Format::Yaml, &["rules: is not known; the file has routing_rules"]);
    is_faulty("routing_rules: {}", Format::Yaml, &["routing_rules: needs a list"]);
    is_faulty("[]", Format::Json, &["routing_rules: needs a list"]);
    is_faulty("{\n  \"routing_rules\": [,]}", Format::Json, &["this is not JSON: line 2, column 21"]);
    is_faulty("routing_rules:\n  - a: [", Format::Yaml, &["this is not YAML"]);
    is_faulty(&"x".repeat(1_048_577), Format::Yaml, &["the file may have 1048576 bytes"]);
}

#[test]
fn a_file_that_grows_when_it_is_read_is_refused() {
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, before) in "bcdefghijkl".chars().zip("abcdefghijk".chars()) {
        let nine = vec![format!("*{before}"); 9].join(", ");
        bomb.push_str(&format!("{name}: &{name} [{nine}]\n"));
    }
    assert!(import(&bomb, Format::Yaml).is_err());
    assert!(import(&"[".repeat(100_000), Format::Yaml).is_err());
    assert!(import(&"[".repeat(100_000), Format::Json).is_err());
}

/// Texts that YAML could take for something else.
const SLY: &[&str] = &[
    "no",
    "true",
    "null",
    "~",
    "1e3",
    "0x1F",
    "1_000",
    "2026-01-05",
    ".inf",
    "- a",
    "a: b",
    "# x",
    "'",
    "\"",
    "  x  ",
    "&a",
    "*a",
    "!t",
    "|",
    "%",
    "@",
    "`",
    "x\ny",
    "x\n",
    "\t",
    "<<",
    "=",
    "12:30:45",
    "0o7",
    "+1",
    "\u{feff}x",
    "é漢😀",
    "\u{85}x",
    "\\n",
];

/// Such texts, and any others.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![proptest::sample::select(SLY).prop_map(str::to_owned), "[ -~]{1,30}", "\\PC{1,20}",]
}

proptest! {
    #![proptest_config(Config { cases: 400, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_rule_comes_back_as_it_was(
        title in text(),
        kind in text(),
        equals in prop_oneof![text().prop_map(serde_json::Value::from), any::<i64>().prop_map(Into::into), any::<bool>().prop_map(Into::into)],
        contains in text(),
        number in prop_oneof![Just(0.1), Just(1e21), Just(-3.0), Just(10_000.0), -1e9..1e9_f64],
        order in any::<u32>(),
    ) {
        let is = |field: &str, is| Condition { field: field.parse().unwrap(), is };
        let rule = RoutingRule {
            title,
            order,
            kind: KindPattern(kind),
            conditions: vec![
                is("/a", Test::Equals(equals)),
                is("summary", Test::Contains(contains)),
                is("/b", Test::AtLeast(number)),
            ],
            ..rules().remove(0)
        };
        prop_assume!(rule.faults().is_empty());
        for format in FORMATS {
            let text = export(std::slice::from_ref(&rule), format).unwrap();
            let read = import(&text, format);
            prop_assert_eq!(read.as_deref(), Ok(std::slice::from_ref(&rule)), "{}", text);
        }
    }
}
