//! Any history of a ticket.

use std::collections::{BTreeMap, BTreeSet};

use escalon_domain::{
    aggregate::Event,
    personal::Personal,
    slug::Slug,
    ticket::{Open, Requester, Status, Ticket, TicketCommand, TicketEvent},
    ticket_type::{FieldValue, GivenFields, PriorityScale, TicketRules, TicketType},
};
use proptest::{collection::btree_set, option, prelude::*};
use serde_json::json;

use super::{actor, config, explore, few, personal, plain, steps, word};
use crate::{
    cast::{ALICE, CUSTOMER},
    ticket::{defect, open},
};

fn tags() -> impl Strategy<Value = BTreeSet<Slug>> {
    btree_set(word(), 0..3)
}

/// Fields that are good or not.
fn given() -> impl Strategy<Value = GivenFields> {
    let numbers = prop_oneof![
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(|number| json!(number))
    ];
    (personal(), plain(), numbers, any::<bool>(), 0..9).prop_map(|(contact, order, quantity, flag, wrong)| {
        let mut fields = BTreeMap::from([
            ("order".to_owned(), json!(order)),
            ("contact".to_owned(), json!(contact)),
            ("quantity".to_owned(), quantity),
            ("perishable".to_owned(), json!(flag)),
        ]);
        match wrong {
            0 => _ = fields.remove("order"),
            1 => _ = fields.insert("colour".into(), json!(null)),
            2 => _ = fields.insert("bought_on".into(), json!("today")),
            _ => {}
        }
        fields
    })
}

fn opening() -> impl Strategy<Value = TicketCommand> {
    let people = (any::<bool>(), option::of(few()), option::of(few()));
    let rules = (any::<bool>(), prop::bool::weighted(0.3));
    (personal(), personal(), given(), people, rules, option::of(plain())).prop_map(
        |(title, description, fields, (by_customer, team, assignee), (acceptance, proof), brand)| {
            let name = Personal::new(CUSTOMER, title.clone());
            let customer = Requester::Customer { subject: CUSTOMER, name };
            let requester = if by_customer { customer } else { Requester::Member(ALICE) };
            let ticket_type = TicketType { rules: TicketRules { acceptance, proof }, ..defect() };
            let open =
                Open { ticket_type, requester, title, description, brand, fields, team, assignee, ..open() };
            TicketCommand::Open(Box::new(open))
        },
    )
}

fn command() -> impl Strategy<Value = TicketCommand> {
    use TicketCommand as Command;
    let value = prop_oneof![plain().prop_map(FieldValue::Text), any::<bool>().prop_map(FieldValue::Flag)];
    let fields = prop::collection::btree_map(word(), option::of(value), 0..3);
    let edit = (option::of(personal()), option::of(personal()), option::of(plain()), fields);
    let rank = 0..4_usize;
    prop_oneof![
        5 => opening(),
        2 => edit.prop_map(|(title, description, brand, fields)| Command::Edit { title, description, brand, fields }),
        1 => rank.prop_map(|rank| {
            let scale = PriorityScale::default();
            Command::Prioritize { priority: scale.find(scale.0[rank].as_str()).unwrap() }
        }),
        2 => (option::of(few()), option::of(few())).prop_map(|(team, assignee)| Command::Assign { team, assignee }),
        1 => (few(), personal()).prop_map(|(comment, body)| Command::Comment { comment, body }),
        1 => (few(), personal()).prop_map(|(note, body)| Command::Note { note, body }),
        1 => tags().prop_map(|tags| Command::Tag { tags }),
        1 => tags().prop_map(|tags| Command::Untag { tags }),
        2 => word().prop_map(|reason| Command::Wait { reason }),
        2 => Just(Command::Resume),
        3 => personal().prop_map(|remarks| Command::ProposeResolution { remarks }),
        3 => Just(Command::AcceptResolution),
        2 => personal().prop_map(|reason| Command::Reopen { reason }),
        2 => option::of(personal()).prop_map(|reason| Command::Close { reason }),
        2 => (few(), personal()).prop_map(|(proof, summary)| Command::SubmitProof { proof, summary }),
        2 => few().prop_map(|proof| Command::ApproveProof { proof }),
        1 => (few(), personal()).prop_map(|(proof, reason)| Command::RejectProof { proof, reason }),
    ]
}

/// Which statuses an event may lead between; any other event leaves the status as it is.
fn moves(before: &Ticket, event: &TicketEvent, after: &Ticket) -> bool {
    use Status as S;
    let (from, to) = (before.status, after.status);
    match event.name() {
        "ticket.opened" => (from, to) == (S::Unknown, S::Open),
        "ticket.waiting" => matches!(from, S::Open | S::Waiting | S::Reopened) && to == S::Waiting,
        "ticket.resumed" => {
            from == S::Waiting && to == if before.reopenings > 0 { S::Reopened } else { S::Open }
        }
        "ticket.resolution_proposed" => {
            matches!(from, S::Open | S::Waiting | S::Reopened) && to == S::Processed
        }
        "ticket.resolution_accepted" => {
            from == S::Processed && to == S::Resolved && (before.is_proven() || !before.rules.proof)
        }
        "ticket.reopened" => matches!(from, S::Processed | S::Resolved | S::Closed) && to == S::Reopened,
        "ticket.closed" => !matches!(from, S::Unknown | S::Closed) && to == S::Closed,
        _ => from == to && from != S::Unknown,
    }
}

/// What the parts of the state say of each other.
fn agrees(ticket: &Ticket) -> bool {
    let waits = ticket.waiting_for.is_some() == (ticket.status == Status::Waiting);
    let closed = ticket.closed_at.is_some() == (ticket.status == Status::Closed);
    let resolved =
        ticket.status != Status::Resolved || (ticket.resolved_at.is_some() && ticket.resolution.is_some());
    let reopened = ticket.status != Status::Reopened || ticket.reopenings > 0;
    waits && closed && resolved && reopened
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn any_history_holds(steps in steps(command()), start in (opening(), actor(), 0..10_i64)) {
        let steps = std::iter::once(start).chain(steps).collect();
        explore::<Ticket>(steps, |before, event, after| moves(before, event, after) && agrees(after), |_| false)?;
    }
}
