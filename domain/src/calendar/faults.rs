//! Everything that can be wrong with a business calendar.

mod windows;

use chrono::{Datelike, NaiveDate};

use super::{BusinessCalendar, ClockTime, Closure, Days, Holiday, Hours};
use crate::fault::{self, Fault};

const MOST: usize = 1_000;
const LONGEST_DAYS: i64 = 366;
/// Eight years have every day of the year on most days of the week; what is closed in all of them is closed for ever.
const YEARS: std::ops::Range<i32> = 2024..2032;

pub(super) fn faults(calendar: &BusinessCalendar) -> Vec<Fault> {
    let mut faults: Vec<Fault> = fault::length(["title"], &calendar.title, 1, 120).into_iter().collect();
    for (name, count) in [
        ("windows", calendar.windows.len()),
        ("holidays", calendar.holidays.len()),
        ("closures", calendar.closures.len()),
    ] {
        if count > MOST {
            faults
                .push(Fault::at([name], format!("a calendar has {MOST} of them at most; this has {count}")));
        }
    }
    if !faults.is_empty() {
        return faults;
    }
    windows::faults(calendar, &mut faults);
    for (place, holiday) in calendar.holidays.iter().enumerate() {
        self::holiday(&place.to_string(), holiday, &mut faults);
    }
    for (place, closure) in calendar.closures.iter().enumerate() {
        self::closure(&place.to_string(), closure, &mut faults);
    }
    if faults.is_empty() && !ever_opens(calendar) {
        let message = "the calendar has no open hour at all, since its holidays close every day; take some of them away";
        faults.push(Fault::at(["holidays"], message));
    }
    faults
}

fn holiday(place: &str, holiday: &Holiday, faults: &mut Vec<Fault>) {
    faults.extend(fault::length(["holidays", place, "title"], &holiday.title, 1, 120));
    match holiday.on {
        Days::Day(day) => {
            faults.extend(year(day).map(|message| Fault::at(["holidays", place, "on", "day"], message)));
        }
        Days::Range { first, last } => {
            for (field, day) in [("first", first), ("last", last)] {
                faults.extend(
                    year(day).map(|message| Fault::at(["holidays", place, "on", "range", field], message)),
                );
            }
            let days = (last - first).num_days();
            if days < 0 {
                let message =
                    format!("is before the first day; exchange the two, or give a day after {first}");
                faults.push(Fault::at(["holidays", place, "on", "range", "last"], message));
            } else if days >= LONGEST_DAYS {
                let message = format!("a holiday has {LONGEST_DAYS} days at most; split it");
                faults.push(Fault::at(["holidays", place, "on", "range", "last"], message));
            }
        }
        Days::Yearly(_) => {}
        Days::YearlyWeekday { month, nth, .. } => {
            if !(1..=12).contains(&month) {
                let message = "needs a month from 1 to 12";
                faults.push(Fault::at(["holidays", place, "on", "yearly_weekday", "month"], message));
            }
            if !(1..=5).contains(&nth.unsigned_abs()) {
                let message =
                    "needs 1 to 5, counted from the beginning of the month, or -1 to -5, from its end";
                faults.push(Fault::at(["holidays", place, "on", "yearly_weekday", "nth"], message));
            }
        }
    }
    if holiday.open.len() > 24 {
        faults.push(Fault::at(["holidays", place, "open"], "a day has 24 windows at most"));
        return;
    }
    let mut hours: Vec<_> = holiday.open.iter().copied().enumerate().collect();
    hours.retain(|(number, hours)| match unusable(*hours) {
        Some((field, message)) => {
            faults.push(Fault::at(["holidays", place, "open", &number.to_string(), field], message));
            false
        }
        None => true,
    });
    hours.sort_by_key(|(_, hours)| hours.minutes());
    for pair in hours.windows(2) {
        let [(former, before), (number, after)] = pair else { continue };
        if before.minutes().1 > after.minutes().0 {
            let message = format!("it begins while open.{former} is still open; make one of the two");
            faults.push(Fault::at(["holidays", place, "open", &number.to_string(), "from"], message));
        }
    }
}

fn closure(place: &str, closure: &Closure, faults: &mut Vec<Fault>) {
    faults.extend(fault::length(["closures", place, "title"], &closure.title, 1, 120));
    for (field, wall) in [("from", closure.from), ("until", closure.until)] {
        faults.extend(year(wall.date()).map(|message| Fault::at(["closures", place, field], message)));
    }
    let length = closure.until - closure.from;
    if length <= chrono::Duration::zero() {
        let message = format!(
            "is not after its beginning; give a time after {}",
            closure.from.format("%Y-%m-%dT%H:%M:%S")
        );
        faults.push(Fault::at(["closures", place, "until"], message));
    } else if length.num_days() >= LONGEST_DAYS {
        let message = format!("a closure has {LONGEST_DAYS} days at most; split it");
        faults.push(Fault::at(["closures", place, "until"], message));
    }
}

/// The field of hours that cannot be, and why.
fn unusable(hours: Hours) -> Option<(&'static str, &'static str)> {
    if hours.from == ClockTime::END_OF_DAY {
        Some(("from", "24:00 is the end of the day, at which nothing begins; use 00:00 of the next day"))
    } else if hours.from == hours.until {
        Some(("until", "is its beginning; for the whole day use from 00:00 until 24:00"))
    } else {
        None
    }
}

fn year(day: NaiveDate) -> Option<&'static str> {
    (!(1900..=9999).contains(&day.year())).then_some("needs a year from 1900 to 9999")
}

/// Whether any day opens, without regard to what closes single days and ends.
fn ever_opens(calendar: &BusinessCalendar) -> bool {
    let yearly = |days: &Days| matches!(days, Days::Yearly(_) | Days::YearlyWeekday { .. });
    let begins = |day: NaiveDate| {
        let holiday =
            calendar.holidays.iter().rev().find(|holiday| yearly(&holiday.on) && holiday.on.cover(day));
        match holiday {
            Some(holiday) => !holiday.open.is_empty(),
            None => calendar.windows.iter().any(|window| window.days.contains(&day.weekday().into())),
        }
    };
    NaiveDate::from_ymd_opt(YEARS.start, 1, 1)
        .is_some_and(|first| first.iter_days().take_while(|day| YEARS.contains(&day.year())).any(begins))
}
