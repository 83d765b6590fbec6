//! The hash of an event, against vectors computed apart from this code (with Python's hashlib).

use escalon_proof::{
    Hash,
    chain::{Record, link},
};

const OPENED: Record<'_> = Record {
    kind: "ticket",
    id: "ticket_01h455vb4pex5vsknk084sn02q",
    sequence: 1,
    name: "ticket.opened",
    version: "1",
    payload: r#"{"event":"ticket.opened"}"#,
    metadata: r#"{"source":"test"}"#,
};

fn hash(text: &str) -> Hash {
    text.parse().unwrap()
}

#[test]
fn the_first_of_a_stream_and_the_one_after_it_have_the_expected_hashes() {
    let first = link(&Hash::ZERO, &OPENED);
    assert_eq!(first, hash("9378b655d0d7ecc661475c10e592f5d6ea84fe3301ffa26174e38d8d6e67013b"));
    let payload = r#"{"event":"ticket.tagged","data":{"tags":["größe"]}}"#;
    let tagged = Record { sequence: 2, name: "ticket.tagged", payload, ..OPENED };
    let second = link(&first, &tagged);
    assert_eq!(second, hash("bfd710fa4f6496d13f281113c58ffc810809138ac9aff2b0c9c1a77d3916c66a"));
}

#[test]
fn nothing_at_all_has_the_expected_hash() {
    let nothing = Record { kind: "", id: "", sequence: 0, name: "", version: "", payload: "", metadata: "" };
    assert_eq!(
        link(&Hash::ZERO, &nothing),
        hash("95d7173383741de8f585711a686249aa4d6078d87a6fb8c34fa0a53961e2b31a")
    );
}

#[test]
fn every_field_and_the_borders_between_them_count() {
    let first = link(&Hash::ZERO, &OPENED);
    let others = [
        link(&first, &OPENED),
        link(&Hash::ZERO, &Record { kind: "tickets", ..OPENED }),
        link(&Hash::ZERO, &Record { id: "ticket_01h455vb4pex5vsknk084sn02r", ..OPENED }),
        link(&Hash::ZERO, &Record { sequence: 2, ..OPENED }),
        link(&Hash::ZERO, &Record { name: "ticket.closed", ..OPENED }),
        link(&Hash::ZERO, &Record { version: "2", ..OPENED }),
        link(&Hash::ZERO, &Record { payload: r#"{"event": "ticket.opened"}"#, ..OPENED }),
        link(&Hash::ZERO, &Record { metadata: "{}", ..OPENED }),
        link(&Hash::ZERO, &Record { name: "ticket.opened1", version: "", ..OPENED }),
    ];
    for (place, other) in others.iter().enumerate() {
        assert!(*other != first && !others[..place].contains(other), "{place}");
    }
}

#[test]
fn a_hash_has_one_text() {
    let text = "00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ab";
    assert_eq!(hash(text).to_string(), text);
    assert_eq!(serde_json::to_string(&hash(text)).unwrap(), format!("\"{text}\""));
    assert_eq!(serde_json::from_str::<Hash>(&format!("\"{text}\"")).unwrap(), hash(text));
    for wrong in ["", &text[1..], &format!("{text}0"), &text.to_uppercase(), &text.replace('a', "g")] {
        assert!(wrong.parse::<Hash>().is_err(), "{wrong}");
    }
}
