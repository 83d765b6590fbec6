//! Notifications.

mod attempts;
mod fate;
mod properties;

use chrono::Duration;
use escalon_domain::{
    aggregate::Aggregate,
    contact::{Channel, ContactMethodId},
    escalation::Urgency,
    notification::{
        Attempted, Failed, Notification, NotificationCommand, NotificationEvent, NotificationPlanned,
        Occasion, Plan, Report, Trouble,
    },
    stamp::{Stamp, Timestamp},
};

use crate::cast::{ALICE, engine, id, noon};

pub(crate) const PHONE: ContactMethodId = id(0xf04e);

pub(crate) fn occasion() -> Occasion {
    Occasion::Level { escalation: id(0xe5c), level: 2, round: 1 }
}

/// To Alice, at noon, for half an hour.
pub(crate) fn plan(channel: Channel) -> Plan {
    Plan {
        recipient: ALICE,
        method: PHONE,
        channel,
        occasion: occasion(),
        urgency: Urgency::High,
        at: noon(),
        expires_at: Some(minutes(30)),
        instead_of: None,
    }
}

pub(crate) fn planned(channel: Channel) -> NotificationPlanned {
    let Plan { recipient, method, channel, occasion, urgency, at, expires_at, instead_of } = plan(channel);
    NotificationPlanned { recipient, method, channel, occasion, urgency, at, expires_at, instead_of }
}

pub(crate) const DUE: NotificationCommand = NotificationCommand::Due { withhold: None };

pub(crate) fn minutes(minutes: i64) -> Timestamp {
    noon() + Duration::minutes(minutes)
}

pub(crate) fn seconds(seconds: i64) -> Timestamp {
    noon() + Duration::seconds(seconds)
}

pub(crate) fn trouble() -> Trouble {
    Trouble { code: "30003".into(), detail: None }
}

pub(crate) fn fails(attempt: u16, permanent: bool) -> NotificationCommand {
    NotificationCommand::Report(Report::Failed { attempt, permanent, not_before: None, trouble: trouble() })
}

pub(crate) fn failed(attempt: u16, retry_at: Option<Timestamp>) -> Failed {
    Failed { attempt, retry_at, code: "30003".into(), detail: None }
}

/// A notification to which these happened, each at its moment.
pub(crate) fn after(events: Vec<(Timestamp, NotificationEvent)>) -> Notification {
    let mut notification = Notification::default();
    for (at, event) in events {
        notification.evolve(&event, &Stamp::new(at, engine()));
    }
    notification
}

/// A text message whose first attempt began at noon.
pub(crate) fn sending() -> Notification {
    after(vec![(minutes(-1), planned(Channel::Sms).into()), (noon(), Attempted { attempt: 1 }.into())])
}

/// What a command leads to at a moment.
pub(crate) fn at(
    moment: Timestamp,
    state: &Notification,
    command: NotificationCommand,
) -> Vec<NotificationEvent> {
    state.decide(command, &Stamp::new(moment, engine())).unwrap()
}

/// The state after it.
pub(crate) fn then(moment: Timestamp, state: &mut Notification, command: NotificationCommand) {
    for event in at(moment, state, command) {
        state.evolve(&event, &Stamp::new(moment, engine()));
    }
}
