//! What can be wrong with the windows of the week: none at all, or two at the same time.

use std::collections::BTreeSet;

use super::unusable;
use crate::{
    calendar::{BusinessCalendar, Weekday},
    fault::Fault,
};

const MINUTES_OF_A_WEEK: u32 = 7 * 24 * 60;

pub(super) fn faults(calendar: &BusinessCalendar, faults: &mut Vec<Fault>) {
    if calendar.windows.is_empty() {
        let message = "the calendar has no open hour at all; give at least one window, such as monday from 09:00 until 17:00";
        faults.push(Fault::at(["windows"], message));
    }
    let mut spans = Vec::new();
    for (place, window) in calendar.windows.iter().enumerate() {
        let name = place.to_string();
        if window.days.is_empty() {
            faults.push(Fault::at(["windows", &name, "days"], "needs at least one day, such as monday"));
        }
        match unusable(window.hours()) {
            Some((field, message)) => faults.push(Fault::at(["windows", &name, field], message)),
            None => {
                let (from, until) = window.hours().minutes();
                spans.extend(window.days.iter().map(|day| {
                    let midnight = u32::from(day.days_from_monday()) * 24 * 60;
                    (midnight + u32::from(from), midnight + u32::from(until), place)
                }));
            }
        }
    }
    spans.sort_unstable();
    // After Sunday comes Monday.
    let again = spans
        .first()
        .map(|(from, until, place)| (from + MINUTES_OF_A_WEEK, until + MINUTES_OF_A_WEEK, *place));
    let (mut former, mut told) = (None::<(u32, u32, usize)>, BTreeSet::new());
    for span in spans.into_iter().chain(again) {
        if let Some((_, until, place)) =
            former.filter(|former| former.1 > span.0 && told.insert((former.2, span.2)))
        {
            let day = Weekday::ALL[(span.0 / (24 * 60)) as usize % 7].name();
            let message = format!(
                "on {day} it begins while windows.{place} is still open; make one of the two, or let it begin at {} or later",
                shown(until)
            );
            faults.push(Fault::at(["windows", &span.2.to_string(), "from"], message));
        }
        former = Some(former.filter(|former| former.1 > span.1).unwrap_or(span));
    }
}

/// Minutes of a week as a time of day.
fn shown(minutes: u32) -> String {
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}
