//! Holidays from an iCalendar file (RFC 5545), such as governments and calendar programs publish.
//!
//! Days (`VALUE=DATE`) become holidays, spans with times become closures. What comes every year by one simple rule stays a rule; what
//! does not is written out for the years that are asked for. The crates for the format drop the lines they cannot read or do not say
//! where they are, and the one for its rules reads the machine's own zone and writes logs; so this is read here.

mod event;
mod line;
mod rule;
mod value;

use std::{collections::BTreeMap, ops::RangeInclusive};

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime};

use super::{Closure, Days, Holiday, MonthDay};
use crate::{fault::Fault, zone::Zone};
use event::{Event, events};
use rule::Rule;
use value::When;

const LONGEST_TEXT: usize = 4_000_000;
const MOST_EVENTS: usize = 5_000;
const MOST: usize = 1_000;

/// What an iCalendar file has for a business calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Its days.
    pub holidays: Vec<Holiday>,
    /// Its spans with times, on the clocks of the business calendar.
    pub closures: Vec<Closure>,
}

/// The holidays and closures of an iCalendar text, in the order of the file. Times without a zone are on the clocks of `zone`, in which
/// all closures are written; what recurs by more than a simple rule is written out for these years.
///
/// # Errors
/// Every fault that is found, with the number of its line and how to mend it.
pub fn import(text: &str, zone: Zone, years: RangeInclusive<i32>) -> Result<Imported, Vec<Fault>> {
    if text.len() > LONGEST_TEXT {
        return Err(vec![Fault::at(["lines"], "is longer than 4 MB; give a file of holidays only")]);
    }
    let mut faults = Vec::new();
    let events = events(&line::lines(text), zone, &mut faults);
    if events.len() > MOST_EVENTS {
        let message =
            format!("has {} events, and may have {MOST_EVENTS}; give a file of holidays only", events.len());
        faults.push(Fault::at(["lines"], message));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut imported = Imported::default();
    let moved = moved(&events);
    for event in events.iter().filter(|event| !event.cancelled) {
        event.import(moved.get(event.uid.as_str()).map_or(&[], Vec::as_slice), &years, &mut imported);
    }
    for (what, count) in [("holidays", imported.holidays.len()), ("closures", imported.closures.len())] {
        if count > MOST {
            let message = format!(
                "gives {count} {what}; a calendar has {MOST} at most: give fewer years or a smaller file"
            );
            faults.push(Fault::at(["lines"], message));
        }
    }
    if faults.is_empty() { Ok(imported) } else { Err(faults) }
}

/// The occurrences of each event that events of their own stand for (`RECURRENCE-ID`).
fn moved(events: &[Event]) -> BTreeMap<&str, Vec<NaiveDateTime>> {
    let mut moved = BTreeMap::<&str, Vec<NaiveDateTime>>::new();
    for event in events {
        if let Some(instead) = event.instead_of {
            moved.entry(&event.uid).or_default().push(instead);
        }
    }
    moved
}

impl Event {
    /// Adds what it is, without the occurrences that others stand for.
    fn import(&self, moved: &[NaiveDateTime], years: &RangeInclusive<i32>, into: &mut Imported) {
        let plain = self.except.is_empty() && self.also.is_empty() && moved.is_empty();
        let one_day = self.length == Duration::days(1);
        if let (When::Day(first), Some(rule), true) = (self.start, &self.rule, plain && one_day)
            && let Some(on) = rule.simple(first)
        {
            into.holidays.push(Holiday { title: self.title.clone(), on, open: Vec::new() });
            return;
        }
        let start = self.start.wall();
        let mut starts = match &self.rule {
            Some(rule) if self.instead_of.is_none() => rule.occurrences(start, *years.end()),
            _ => vec![start],
        };
        starts.extend(&self.also);
        starts.sort_unstable();
        starts.dedup();
        let recurs = starts.len() > 1;
        let left_out = |start: &NaiveDateTime| {
            self.except.contains(start) || (self.instead_of.is_none() && moved.contains(start))
        };
        for start in starts.into_iter().filter(|start| !left_out(start)) {
            if !recurs || years.contains(&start.year()) {
                self.occurs(start, into);
            }
        }
    }

    fn occurs(&self, start: NaiveDateTime, into: &mut Imported) {
        let title = self.title.clone();
        if let When::Day(_) = self.start {
            let first = start.date();
            let last = (start + self.length).date().pred_opt().unwrap_or(first);
            let on = if last <= first { Days::Day(first) } else { Days::Range { first, last } };
            into.holidays.push(Holiday { title, on, open: Vec::new() });
        } else {
            into.closures.push(Closure { title, from: start, until: start + self.length });
        }
    }
}

impl Rule {
    /// The days of every year that it means, if it is as simple as that.
    fn simple(&self, first: NaiveDate) -> Option<Days> {
        if self.interval != 1 || self.count.is_some() || self.until.is_some() || self.months.len() > 1 {
            return None;
        }
        let month = self.months.first().copied().unwrap_or(first.month());
        match (&self.month_days[..], &self.weekdays[..]) {
            ([], []) => {
                Some(Days::Yearly(MonthDay::new(u8::try_from(month).ok()?, u8::try_from(first.day()).ok()?)?))
            }
            ([day], []) => {
                Some(Days::Yearly(MonthDay::new(u8::try_from(month).ok()?, u8::try_from(*day).ok()?)?))
            }
            ([], [(Some(nth), weekday)]) => {
                Some(Days::YearlyWeekday { month: u8::try_from(month).ok()?, weekday: *weekday, nth: *nth })
            }
            _ => None,
        }
    }
}
