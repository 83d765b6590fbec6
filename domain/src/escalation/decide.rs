//! The rules of an escalation.

use chrono::Duration;

use super::{
    Acknowledged, Action, Assigned, Cancelled, CustomerContacted, Escalation, EscalationCommand,
    EscalationError, EscalationEvent, Raise, Raised, Resolved, Snoozed, Started, Status, Unacknowledged,
    Viewed, Woken,
};
use crate::{
    fault::{self, Fault},
    personal::Personal,
    stamp::Stamp,
};

const LONGEST_TEXT: usize = 20_000;
const SHORTEST_REASON: usize = 10;
const LONGEST_SNOOZE: Duration = Duration::days(7);

pub(super) fn decide(
    escalation: &Escalation,
    command: EscalationCommand,
    stamp: &Stamp,
) -> Result<Vec<EscalationEvent>, EscalationError> {
    use EscalationCommand as Command;
    let open = escalation.status != Status::Unknown;
    let event: EscalationEvent = match command {
        Command::Raise(_) if open => return Err(EscalationError::AlreadyRaised),
        Command::Raise(raise) => raising(*raise, stamp)?,
        _ if !open => return Err(EscalationError::NotRaised),
        Command::Assign { assignee } => {
            allowed(escalation, Action::Assign)?;
            if escalation.assignee == Some(assignee) {
                return Ok(Vec::new());
            }
            Assigned { previous: escalation.assignee, assignee }.into()
        }
        Command::Start => {
            allowed(escalation, Action::Start)?;
            Started {}.into()
        }
        Command::Contact { channel, note } => {
            allowed(escalation, Action::Contact)?;
            CustomerContacted { channel, note: some_words(escalation, stamp, "note", note)? }.into()
        }
        Command::Acknowledge { note } => {
            allowed(escalation, Action::Acknowledge)?;
            Acknowledged { note: some_words(escalation, stamp, "note", note)? }.into()
        }
        Command::Unacknowledge { reason } => {
            allowed(escalation, Action::Unacknowledge)?;
            Unacknowledged { reason: some_words(escalation, stamp, "reason", reason)? }.into()
        }
        Command::Snooze { until } => {
            allowed(escalation, Action::Snooze)?;
            if until <= stamp.at || until - stamp.at > LONGEST_SNOOZE {
                let fault = Fault::at(["until"], "needs a moment after now, at most 7 days away");
                return Err(EscalationError::Invalid(vec![fault]));
            }
            Snoozed { until }.into()
        }
        Command::Wake => {
            allowed(escalation, Action::Wake)?;
            Woken {}.into()
        }
        Command::View => {
            let viewer = stamp.by.member().ok_or(EscalationError::NoViewer)?;
            if escalation.viewers.contains_key(&viewer) {
                return Ok(Vec::new());
            }
            Viewed { viewer }.into()
        }
        Command::Resolve { notes } => {
            allowed(escalation, Action::Resolve)?;
            Resolved { notes: words(escalation, stamp, "notes", notes)? }.into()
        }
        Command::Cancel { reason } => {
            allowed(escalation, Action::Cancel)?;
            Cancelled { reason: words(escalation, stamp, "reason", reason)? }.into()
        }
    };
    Ok(vec![event])
}

fn raising(raise: Raise, stamp: &Stamp) -> Result<EscalationEvent, EscalationError> {
    let mut faults: Vec<Fault> =
        fault::length(["reason"], &raise.reason, SHORTEST_REASON, LONGEST_TEXT).into_iter().collect();
    if let super::EscalationSubject::Conversation(reference) = &raise.subject {
        faults.extend(fault::length(["conversation"], reference, 1, 200));
    }
    if !faults.is_empty() {
        return Err(EscalationError::Invalid(faults));
    }
    let speaker = stamp.by.subject().unwrap_or(raise.speaks_of);
    let Raise { subject, cause, reason, urgency, customer, .. } = raise;
    Ok(Raised { subject, cause, reason: Personal::new(speaker, reason), urgency, customer }.into())
}

fn allowed(escalation: &Escalation, action: Action) -> Result<(), EscalationError> {
    if escalation.can(action) {
        return Ok(());
    }
    Err(EscalationError::IllegalTransition {
        action,
        status: escalation.status,
        allowed: escalation.actions(),
    })
}

/// Text somebody wrote: theirs, or of whoever the escalation's reason is where a part of the engine wrote it.
fn words(
    escalation: &Escalation,
    stamp: &Stamp,
    name: &str,
    text: String,
) -> Result<Personal<String>, EscalationError> {
    if let Some(fault) = fault::length([name], &text, 1, LONGEST_TEXT) {
        return Err(EscalationError::Invalid(vec![fault]));
    }
    let speaker = stamp.by.subject().or(escalation.reason.as_ref().map(|reason| reason.subject));
    Ok(Personal::new(speaker.ok_or(EscalationError::NotRaised)?, text))
}

fn some_words(
    escalation: &Escalation,
    stamp: &Stamp,
    name: &str,
    text: Option<String>,
) -> Result<Option<Personal<String>>, EscalationError> {
    text.map(|text| words(escalation, stamp, name, text)).transpose()
}
