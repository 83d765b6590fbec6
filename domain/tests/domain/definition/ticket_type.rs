//! What is wrong with a ticket type, and its scale of priorities.

use escalon_domain::{
    definition::{Body, DefinitionCommand},
    ticket_type::{Field, FieldKind, Priority, PriorityScale, TicketRules, TicketType},
};

use super::{definition, is_faulty};
use crate::{
    cast::slug,
    harness::invalid,
    ticket::{defect, field},
};

fn scale(words: &[&str]) -> PriorityScale {
    PriorityScale(words.iter().map(|word| slug(word)).collect())
}

#[test]
fn a_prefix_is_2_to_8_capital_letters_or_digits() {
    for prefix in ["", "G", "grow", "GROWINGUP", "GR-W", "GRÖW"] {
        let bad = TicketType { prefix: prefix.into(), ..defect() };
        is_faulty(defect(), bad, &["prefix"], "needs 2 to 8 capital letters or digits");
    }
    for prefix in ["OP", "GROW2026"] {
        assert_eq!(TicketType { prefix: prefix.into(), ..defect() }.faults(), []);
    }
}

#[test]
fn priorities_are_one_to_nine_different_words() {
    let ten = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    for words in [&[][..], &["high", "low", "high"], &ten] {
        let bad = TicketType { priorities: scale(words), ..defect() };
        is_faulty(defect(), bad, &["priorities"], "one to nine different words");
    }
    assert_eq!(TicketType { priorities: scale(&ten[..9]), ..defect() }.faults(), []);
    let bad = TicketType { default_priority: Some(slug("asap")), ..defect() };
    is_faulty(defect(), bad, &["default_priority"], "is not among the priorities");
}

#[test]
fn every_fault_of_every_field_is_named_at_once() {
    let twice = field("order", FieldKind::Number);
    let untitled = Field { title: String::new(), ..field("seen", FieldKind::Flag) };
    let empty = field("size", FieldKind::Choice { options: Vec::new() });
    let bad = TicketType {
        title: String::new(),
        prefix: "g".into(),
        fields: vec![field("order", FieldKind::Text), twice, untitled, empty],
        ..defect()
    };
    let paths = ["title", "prefix", "fields.1.name", "fields.2.title", "fields.3.options"];
    definition("unknown", defect()).when(DefinitionCommand::Define(bad)).then(
        invalid(&paths)
            .saying("fields.1.name: “order” is there twice")
            .saying("a choice needs at least one option"),
    );
}

#[test]
fn only_what_is_kept_as_text_can_be_personal() {
    let personal = |kind| Field { personal: true, ..field("birth", kind) };
    for kind in [FieldKind::Number, FieldKind::Flag] {
        let bad = TicketType { fields: vec![personal(kind)], ..defect() };
        is_faulty(defect(), bad, &["fields.0.personal"], "use a text");
    }
    let choice = FieldKind::Choice { options: vec!["yes".into()] };
    for kind in [FieldKind::Text, FieldKind::Date, choice] {
        assert_eq!(TicketType { fields: vec![personal(kind)], ..defect() }.faults(), []);
    }
}

#[test]
fn the_usual_priority_is_the_middle_unless_named() {
    let usual = |words: &[&str], named: Option<&str>| {
        let named = TicketType { priorities: scale(words), default_priority: named.map(slug), ..defect() };
        named.usual_priority().map(ToString::to_string)
    };
    assert_eq!(usual(&["urgent", "high", "medium", "low"], None).as_deref(), Some("medium"));
    assert_eq!(usual(&["only"], None).as_deref(), Some("only"));
    assert_eq!(usual(&["urgent", "high", "low"], Some("urgent")).as_deref(), Some("urgent"));
    assert_eq!(usual(&[], None), None);
}

#[test]
fn ranks_begin_at_1() {
    let standard = PriorityScale::default();
    for (rank, word) in (1..).zip(["urgent", "high", "medium", "low"]) {
        assert_eq!(standard.find(word), Ok(Priority { name: slug(word), rank }));
    }
    let unknown = standard.find("Urgent").unwrap_err().to_string();
    assert_eq!(unknown, "“Urgent” is not a priority here; use urgent, high, medium or low");
}

#[test]
fn what_a_configuration_leaves_out_has_defaults() {
    let least = r#"{"name": "refund", "title": "Refund", "prefix": "REF", "rules": {"proof": true}}"#;
    let read: TicketType = serde_json::from_str(least).unwrap();
    assert_eq!((read.priorities, read.fields), (PriorityScale::default(), Vec::new()));
    assert_eq!(read.rules, TicketRules { acceptance: true, proof: true });
    let misspelt = r#"{"name": "refund", "title": "Refund", "prefix": "REF", "rule": {}}"#;
    let error = serde_json::from_str::<TicketType>(misspelt).unwrap_err().to_string();
    assert!(error.contains("unknown field `rule`"), "{error}");
}
