//! What is said of a stored text that cannot be read: where and how, and nothing of what it says.

use std::collections::BTreeMap;

use escalon_domain::{
    aggregate::{Aggregate, Event, UnreadableEvent},
    illegible::Illegible,
    stamp::Actor,
    ticket::Ticket,
};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
#[expect(dead_code, reason = "it is only read into")]
struct Shape {
    number: u8,
    word: Option<Word>,
    by: Option<Actor>,
    pair: Option<(u8, u8)>,
    #[serde(default)]
    words: BTreeMap<Word, u8>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Yes,
}

fn said(text: &str) -> String {
    let error = serde_json::from_str::<Shape>(text).unwrap_err();
    Illegible::of(&error, text).to_string()
}

#[test]
fn the_kind_of_fault_and_its_place_are_named_and_no_value() {
    let cases = [
        (r#"{"number":"Ada Marked"}"#, "of another type"),
        (r#"{"number":-77713}"#, "none of those it may be"),
        (r#"{"number":1,"word":"ada_marked"}"#, "a word is none of those it may be"),
        (r#"{"number":1,"words":{"ada_marked":1}}"#, "a word is none of those it may be"),
        (r#"{"number":1,"ada_marked":1}"#, "a field is unknown"),
        (r#"{"number":1,"by":"ada_marked"}"#, "is not what it should be"),
        (r#"{"number":1,"pair":[1]}"#, "another length"),
        (r#"{"number":1,"number":77713}"#, "stands there twice"),
        (r#"{"number":1,"word":"Ada Mar"#, "ends too early"),
        (r#"{"number":1,"word":Ada Marked}"#, "is no JSON"),
    ];
    for (text, expected) in cases {
        let said = said(text);
        assert!(said.contains(expected) && said.contains(", at line 1, column "), "{text}: {said}");
        let told = said.to_lowercase();
        assert!(!told.contains("ada") && !told.contains("77713"), "{text}: {said}");
    }
    assert!(said("{\n \"word\": \"no\"}").contains("line 2, column 13"), "{}", said("{\n \"word\": \"no\"}"));
}

#[test]
fn a_missing_field_is_named_unless_the_text_holds_its_name() {
    assert_eq!(said("{}"), "a field is missing (`number`), at line 1, column 2");
    assert_eq!(said(r#"{"word":null,"by":null}"#), "a field is missing (`number`), at line 1, column 23");
    // A message that only looks like the parser's cannot bring a value in by that door.
    let error = <serde_json::Error as serde::de::Error>::custom("missing field `ada`");
    assert_eq!(Illegible::of(&error, r#"{"name":"ada"}"#).to_string(), "a field is missing");
    let error = <serde_json::Error as serde::de::Error>::custom("missing field `Ada Marked`");
    assert_eq!(Illegible::of(&error, "").to_string(), "a field is missing");
}

#[test]
fn an_event_that_cannot_be_read_shows_nothing_of_it_however_it_is_asked() {
    let text = r#"{"reason":{"subject":"ada_marked","value":"Ada Marked"}}"#;
    let error = <Ticket as Aggregate>::Event::from_json("ticket.waiting", 1, text).unwrap_err();
    assert!(matches!(error, UnreadableEvent::Malformed { .. }));
    let mut told = format!("{error} {error:?} ");
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        told += &format!("{error} {error:?} ");
        source = error.source();
    }
    assert!(told.contains("ticket.waiting version 1") && told.contains("line 1, column"), "{told}");
    assert!(!told.to_lowercase().contains("marked"), "{told}");
}
