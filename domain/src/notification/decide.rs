//! The rules of a notification.

use super::{
    ActedOn, Attempted, Bounced, Delivered, Expired, Failed, Notification, NotificationCommand,
    NotificationError, NotificationEvent, NotificationId, NotificationPlanned, NotificationStatus as Status,
    Plan, Read, Reason, Report, Sent, Suppressed, Trouble, Unknown, retry,
};
use crate::{contact::Channel, fault::Fault, personal::Personal, stamp::Timestamp};

const LONGEST_CODE: usize = 100;
const LONGEST_DETAIL: usize = 2_000;

type Decided = Result<Vec<NotificationEvent>, NotificationError>;

pub(super) fn decide(notification: &Notification, command: NotificationCommand, at: Timestamp) -> Decided {
    use NotificationCommand as Command;
    match (command, &notification.planned) {
        (Command::Plan(plan), None) => plan_of(*plan),
        // Planning it twice is planning it once.
        (Command::Plan(_), Some(_)) => Ok(Vec::new()),
        (_, None) => Err(NotificationError::NotPlanned),
        (Command::Suppress { why }, Some(_)) => Ok(suppress(notification, why)),
        (Command::Due { withhold }, Some(planned)) => Ok(due(notification, planned, withhold, at)),
        (Command::Report(report), Some(planned)) => learn(notification, planned, report, at),
    }
}

fn plan_of(plan: Plan) -> Decided {
    let Plan { recipient, method, channel, occasion, urgency, at, expires_at, instead_of } = plan;
    if expires_at.is_some_and(|expires| expires <= at) {
        let message = "needs a moment after that at which it is sent";
        return Err(NotificationError::Invalid(vec![Fault::at(["expires_at"], message)]));
    }
    let planned =
        NotificationPlanned { recipient, method, channel, occasion, urgency, at, expires_at, instead_of };
    let mut events = vec![planned.into()];
    // What is recorded is where the recipient looks in the application: nothing has to be sent.
    if channel == Channel::InApp {
        events.push(Delivered {}.into());
    }
    Ok(events)
}

fn suppress(notification: &Notification, why: Reason) -> Vec<NotificationEvent> {
    let still_tried = notification.next_attempt_at.is_some() || notification.pending_since.is_some();
    if still_tried { vec![Suppressed { why }.into()] } else { Vec::new() }
}

/// What is due at this moment, if anything is.
fn due(
    notification: &Notification,
    planned: &NotificationPlanned,
    withhold: Option<Reason>,
    at: Timestamp,
) -> Vec<NotificationEvent> {
    if notification.outcome_by().is_some_and(|by| by <= at) {
        return vec![unknown(notification, planned, at)];
    }
    let Some(next) = notification.next_attempt_at else { return Vec::new() };
    let expired = planned.expires_at.is_some_and(|expires| expires <= at);
    match withhold {
        Some(why) if expired || next <= at => vec![Suppressed { why }.into()],
        _ if expired => vec![Expired {}.into()],
        _ if next <= at => vec![Attempted { attempt: notification.attempts + 1 }.into()],
        _ => Vec::new(),
    }
}

/// What is reported late, twice or out of order changes nothing.
fn learn(
    notification: &Notification,
    planned: &NotificationPlanned,
    report: Report,
    at: Timestamp,
) -> Decided {
    let forward = |to: Status, event: NotificationEvent| {
        if to > notification.status { vec![event] } else { Vec::new() }
    };
    let detail = |detail: Option<String>| detail.map(|text| Personal::new(planned.recipient.cast(), text));
    Ok(match report {
        Report::Sent { attempt, reference } => {
            was_made(notification, attempt)?;
            let open = attempt == notification.attempts && notification.pending_since.is_some();
            let news = open || notification.status < Status::Sent;
            if news { vec![Sent { attempt, reference }.into()] } else { Vec::new() }
        }
        Report::Delivered => forward(Status::Delivered, Delivered {}.into()),
        Report::Read => forward(Status::Read, Read {}.into()),
        Report::ActedOn { action } => forward(Status::ActedOn, ActedOn { action }.into()),
        Report::Bounced { trouble } => {
            let Trouble { code, detail: said } = cut(trouble);
            forward(Status::Bounced, Bounced { code, detail: detail(said) }.into())
        }
        Report::Unknown { attempt } => {
            was_made(notification, attempt)?;
            let open = attempt == notification.attempts && notification.pending_since.is_some();
            if open { vec![unknown(notification, planned, at)] } else { Vec::new() }
        }
        Report::Failed { attempt, permanent, not_before, trouble } => {
            was_made(notification, attempt)?;
            let again = !permanent && notification.failed;
            if attempt < notification.attempts || again || notification.status >= Status::Failed {
                return Ok(Vec::new());
            }
            let given_up = matches!(notification.status, Status::Expired | Status::Suppressed);
            let retry =
                retry::backoff(id(planned), planned.channel, attempt).filter(|_| !permanent && !given_up);
            let retry_at = retry.map(|wait| not_before.map_or(at + wait, |least| least.max(at + wait)));
            let Trouble { code, detail: said } = cut(trouble);
            vec![Failed { attempt, retry_at: in_time(planned, retry_at), code, detail: detail(said) }.into()]
        }
    })
}

fn unknown(notification: &Notification, planned: &NotificationPlanned, at: Timestamp) -> NotificationEvent {
    let attempt = notification.attempts;
    let retry = retry::after_unknown(id(planned), planned.channel, attempt);
    Unknown { attempt, retry_at: in_time(planned, retry.map(|wait| at + wait)) }.into()
}

/// No attempt is made when it is too late.
fn in_time(planned: &NotificationPlanned, retry_at: Option<Timestamp>) -> Option<Timestamp> {
    retry_at.filter(|retry| planned.expires_at.is_none_or(|expires| *retry < expires))
}

fn was_made(notification: &Notification, attempt: u16) -> Result<(), NotificationError> {
    if (1..=notification.attempts).contains(&attempt) {
        return Ok(());
    }
    let message = format!("was never made; there were {} so far", notification.attempts);
    Err(NotificationError::Invalid(vec![Fault::at(["attempt"], message)]))
}

/// Providers may say a lot.
fn cut(trouble: Trouble) -> Trouble {
    let cut = |text: String, most: usize| text.chars().take(most).collect();
    Trouble {
        code: cut(trouble.code, LONGEST_CODE),
        detail: trouble.detail.map(|detail| cut(detail, LONGEST_DETAIL)),
    }
}

fn id(planned: &NotificationPlanned) -> NotificationId {
    planned.occasion.notification(planned.recipient, planned.method)
}
