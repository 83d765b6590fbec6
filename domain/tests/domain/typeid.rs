//! Typed ids against the vectors of the TypeID specification, 0.3.0 (<https://github.com/jetify-com/typeid/tree/main/spec>).

use escalon_domain::{
    id::{Id, Named},
    member::MemberId,
    personal::Subject,
    ticket::{Ticket, TicketId},
    ticket_type::TicketTypeId,
};
use uuid::Uuid;

/// What the specification's ids name.
struct Prefix;

impl Named for Prefix {
    const PREFIX: &'static str = "prefix";
}

const VALID: &[(&str, &str)] = &[
    ("prefix_00000000000000000000000000", "00000000-0000-0000-0000-000000000000"),
    ("prefix_00000000000000000000000001", "00000000-0000-0000-0000-000000000001"),
    ("prefix_0000000000000000000000000a", "00000000-0000-0000-0000-00000000000a"),
    ("prefix_0000000000000000000000000g", "00000000-0000-0000-0000-000000000010"),
    ("prefix_00000000000000000000000010", "00000000-0000-0000-0000-000000000020"),
    ("prefix_7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    ("prefix_0123456789abcdefghjkmnpqrs", "0110c853-1d09-52d8-d73e-1194e95b5f19"),
    ("prefix_01h455vb4pex5vsknk084sn02q", "01890a5d-ac96-774b-bcce-b302099a8057"),
];

const INVALID: &[(&str, &str)] = &[
    ("prefix-uppercase", "PREFIX_00000000000000000000000000"),
    ("prefix-wrong", "prefiy_00000000000000000000000000"),
    ("prefix-longer", "prefix_more_00000000000000000000000000"),
    ("prefix-shorter", "pre_00000000000000000000000000"),
    ("prefix-numeric", "12345_00000000000000000000000000"),
    ("prefix-empty", "_00000000000000000000000000"),
    ("prefix-absent", "00000000000000000000000000"),
    ("prefix-spaces", "  prefix_00000000000000000000000000"),
    ("separator-absent", "prefix00000000000000000000000000"),
    ("separator-hyphen", "prefix-00000000000000000000000000"),
    ("separator-twice", "prefix__00000000000000000000000000"),
    ("suffix-empty", "prefix_"),
    ("suffix-short", "prefix_1234567890123456789012345"),
    ("suffix-long", "prefix_123456789012345678901234567"),
    ("suffix-spaces", "prefix_1234567890123456789012345 "),
    ("suffix-uppercase", "prefix_0123456789ABCDEFGHJKMNPQRS"),
    ("suffix-hyphens", "prefix_123456789-123456789-123456"),
    ("suffix-wrong-alphabet", "prefix_ooooooiiiiiiuuuuuuulllllll"),
    ("suffix-ambiguous-crockford", "prefix_i23456789ol23456789oi23456"),
    ("suffix-hyphens-crockford", "prefix_123456789-0123456789-0123456"),
    ("suffix-overflow", "prefix_8zzzzzzzzzzzzzzzzzzzzzzzzz"),
    ("suffix-overflow-least", "prefix_80000000000000000000000000"),
    ("suffix-not-ascii", "prefix_é0000000000000000000000000"),
    ("a-uuid", "01890a5d-ac96-774b-bcce-b302099a8057"),
    ("nothing", ""),
];

#[test]
fn valid_ones_are_read_and_written() {
    for (text, uuid) in VALID {
        let uuid: Uuid = uuid.parse().unwrap();
        assert_eq!(text.parse(), Ok(Id::<Prefix>::from_uuid(uuid)), "{text}");
        assert_eq!(Id::<Prefix>::from_uuid(uuid).to_string(), *text);
    }
}

#[test]
fn invalid_ones_are_refused_with_an_example() {
    for (name, text) in INVALID {
        let refusal = text.parse::<Id<Prefix>>().unwrap_err();
        assert_eq!((refusal.expected, refusal.found.as_str()), ("prefix", *text), "{name}");
        assert!(refusal.to_string().contains("prefix_01h455vb4pex5vsknk084sn02q"), "{name}");
    }
}

#[test]
fn what_was_given_is_cut_to_80_characters() {
    let refusal = "é".repeat(1_000).parse::<Id<Prefix>>().unwrap_err();
    assert_eq!(refusal.found, "é".repeat(80));
}

#[test]
fn an_id_of_another_kind_is_refused_even_where_the_prefix_begins_alike() {
    let ticket = "ticket_01h455vb4pex5vsknk084sn02q";
    let ticket_type = "ticket_type_01h455vb4pex5vsknk084sn02q";
    assert!(ticket.parse::<TicketId>().is_ok() && ticket_type.parse::<TicketTypeId>().is_ok());
    assert!(ticket_type.parse::<TicketId>().is_err() && ticket.parse::<TicketTypeId>().is_err());
    assert!(ticket.parse::<MemberId>().is_err());
}

#[test]
fn a_member_and_their_subject_have_one_uuid() {
    let member: MemberId = "member_01h455vb4pex5vsknk084sn02q".parse().unwrap();
    let subject: Id<Subject> = member.cast();
    assert_eq!(subject.to_string(), "subject_01h455vb4pex5vsknk084sn02q");
    assert_eq!(subject.uuid(), member.uuid());
}

#[test]
fn derived_ids_follow_from_parent_and_name() {
    let parent: TicketId = "ticket_01h455vb4pex5vsknk084sn02q".parse().unwrap();
    let derived = |name: &str| Id::<Ticket>::derived(parent, name);
    assert_eq!(derived("first"), derived("first"));
    assert_ne!(derived("first"), derived("second"));
    assert_ne!(derived("first"), Id::derived(derived("second"), "first"));
    assert_eq!(derived("first").uuid().get_version_num(), 5);
}

#[test]
fn as_json_it_is_its_text() {
    let text = "\"ticket_01h455vb4pex5vsknk084sn02q\"";
    let id: TicketId = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&id).unwrap(), text);
    assert!(serde_json::from_str::<MemberId>(text).is_err());
}
