//! A ticket type with a field of each kind, a ticket of it that Alice asks for, and histories to each status.

use std::collections::BTreeMap;

use escalon_domain::{
    definition::Pin,
    ticket::{
        Closed, Open, Opened, Reopened, Requester, ResolutionAccepted, ResolutionProposed, Ticket,
        TicketNumber, Waiting,
    },
    ticket_type::{Field, FieldKind, FieldValue, Priority, TicketRules, TicketType},
};
use serde_json::json;

use crate::{
    cast::{ALICE, BOB, bob, id, morning, slug, words},
    harness::{Scenario, events},
};

/// A type with a field of each kind; `order` is required, `contact` is personal.
pub(crate) fn defect() -> TicketType {
    let choice = FieldKind::Choice { options: vec!["small".into(), "large".into()] };
    TicketType {
        name: slug("product_not_as_listed"),
        title: "Product not as listed".into(),
        prefix: "GROW".into(),
        priorities: Default::default(),
        default_priority: None,
        fields: vec![
            Field { required: true, ..field("order", FieldKind::Text) },
            field("quantity", FieldKind::Number),
            field("perishable", FieldKind::Flag),
            field("bought_on", FieldKind::Date),
            field("size", choice),
            Field { personal: true, ..field("contact", FieldKind::Text) },
        ],
        rules: TicketRules::default(),
    }
}

pub(crate) fn field(name: &str, kind: FieldKind) -> Field {
    Field { name: slug(name), title: name.into(), kind, required: false, personal: false }
}

pub(crate) fn high() -> Priority {
    Priority { name: slug("high"), rank: 2 }
}

pub(crate) fn medium() -> Priority {
    Priority { name: slug("medium"), rank: 3 }
}

/// The least that opening one needs.
pub(crate) fn open() -> Open {
    Open {
        number: TicketNumber::new("GROW", morning().date_naive(), 1),
        pin: Pin { id: id(0x7e), version: 3 },
        ticket_type: defect(),
        requester: Requester::Member(ALICE),
        title: "Wrong colour".into(),
        description: "The listing says blue.".into(),
        brand: None,
        priority: None,
        fields: BTreeMap::from([("order".into(), json!("A-1"))]),
        team: None,
        assignee: None,
        channel: "graphql".into(),
        sla: None,
        deadline: None,
    }
}

/// What follows from [`open`].
pub(crate) fn opened() -> Opened {
    Opened {
        number: TicketNumber::new("GROW", morning().date_naive(), 1),
        ticket_type: Pin { id: id(0x7e), version: 3 },
        type_name: slug("product_not_as_listed"),
        rules: TicketRules::default(),
        requester: Requester::Member(ALICE),
        title: words(ALICE, "Wrong colour"),
        description: words(ALICE, "The listing says blue."),
        brand: None,
        priority: medium(),
        fields: BTreeMap::from([(slug("order"), FieldValue::Text("A-1".into()))]),
        team: None,
        assignee: None,
        channel: "graphql".into(),
        sla: None,
    }
}

/// Alice's ticket of a type with other rules.
pub(super) fn opened_with(rules: TicketRules) -> Opened {
    Opened { rules, ..opened() }
}

pub(super) fn proposed() -> ResolutionProposed {
    ResolutionProposed { remarks: words(BOB, "The listing is right now.") }
}

pub(super) fn reopened() -> Reopened {
    Reopened { reason: words(ALICE, "It is still blue.") }
}

/// Alice's ticket at this status, worked on by Bob.
pub(super) fn ticket(status: &str) -> Scenario<Ticket> {
    let opened = Scenario::given(events![opened()]);
    match status {
        "unknown" => Scenario::new(),
        "open" => opened,
        "waiting" => opened.and(bob(), events![Waiting { reason: slug("supplier") }]),
        "processed" => opened.and(bob(), events![proposed()]),
        "resolved" => opened.and(bob(), events![proposed(), ResolutionAccepted {}]),
        "reopened" => opened.and(bob(), events![proposed(), reopened()]),
        "closed" => opened.and(bob(), events![proposed(), ResolutionAccepted {}, Closed { reason: None }]),
        _ => panic!("no history leads to {status}"),
    }
}
