//! Any history of a ticket.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use escalon_domain::{
    aggregate::{Aggregate, Event},
    calendar::BusinessCalendar,
    definition::Pin,
    personal::Personal,
    sla::{SlaPolicy, SlaTime, Thresholds},
    slug::Slug,
    stamp::{Stamp, Timestamp},
    ticket::{DeadlineTerms, Open, Requester, SlaPin, SlaTerms, Status, Ticket, TicketCommand, TicketEvent},
    ticket_type::{FieldValue, GivenFields, PriorityScale, TicketRules, TicketType},
};
use proptest::{collection::btree_set, option, prelude::*};
use serde_json::json;

use super::{actor, config, explore, few, personal, plain, steps, word};
use crate::{
    calendar::office,
    cast::{ALICE, CUSTOMER, engine, id, morning, slug},
    sla::policy,
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
            let covered = description.len() % 2 == 0;
            let sla = covered.then(|| (pin(), terms()));
            let open = Open {
                ticket_type,
                requester,
                title,
                description,
                brand,
                fields,
                team,
                assignee,
                sla,
                ..open()
            };
            TicketCommand::Open(Box::new(open))
        },
    )
}

fn pin() -> SlaPin {
    SlaPin { policy: Pin { id: id(0x51a), version: 2 }, calendar: Some(calendar_pin()) }
}

fn calendar_pin() -> Pin<BusinessCalendar> {
    Pin { id: id(0xca1), version: 4 }
}

/// A policy that counts the working time of an office for what is answered, and all time for the rest.
fn terms() -> SlaTerms {
    let mut policy = SlaPolicy { calendar: Some(slug("office")), ..policy() };
    for times in [&mut policy.first_response, &mut policy.next_response] {
        times.as_mut().unwrap().time = SlaTime::Business;
    }
    SlaTerms { policy, calendar: Some(office("Europe/Berlin")) }
}

fn ask() -> TicketCommand {
    TicketCommand::Due { sla: Some(Box::new(terms())) }
}

fn thresholds() -> impl Strategy<Value = Thresholds> {
    btree_set(0..101_u8, 0..5).prop_map(|percents| Thresholds(percents.into_iter().collect()))
}

/// Deadlines after the beginning of every history; some have passed when they are set.
fn deadline() -> impl Strategy<Value = Box<DeadlineTerms>> {
    (0..60_000_i64, 0..3_000_u32, any::<bool>(), option::of(thresholds())).prop_map(
        |(minutes, buffer_minutes, works, thresholds)| {
            let due = morning() + Duration::minutes(minutes);
            let calendar = works.then(|| (calendar_pin(), office("Europe/Berlin")));
            Box::new(DeadlineTerms { due, buffer_minutes, calendar, thresholds })
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
        1 => option::weighted(0.8, deadline()).prop_map(|deadline| Command::SetDeadline { deadline }),
        1 => thresholds().prop_map(|thresholds| {
            Command::SetThresholds { thresholds, calendar: Some(Box::new(office("Europe/Berlin"))) }
        }),
        3 => Just(ask()),
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

fn apply(ticket: &mut Ticket, command: TicketCommand, stamp: &Stamp) -> usize {
    let events = ticket.decide(command, stamp).unwrap_or_default();
    events.iter().for_each(|event| ticket.evolve(event, stamp));
    events.len()
}

/// What holds of a ticket that was just asked: it has nothing more to say now, at the first moment that it waits for it has
/// something to say and just before it has not, and after the last it waits for nothing.
fn waits_are_right(ticket: &Ticket, now: Timestamp) -> Result<(), TestCaseError> {
    let says = |at| ticket.clone().decide(ask(), &Stamp::new(at, engine())).unwrap_or_default();
    prop_assert_eq!(says(now), []);
    let waits = ticket.waits();
    let keys: BTreeSet<_> = waits.iter().map(|wait| &wait.key).collect();
    prop_assert_eq!(keys.len(), waits.len(), "a key twice: {:?}", &waits);
    let Some(first) = waits.iter().map(|wait| wait.due).min() else { return Ok(()) };
    prop_assert!(first > now, "{first} is not after {now}: {waits:?}");
    prop_assert_eq!(says(first - Duration::microseconds(1)), []);
    prop_assert!(!says(first).is_empty(), "nothing at {first}: {waits:?}");
    let last = waits.iter().map(|wait| wait.due).max().unwrap_or(first);
    let mut later = ticket.clone();
    let said = apply(&mut later, ask(), &Stamp::new(last, engine()));
    prop_assert_eq!(said, waits.len(), "one thing to say for each wait");
    prop_assert_eq!(later.waits(), []);
    Ok(())
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn any_history_holds(steps in steps(command()), start in (opening(), actor(), 0..10_i64)) {
        let steps = std::iter::once(start).chain(steps).collect();
        explore::<Ticket>(steps, |before, event, after| moves(before, event, after) && agrees(after), |_| false)?;
    }

    #[test]
    fn a_ticket_is_asked_when_there_is_something_to_say_and_only_then(
        steps in steps(command()),
        start in (opening(), actor(), 0..10_i64),
        settles in any::<u32>(),
    ) {
        let (mut ticket, mut at) = (Ticket::default(), morning());
        for (number, (command, by, minutes)) in std::iter::once(start).chain(steps).enumerate() {
            at += Duration::minutes(minutes);
            apply(&mut ticket, command, &Stamp::new(at, by));
            let mut asked = ticket.clone();
            apply(&mut asked, ask(), &Stamp::new(at, engine()));
            waits_are_right(&asked, at)?;
            // Some are asked at once, others later.
            if settles >> (number % 32) & 1 == 1 {
                ticket = asked;
            }
        }
    }
}
