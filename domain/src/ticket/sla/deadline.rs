//! Setting a deadline and its levels.

use chrono::Duration;

use super::{Deadline, DeadlineSet, ThresholdsSet};
use crate::{
    calendar::BusinessCalendar,
    definition::Pin,
    fault::Fault,
    sla::{ThresholdMoment, Thresholds, share},
    stamp::{Stamp, Timestamp},
    ticket::{Ticket, TicketError, TicketEvent},
};

/// A hundred years.
const FURTHEST: Duration = Duration::days(36_525);
/// A year.
const LONGEST_BUFFER_MINUTES: u32 = 366 * 24 * 60;

/// The deadline to set.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadlineTerms {
    /// The moment by which the ticket is to be resolved.
    pub due: Timestamp,
    /// How long before it the ticket is at risk, in minutes; 60 is usual.
    pub buffer_minutes: u32,
    /// The calendar by whose working time shares are counted, if not all time counts.
    pub calendar: Option<(Pin<BusinessCalendar>, BusinessCalendar)>,
    /// The shares of the time at which its levels are reached; those that the ticket has when absent.
    pub thresholds: Option<Thresholds>,
}

/// The deadline that follows from the terms, for a ticket opened then.
fn deadline(
    terms: DeadlineTerms,
    usual: &Thresholds,
    opened: Timestamp,
    now: Timestamp,
) -> Result<Deadline, TicketError> {
    let due = terms.due;
    let mut faults = Vec::new();
    let shown = |moment: Timestamp| moment.format("%Y-%m-%dT%H:%M:%SZ");
    if due <= now {
        let message = format!("{} has passed; give a moment after {}", shown(due), shown(now));
        faults.push(Fault::at(["deadline", "due"], message));
    } else if due - opened > FURTHEST {
        faults.push(Fault::at(
            ["deadline", "due"],
            "is more than a hundred years away; give an earlier moment",
        ));
    }
    if terms.buffer_minutes > LONGEST_BUFFER_MINUTES {
        let message = format!("may be {LONGEST_BUFFER_MINUTES} at most, which is a year");
        faults.push(Fault::at(["deadline", "buffer_minutes"], message));
    }
    let shares = terms.thresholds.as_ref().unwrap_or(usual);
    faults.extend(shares.faults("thresholds"));
    if !faults.is_empty() {
        return Err(TicketError::Invalid(faults));
    }
    let calendar = terms.calendar.as_ref().map(|(_, calendar)| calendar);
    let buffer = Duration::minutes(terms.buffer_minutes.into());
    let at_risk = match calendar {
        None => (due - buffer).max(opened),
        Some(calendar) => {
            let work = calendar.elapsed(opened, due);
            if work.is_zero() {
                let message = format!(
                    "no working time of the calendar “{}” lies before it; give a later moment, or leave the calendar out",
                    calendar.name
                );
                return Err(TicketError::Invalid(vec![Fault::at(["deadline", "due"], message)]));
            }
            calendar.after(opened, work - buffer).unwrap_or(due)
        }
    };
    let thresholds = moments(shares, opened, Some(due), calendar);
    Ok(Deadline { due, at_risk, calendar: terms.calendar.map(|(pin, _)| pin), thresholds })
}

/// The levels, with their moments where there is a deadline.
fn moments(
    shares: &Thresholds,
    opened: Timestamp,
    due: Option<Timestamp>,
    calendar: Option<&BusinessCalendar>,
) -> Vec<ThresholdMoment> {
    let moment = |(level, percent)| {
        let due = due.map(|due| share(opened, due, percent, calendar));
        ThresholdMoment { level, percent, due }
    };
    shares.levels().map(moment).collect()
}

/// What follows from setting a deadline, or taking it away. A ticket that is just being opened opens now.
pub(in crate::ticket) fn set(
    ticket: &Ticket,
    terms: Option<DeadlineTerms>,
    stamp: &Stamp,
) -> Result<Vec<TicketEvent>, TicketError> {
    let opened = ticket.opened_at.unwrap_or(stamp.at);
    let deadline = terms.map(|terms| deadline(terms, &ticket.thresholds, opened, stamp.at)).transpose()?;
    if deadline == ticket.deadline {
        return Ok(Vec::new());
    }
    Ok(vec![DeadlineSet { previous: ticket.deadline.clone(), deadline }.into()])
}

/// What follows from setting the levels of the deadline.
pub(in crate::ticket) fn set_thresholds(
    ticket: &Ticket,
    thresholds: &Thresholds,
    calendar: Option<&BusinessCalendar>,
    stamp: &Stamp,
) -> Result<Vec<TicketEvent>, TicketError> {
    let mut faults = thresholds.faults("thresholds");
    let pinned = ticket.deadline.as_ref().and_then(|deadline| deadline.calendar);
    if pinned.is_some() && calendar.is_none() {
        let message = "the deadline counts working time; its calendar is needed to find the levels";
        faults.push(Fault::at(["calendar"], message));
    }
    if !faults.is_empty() {
        return Err(TicketError::Invalid(faults));
    }
    if *thresholds == ticket.thresholds {
        return Ok(Vec::new());
    }
    let (opened, due) =
        (ticket.opened_at.unwrap_or(stamp.at), ticket.deadline.as_ref().map(|deadline| deadline.due));
    let moments = moments(thresholds, opened, due, calendar.filter(|_| pinned.is_some()));
    Ok(vec![ThresholdsSet { previous: ticket.thresholds.clone(), thresholds: moments }.into()])
}
