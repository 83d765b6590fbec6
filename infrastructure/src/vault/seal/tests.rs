//! What is sealed comes back as the exact text, whatever stands around it or in it.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::vault::cipher::{Cipher, Owner, new_secret, random};

const SUBJECT: &str = "subject_01ke6kmq00e00800000000m4ee";

fn owner(subject: SubjectId) -> Owner {
    Owner { organization: escalon_domain::id::Id::from_uuid(uuid::Uuid::from_u128(7)), subject }
}

fn seal(key: &Cipher, payload: &str) -> String {
    rewritten(payload, &bare(payload), |place, content, text| {
        let mut nonce = [0; 12];
        random(&mut nonce)?;
        key.seal(&owner(place.subject), nonce, place, content, text)
    })
    .unwrap()
}

fn open(key: &Cipher, payload: &str) -> String {
    rewritten(payload, &sealed(payload), |place, content, text| {
        key.open(&owner(place.subject), place, content, text)
    })
    .unwrap()
}

fn forget(payload: &str) -> String {
    let gone: Result<_, std::convert::Infallible> = rewritten(payload, &sealed(payload), |place, _, text| {
        place.write_forgotten(text);
        Ok(())
    });
    gone.unwrap()
}

fn key() -> Cipher {
    Cipher::new(&new_secret().unwrap()).unwrap()
}

