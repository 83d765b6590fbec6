//! Opening a ticket.

use std::collections::BTreeMap;

use escalon_domain::{
    claim::{Claim, ClaimChange},
    personal::Personal,
    refusal::RefusalCode,
    ticket::{Open, Opened, Requester, Status, Ticket, TicketCommand},
    ticket_type::{Priority, PriorityScale, TicketType},
};
use serde_json::json;

use super::fixture::{defect, high, open, opened, ticket};
use crate::{
    cast::{ALICE, BOB, CUSTOMER, OPERATIONS, alice, engine, noon, slug},
    harness::{Scenario, events, invalid, refused},
};

fn opening(open: Open) -> TicketCommand {
    TicketCommand::Open(Box::new(open))
}

#[test]
fn the_least_that_is_needed() {
    let ticket = Scenario::<Ticket>::new().when(opening(open())).then(events![opened()]);
    assert_eq!(ticket.status, Status::Open);
    assert_eq!((ticket.opened_by.clone(), ticket.opened_at), (Some(alice()), Some(noon())));
    assert!(ticket.is_own(ALICE) && !ticket.is_own(BOB));
}

#[test]
fn with_everything_at_once() {
    let (brand, priority) = (Some("Acme".to_owned()), Some("high".to_owned()));
    let given = Open { brand, priority, team: Some(OPERATIONS), assignee: Some(BOB), ..open() };
    let brand = Some("Acme".to_owned());
    let expected =
        Opened { brand, priority: high(), team: Some(OPERATIONS), assignee: Some(BOB), ..opened() };
    let ticket = Scenario::<Ticket>::new().when(opening(given)).then(events![expected]);
    assert_eq!((ticket.team, ticket.assignee), (Some(OPERATIONS), Some(BOB)));
    assert!(ticket.is_own(BOB));
}

#[test]
fn a_type_may_name_its_usual_priority() {
    let given =
        Open { ticket_type: TicketType { default_priority: Some(slug("low")), ..defect() }, ..open() };
    let expected = Opened { priority: Priority { name: slug("low"), rank: 4 }, ..opened() };
    Scenario::<Ticket>::new().when(opening(given)).then(events![expected]);
}

#[test]
fn every_fault_is_named_at_once() {
    let fields = BTreeMap::from([("colour".into(), json!("blue")), ("quantity".into(), json!("many"))]);
    let given = Open {
        title: "  ".into(),
        description: "x".repeat(20_001),
        brand: Some(String::new()),
        priority: Some("asap".into()),
        fields,
        ..open()
    };
    let paths =
        ["title", "description", "brand", "priority", "fields.colour", "fields.quantity", "fields.order"];
    let expected = invalid(&paths)
        .saying("title: must not be empty")
        .saying("20000 characters at most; this has 20001")
        .saying("“asap” is not a priority here; use urgent, high, medium or low")
        .saying("this type has order, quantity, perishable, bought_on, size or contact")
        .saying("fields.quantity: needs a number")
        .saying("fields.order: this type needs it");
    Scenario::<Ticket>::new().when(opening(given)).then(expected);
}

#[test]
fn a_type_without_priorities_opens_nothing() {
    let given =
        Open { ticket_type: TicketType { priorities: PriorityScale(Vec::new()), ..defect() }, ..open() };
    Scenario::<Ticket>::new().when(opening(given)).then(invalid(&["priority"]).saying("use nothing"));
}

#[test]
fn twice_is_refused() {
    ticket("closed").when(opening(open())).then(refused(RefusalCode::AlreadyExists, &[]));
}

#[test]
fn the_words_are_the_customers_when_a_customer_asks() {
    let requester = Requester::Customer { subject: CUSTOMER, name: Personal::new(CUSTOMER, "Dana".into()) };
    let expected = Opened {
        requester: requester.clone(),
        title: Personal::new(CUSTOMER, "Wrong colour".into()),
        description: Personal::new(CUSTOMER, "The listing says blue.".into()),
        ..opened()
    };
    let given = Open { requester, ..open() };
    let ticket = Scenario::<Ticket>::new().by(engine()).when(opening(given)).then(events![expected]);
    assert!(!ticket.is_own(ALICE));
}

#[test]
fn its_number_is_claimed_in_the_organization() {
    let number = Claim::organization("ticket.number", "GROW-20260105-0001");
    assert_eq!(ticket("open").last_claims(), [ClaimChange::Take(number)]);
    for status in ["waiting", "processed", "resolved", "reopened", "closed"] {
        assert_eq!(ticket(status).last_claims(), [], "{status}");
    }
}
