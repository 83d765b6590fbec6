//! Values that people write: short names, addresses, ticket numbers, actors, and what must not be shown.

use escalon_domain::{
    fault::{Fault, length},
    member::Email,
    personal::{Personal, Subject},
    refusal::{list, sentence},
    slug::Slug,
    stamp::Actor,
    ticket::TicketNumber,
};

use crate::cast::{ALICE, CUSTOMER, alice, customer, engine, morning, words};

#[test]
fn short_names() {
    let longest = "a".repeat(63);
    for good in ["a", "0", "acme", "product_not_as_listed", "a-b_c-1", &longest] {
        assert_eq!(good.parse::<Slug>().map(|slug| slug.to_string()).as_deref(), Ok(good));
    }
    let too_long = "a".repeat(64);
    for bad in ["", "_a", "-a", "Acme", "a b", "a.b", "é", "a\n", &too_long] {
        let refusal = bad.parse::<Slug>().unwrap_err().to_string();
        assert!(refusal.contains("1 to 63 lower-case letters"), "{refusal}");
    }
    assert!(serde_json::from_str::<Slug>("\"Not A Slug\"").is_err());
}

#[test]
fn addresses() {
    let stored = |text: &str| text.parse::<Email>().map(|email| email.as_str().to_owned());
    assert_eq!(stored(" Alice.B+x@Example.COM ").as_deref(), Ok("Alice.B+x@example.com"));
    assert_eq!(stored("élodie@bücher.example").as_deref(), Ok("élodie@bücher.example"));
    assert_eq!("Alice@EXAMPLE.com".parse::<Email>().unwrap().key(), "alice@example.com");
    let (name, label) = ("n".repeat(64), "d".repeat(63));
    assert!(stored(&format!("{name}@{label}.example")).is_ok());
    let bad = [
        "",
        "@",
        "alice",
        "alice@",
        "@example.com",
        "alice@example",
        "alice@example.",
        "alice@.com",
        "a b@example.com",
        "a@b@example.com",
        "<a@example.com>",
        "a,b@example.com",
        "a\"b@example.com",
        "alice@exa_mple.com",
        "alice@exa mple.com",
    ];
    for bad in bad {
        assert!(stored(bad).is_err(), "{bad}");
    }
    assert!(stored(&format!("n{name}@example.com")).is_err());
    assert!(stored(&format!("alice@{label}d.example")).is_err());
    assert!(stored(&format!("{name}@{label}.{label}.{label}.example")).is_err());
}

#[test]
fn an_address_is_good_in_the_form_that_is_stored() {
    // “İ” becomes two characters in lower case, the second of which no domain may have.
    assert!("alice@İstanbul.example".parse::<Email>().is_err());
}

#[test]
fn ticket_numbers() {
    let number = |sequence| TicketNumber::new("GROW", morning().date_naive(), sequence);
    for (sequence, text) in
        [(1, "GROW-20260105-0001"), (9_999, "GROW-20260105-9999"), (10_000, "GROW-20260105-10000")]
    {
        assert_eq!(number(sequence).to_string(), text);
        assert_eq!(text.parse(), Ok(number(sequence)));
    }
    let bad = [
        "",
        "GROW",
        "GROW-20260105",
        "GROW-20260105-1",
        "GROW-20260105-001",
        "GROW-20260230-0001",
        "-20260105-0001",
        "GROW-20260105-00a1",
        "GROW-20260105-+001",
        "GROW-20260105-99999999999",
        "GROW--0001",
    ];
    for bad in bad {
        let refusal = bad.parse::<TicketNumber>().unwrap_err().to_string();
        assert!(refusal.contains("GROW-20251008-0001"), "{refusal}");
    }
    assert!(number(2) < number(10));
}

#[test]
fn a_ticket_number_has_one_text() {
    for alias in ["GROW-20260105-00001", "GROW-2026105-0001", "GROW-2026 1 5-0001", "GROW-+20260105-0001"] {
        assert!(alias.parse::<TicketNumber>().is_err(), "{alias}");
    }
}

#[test]
fn actors() {
    for (actor, text) in
        [(alice(), ALICE.to_string()), (customer(), CUSTOMER.to_string()), (engine(), "system:router".into())]
    {
        assert_eq!(actor.to_string(), text);
        assert_eq!(text.parse(), Ok(actor.clone()));
        let json = serde_json::to_string(&actor).unwrap();
        assert_eq!(serde_json::from_str::<Actor>(&json).unwrap(), actor);
    }
    assert_eq!((alice().member(), customer().member(), engine().member()), (Some(ALICE), None, None));
    assert_eq!((alice().subject(), engine().subject()), (Some(ALICE.cast()), None));
    assert!(
        "router".parse::<Actor>().is_err() && "ticket_01h455vb4pex5vsknk084sn02q".parse::<Actor>().is_err()
    );
}

#[test]
fn personal_data_is_not_shown() {
    let name = words(ALICE, "Alice");
    assert_eq!(format!("{name:?}"), format!("Personal({}, …)", ALICE.cast::<Subject>()));
    assert_eq!((name.reveal().map(String::as_str), name.is_forgotten()), (Some("Alice"), false));
    let forgotten: Personal<String> =
        serde_json::from_str(&format!("{{\"subject\":\"{CUSTOMER}\"}}")).unwrap();
    assert_eq!((forgotten.reveal(), forgotten.is_forgotten()), (None, true));
    assert_eq!(format!("{forgotten:?}"), format!("Personal({CUSTOMER}, forgotten)"));
    let email: Email = "alice@example.com".parse().unwrap();
    assert_eq!(format!("{email:?}"), "a***@example.com");
}

#[test]
fn lists_and_faults_in_words() {
    assert_eq!(
        [list(&[]), list(&["a"]), list(&["a", "b"]), list(&["a", "b", "c"])],
        ["nothing", "a", "a or b", "a, b or c"]
    );
    let faults = [Fault::at(["fields", "order"], "this type needs it"), Fault::at([], "is empty")];
    assert_eq!(sentence(&faults), "fields.order: this type needs it; is empty");
}

#[test]
fn lengths_are_counted_in_characters_without_space_around() {
    let message = |text: &str, least, most| length(["x"], text, least, most).map(|fault| fault.message);
    assert_eq!(message(" é ", 1, 3), None);
    assert_eq!(message("  ", 1, 3).as_deref(), Some("must not be empty"));
    assert_eq!(message(" é ", 2, 3).as_deref(), Some("needs 2 characters or more; this has 1"));
    assert_eq!(message("éééé", 1, 3).as_deref(), Some("may have 3 characters at most; this has 4"));
    assert_eq!(message("", 0, 3), None);
}

#[test]
fn the_short_name_that_is_most_like_a_text() {
    for (text, name) in [
        ("Disk Full!", Some("disk_full")),
        ("  finance ", Some("finance")),
        ("a.b/c-d", Some("a_b_c-d")),
        ("_-x-_", Some("x")),
        ("Größe", Some("gr__e")),
        ("漢字", None),
        ("", None),
    ] {
        assert_eq!(Slug::like(text).map(|slug| slug.to_string()).as_deref(), name, "{text}");
    }
    assert_eq!(Slug::like(&"x".repeat(99)).map(|slug| slug.as_str().len()), Some(63));
}