#[test]
fn a_value_is_sealed_opened_and_forgotten() {
    let key = key();
    let payload = format!(r#"{{"a":1,"name":{{"subject":"{SUBJECT}","value":"Ada \"}} \\"}},"b":[]}}"#);
    let sealed = seal(&key, &payload);
    assert!(!sealed.contains("Ada"), "{sealed}");
    assert!(sealed.starts_with(&format!(r#"{{"a":1,"name":{{"subject":"{SUBJECT}","sealed":""#)), "{sealed}");
    assert_ne!(sealed, seal(&key, &payload), "no two are alike");
    assert_eq!(open(&key, &sealed), payload);
    assert_eq!(forget(&sealed), format!(r#"{{"a":1,"name":{{"subject":"{SUBJECT}"}},"b":[]}}"#));
}

#[test]
fn a_key_opens_what_was_sealed_for_its_owner_and_nothing_else() {
    let key = key();
    let sealed_text = seal(&key, &format!(r#"{{"subject":"{SUBJECT}","value":1}}"#));
    let place = &sealed(&sealed_text)[0];
    let content = &sealed_text[place.content.clone()];
    let mut text = String::new();
    let other =
        Owner { organization: escalon_domain::id::Id::from_uuid(uuid::Uuid::nil()), ..owner(place.subject) };
    assert!(key.open(&other, place, content, &mut text).is_err(), "another organization");
    let somebody = owner(escalon_domain::id::Id::from_uuid(uuid::Uuid::nil()));
    assert!(key.open(&somebody, place, content, &mut text).is_err(), "another subject");
    assert!(
        Cipher::new(&new_secret().unwrap())
            .unwrap()
            .open(&owner(place.subject), place, content, &mut text)
            .is_err(),
        "another key"
    );
    for (position, _) in content.char_indices() {
        let mut changed = content.to_owned();
        let letter = if content[position..].starts_with('A') { "B" } else { "A" };
        changed.replace_range(position..=position, letter);
        assert!(key.open(&owner(place.subject), place, &changed, &mut text).is_err(), "{position}");
    }
    assert!(text.is_empty());
}

#[test]
fn what_is_not_a_personal_value_stays_as_it_is() {
    for payload in [
        String::new(),
        "{}".to_owned(),
        format!(r#"{{"subject":"{SUBJECT}"}}"#),
        format!(r#"{{"subject":"{SUBJECT}","value":1,"more":2}}"#),
        format!(r#"{{"subject":"{SUBJECT}","name":{{}}}}"#),
        r#"{"subject":"subject_","value":1}"#.to_owned(),
        r#"{"subject":"subject_01ke6kmq00e00800000000m4eu","value":1}"#.to_owned(),
        format!(r#"{{"subject":"{SUBJECT}","value":}}"#),
        format!(r#"{{"subject":"{SUBJECT}","value":"cut"#),
        serde_json::to_string(&format!(r#"{{"subject":"{SUBJECT}","value":"said by somebody"}}"#)).unwrap(),
    ] {
        assert_eq!(seal(&key(), &payload), payload);
    }
}

#[test]
fn every_stored_example_hides_all_its_personal_values() {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/tests/domain/golden");
    let mut values = 0;
    for file in std::fs::read_dir(examples).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let sealed = seal(&key(), text.trim_end());
        values += bare(&text).len();
        assert_eq!(personal_values(&serde_json::from_str(&sealed).unwrap()), 0, "{sealed}");
    }
    assert!(values > 20, "{values}");
}

fn personal_values(value: &Value) -> usize {
    match value {
        Value::Object(fields) => {
            let here = fields.len() == 2 && fields.contains_key("subject") && fields.contains_key("value");
            usize::from(here) + fields.values().map(personal_values).sum::<usize>()
        }
        Value::Array(items) => items.iter().map(personal_values).sum(),
        _ => 0,
    }
}

#[test]
fn only_an_event_that_says_so_forgets() {
    let says = |event: &str, data: Value| {
        forgotten(&format!(r#"{{"event":"{event}","v":1,"at":"2026-01-05T09:00:00Z","data":{data}}}"#))
    };
    let subject: SubjectId = SUBJECT.parse().unwrap();
    assert_eq!(says("member.forgotten", json!({ "subject": SUBJECT })), Some(subject));
    assert_eq!(says("customer.forgotten", json!({ "subject": SUBJECT, "z": 1 })), Some(subject));
    assert_eq!(says("ticket.commented", json!({ "subject": SUBJECT })), None);
    assert_eq!(says("member.forgotten", json!({ "reason": SUBJECT })), None);
    assert_eq!(forgotten("{}"), None);
}

fn tricky() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\"",
        "\\",
        "}",
        "{",
        "]",
        "[",
        ",",
        ":",
        "\u{0}",
        "é",
        "😀",
        "\n",
        START,
        VALUE,
        SEALED,
        SUBJECT,
        "value",
        "sealed",
        "{\"subject\":\"subject_01ke6kmq00e00800000000m4ee\",\"value\":1}",
        "{\"subject\":\"subject_01ke6kmq00e00800000000m4ee\",\"sealed\":\"x\"}",
    ]);
    prop::collection::vec(prop_oneof![pieces.prop_map(str::to_owned), ".{0,6}"], 0..6)
        .prop_map(|parts| parts.concat())
}

/// Any JSON, with personal values, and with maps that look like one.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        tricky().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(tricky(), inner.clone(), 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
            inner.clone().prop_map(|value| json!({ "subject": SUBJECT, "value": value })),
            inner.clone().prop_map(|value| json!({ "subject": SUBJECT, "sealed": value })),
            inner.prop_map(|value| json!({ "more": value, "subject": SUBJECT, "value": 1 })),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_comes_back_as_it_was(value in anything()) {
        let payload = value.to_string();
        let (key, place) = (key(), sealed(&payload).len());
        let hidden = seal(&key, &payload);
        prop_assert!(serde_json::from_str::<Value>(&hidden).is_ok(), "{}", hidden);
        prop_assert!(bare(&hidden).iter().all(|place| place.kind == Kind::Lookalike), "{} {}", place, hidden);
        prop_assert_eq!(open(&key, &hidden), payload);
        prop_assert!(serde_json::from_str::<Value>(&forget(&hidden)).is_ok());
    }

    #[test]
    fn a_word_of_a_personal_value_is_nowhere(word in "[a-zA-Z]{12,20}", around in tricky(), rest in anything()) {
        let said = json!([{ "subject": SUBJECT, "value": { "said": [format!("{around}{word}{around}")] } }, rest]);
        let payload = said.to_string();
        prop_assume!(!rest.to_string().contains(&word));
        prop_assert!(!seal(&key(), &payload).contains(&word));
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}", piece in tricky()) {
        for text in [&text, &piece, &format!("{START}{text}"), &format!("{{\"subject\":\"{SUBJECT}{VALUE}{piece}")] {
            let key = key();
            prop_assert_eq!(&open(&key, &seal(&key, text)), text);
        }
    }
}
