//! Any history of an escalation.

use chrono::{Duration, TimeZone as _, Utc};
use escalon_domain::{
    aggregate::Event,
    escalation::{
        Cause, ContactChannel, Customer, Escalation, EscalationCommand, EscalationEvent, EscalationSubject,
        Raise, Status, Urgency,
    },
    personal::Personal,
};
use proptest::{option, prelude::*};

use super::{actor, config, explore, few, personal, plain, steps};
use crate::cast::{CUSTOMER, morning};

fn raising() -> impl Strategy<Value = EscalationCommand> {
    let subject = prop_oneof![
        few().prop_map(EscalationSubject::Ticket),
        plain().prop_map(|reference| EscalationSubject::Conversation(reference.trim().to_owned())),
    ];
    let cause = prop_oneof![Just(Cause::Hand), Just(Cause::Customer), plain().prop_map(Cause::Rule)];
    let urgency = (0..Urgency::ALL.len()).prop_map(|place| Urgency::ALL[place]);
    let contact = option::of((personal(), any::<bool>()));
    (subject, cause, personal(), urgency, contact).prop_map(|(subject, cause, reason, urgency, contact)| {
        let customer = contact.map(|(text, reachable)| Customer {
            subject: CUSTOMER,
            name: Some(Personal::new(CUSTOMER, text.clone())),
            phone: reachable.then(|| Personal::new(CUSTOMER, text)),
            email: reachable.then(|| Personal::new(CUSTOMER, "d§na@example.com".parse().unwrap())),
            preferred: reachable.then_some(ContactChannel::Sms),
        });
        EscalationCommand::Raise(Box::new(Raise {
            subject,
            cause,
            reason,
            speaks_of: CUSTOMER,
            urgency,
            customer,
        }))
    })
}

/// A moment around the history, or anywhere between the years 1 and 9999.
fn moment() -> impl Strategy<Value = chrono::DateTime<Utc>> {
    prop_oneof![
        (0..250_000_i64).prop_map(|minutes| morning() + Duration::minutes(minutes)),
        (-62_000_000_000..253_000_000_000_i64, 0..1_000_000_000_u32)
            .prop_map(|(seconds, nanoseconds)| Utc.timestamp_opt(seconds, nanoseconds).unwrap()),
    ]
}

fn command() -> impl Strategy<Value = EscalationCommand> {
    use EscalationCommand as Command;
    let channel =
        prop_oneof![Just(ContactChannel::Sms), Just(ContactChannel::Call), Just(ContactChannel::Email)];
    prop_oneof![
        2 => raising(),
        2 => few().prop_map(|assignee| Command::Assign { assignee }),
        2 => Just(Command::Start),
        1 => (channel, option::of(personal())).prop_map(|(channel, note)| Command::Contact { channel, note }),
        3 => option::of(personal()).prop_map(|note| Command::Acknowledge { note }),
        2 => option::of(personal()).prop_map(|reason| Command::Unacknowledge { reason }),
        3 => moment().prop_map(|until| Command::Snooze { until }),
        2 => Just(Command::Wake),
        2 => Just(Command::View),
        1 => personal().prop_map(|notes| Command::Resolve { notes }),
        1 => personal().prop_map(|reason| Command::Cancel { reason }),
    ]
}

/// Which statuses an event may lead between; any other event leaves the status as it is.
fn moves(before: &Escalation, event: &EscalationEvent, after: &Escalation) -> bool {
    use Status as S;
    let (from, to) = (before.status, after.status);
    match event.name() {
        "escalation.raised" => (from, to) == (S::Unknown, S::Pending),
        "escalation.assigned" => {
            matches!((from, to), (S::Pending | S::Assigned, S::Assigned) | (S::InProgress, S::InProgress))
        }
        "escalation.started" => matches!(from, S::Pending | S::Assigned) && to == S::InProgress,
        "escalation.resolved" => from.is_open() && to == S::Resolved,
        "escalation.cancelled" => from.is_open() && to == S::Cancelled,
        "escalation.viewed" => from == to && from != S::Unknown,
        _ => from == to && from.is_open(),
    }
}

/// What the parts of the state say of each other.
fn agrees(escalation: &Escalation) -> bool {
    let open = escalation.status.is_open();
    let ended = escalation.ended_at.is_some() != open;
    let noted = escalation.notes.is_some() == (escalation.status == Status::Resolved);
    let held = open || escalation.snoozed_until.is_none();
    let assigned = escalation.status != Status::Assigned || escalation.assignee.is_some();
    ended && noted && held && assigned
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn any_history_holds(steps in steps(command()), start in (raising(), actor(), 0..10_i64)) {
        let steps = std::iter::once(start).chain(steps).collect();
        let ended = |escalation: &Escalation| escalation.ended_at.is_some();
        explore::<Escalation>(steps, |before, event, after| moves(before, event, after) && agrees(after), ended)?;
    }
}
