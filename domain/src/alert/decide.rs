//! The rules of an alert.

use super::{
    Acknowledged, Action, Alert, AlertCommand, AlertError, AlertEvent, Became, Occurrence, Repeated,
    ReportAction, Reporting, Resolved, Status, Suppressed, Suppression, Triggered, Unacknowledged,
    Unsuppressed,
};
use crate::{
    aggregate::Aggregate,
    fault::{self, Fault},
    personal::Personal,
    stamp::Stamp,
};

const LONGEST_TEXT: usize = 20_000;

pub(super) fn decide(
    alert: &Alert,
    command: AlertCommand,
    stamp: &Stamp,
) -> Result<Vec<AlertEvent>, AlertError> {
    let event: AlertEvent = match command {
        AlertCommand::Report(reporting) => return Ok(reported(alert, *reporting, stamp)),
        AlertCommand::Due { suppression } => return Ok(due(alert, suppression, stamp).into_iter().collect()),
        _ if alert.status == Status::Unknown => return Err(AlertError::NotTriggered),
        AlertCommand::Acknowledge { note } => {
            allowed(alert, Action::Acknowledge)?;
            Acknowledged { note: words(stamp, "note", note)? }.into()
        }
        AlertCommand::Unacknowledge { reason } => {
            allowed(alert, Action::Unacknowledge)?;
            Unacknowledged { reason: words(stamp, "reason", reason)? }.into()
        }
        AlertCommand::Suppress(why) => {
            allowed(alert, Action::Suppress)?;
            Suppressed { why }.into()
        }
        AlertCommand::Resolve { note } => {
            allowed(alert, Action::Resolve)?;
            Resolved { note: words(stamp, "note", note)?, ended_at: None }.into()
        }
    };
    Ok(vec![event])
}

/// What follows from reports, one after the other; repeats that follow each other become one.
fn reported(alert: &Alert, reporting: Reporting, stamp: &Stamp) -> Vec<AlertEvent> {
    let mut state = alert.clone();
    let mut events: Vec<AlertEvent> = Vec::new();
    let Reporting { origin, dedup_key, occurrences, suppression } = reporting;
    for occurrence in occurrences {
        let mut follow: Vec<AlertEvent> = Vec::new();
        match occurrence.action {
            ReportAction::Trigger if state.status.is_open() => {
                follow.extend(due(&state, suppression, stamp));
                follow.push(repeated(&state, occurrence).into());
            }
            ReportAction::Trigger if is_over(&state, &occurrence) => {}
            ReportAction::Trigger => {
                let triggered = Triggered {
                    episode: state.episode + 1,
                    origin,
                    dedup_key: dedup_key.clone(),
                    category: occurrence.category,
                    kind: occurrence.kind,
                    severity: occurrence.severity,
                    urgency: occurrence.urgency,
                    told: occurrence.told,
                    began_at: occurrence.at,
                };
                follow.push(triggered.into());
                follow.extend(suppression.map(|why| Suppressed { why }.into()));
            }
            _ if is_over(&state, &occurrence) => {}
            ReportAction::Acknowledge if state.status.can(Action::Acknowledge) => {
                follow.push(Acknowledged { note: None }.into());
            }
            ReportAction::Resolve if state.status.can(Action::Resolve) => {
                follow.push(Resolved { note: None, ended_at: Some(occurrence.at) }.into());
            }
            ReportAction::Acknowledge | ReportAction::Resolve => {}
        }
        for event in follow {
            state.evolve(&event, stamp);
            match (events.last_mut(), event) {
                (Some(AlertEvent::Repeated(before)), AlertEvent::Repeated(after)) => count_in(before, after),
                (_, event) => events.push(event),
            }
        }
    }
    events
}

/// Whether what is told is about a time that is over: before the origin ended the last episode, or before this one began.
fn is_over(alert: &Alert, occurrence: &Occurrence) -> bool {
    let since = if alert.status.is_open() { alert.began_at } else { alert.ended_at };
    since.is_some_and(|since| occurrence.at < since)
}

fn repeated(alert: &Alert, occurrence: Occurrence) -> Repeated {
    // What is from before this episode is counted, and says nothing of how bad it is now.
    let late = alert.began_at.is_some_and(|began| occurrence.at < began);
    let same = alert.severity == occurrence.severity && alert.urgency == Some(occurrence.urgency);
    let Occurrence { severity, urgency, told, .. } = occurrence;
    Repeated { times: 1, became: (!late && !same).then_some(Became { severity, urgency, told }) }
}

fn count_in(before: &mut Repeated, after: Repeated) {
    before.times = before.times.saturating_add(after.times);
    before.became = after.became.or(before.became.take());
}

/// What becomes of a suppression whose end has come: another takes over, or people are told.
fn due(alert: &Alert, now: Option<Suppression>, stamp: &Stamp) -> Option<AlertEvent> {
    alert.suppression?.until().filter(|until| *until <= stamp.at)?;
    let lasting = now.filter(|why| why.until().is_none_or(|until| until > stamp.at));
    Some(lasting.map_or_else(|| Unsuppressed {}.into(), |why| Suppressed { why }.into()))
}

fn allowed(alert: &Alert, action: Action) -> Result<(), AlertError> {
    if alert.status.can(action) {
        return Ok(());
    }
    Err(AlertError::IllegalTransition { action, status: alert.status, allowed: alert.status.actions() })
}

/// Text somebody wrote.
fn words(stamp: &Stamp, name: &str, text: Option<String>) -> Result<Option<Personal<String>>, AlertError> {
    let Some(text) = text else { return Ok(None) };
    let Some(speaker) = stamp.by.subject() else {
        return Err(AlertError::Invalid(vec![Fault::at([name], "only people leave one; leave it out")]));
    };
    match fault::length([name], &text, 1, LONGEST_TEXT) {
        Some(fault) => Err(AlertError::Invalid(vec![fault])),
        None => Ok(Some(Personal::new(speaker, text))),
    }
}
