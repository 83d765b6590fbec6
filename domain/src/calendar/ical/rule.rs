//! Rules of recurrence (RFC 5545, section 3.3.10): those that come by the year, as holidays do.

use std::str::FromStr;

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use super::value::{shortened, when};
use crate::{calendar::Weekday, zone::Zone};

/// A rule by the year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    /// Every how many years.
    pub(super) interval: i32,
    /// How often in all.
    pub(super) count: Option<usize>,
    /// Until when, on the clocks on the wall; a day until its end.
    pub(super) until: Option<NaiveDateTime>,
    /// In which months; in that of the beginning without any.
    pub(super) months: Vec<u32>,
    /// On which days of the month, from its end when negative.
    pub(super) month_days: Vec<i32>,
    /// On which weekdays, and which one of the month.
    pub(super) weekdays: Vec<(Option<i8>, Weekday)>,
}

impl Rule {
    /// Reads `FREQ=YEARLY;BYMONTH=11;BYDAY=4TH`.
    pub(super) fn read(text: &str, zone: Zone) -> Result<Self, String> {
        let (months, month_days, weekdays) = (Vec::new(), Vec::new(), Vec::new());
        let mut rule = Self { interval: 1, count: None, until: None, months, month_days, weekdays };
        let mut yearly = false;
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            match name.to_ascii_uppercase().as_str() {
                "FREQ" => yearly = value.eq_ignore_ascii_case("YEARLY"),
                "INTERVAL" => rule.interval = one(name, value, 1, 1_000)?,
                "COUNT" => rule.count = Some(one(name, value, 1, 100_000)?),
                "UNTIL" => rule.until = Some(until(value, zone)?),
                "BYMONTH" => rule.months = several(name, value, 1, 12)?,
                "BYMONTHDAY" => rule.month_days = several(name, value, -31, 31)?,
                "BYDAY" => rule.weekdays = value.split(',').map(weekday).collect::<Result<_, _>>()?,
                "WKST" => {}
                other => {
                    return Err(format!(
                        "{} is not understood; write the days out, or give them by RDATE",
                        shortened(other)
                    ));
                }
            }
        }
        if !yearly {
            return Err(
                "only FREQ=YEARLY is understood; what comes more often belongs into the windows of the week"
                    .to_owned(),
            );
        }
        if !rule.weekdays.is_empty() && rule.months.is_empty() {
            return Err(
                "BYDAY without BYMONTH is not understood; add the month, such as BYMONTH=11".to_owned()
            );
        }
        Ok(rule)
    }

    /// When it happens, from the beginning to the end of this year.
    pub(super) fn occurrences(&self, start: NaiveDateTime, last_year: i32) -> Vec<NaiveDateTime> {
        let mut all = Vec::new();
        let mut year = start.year();
        // What recurs by the beginning itself counts it, even where it does not fit the rule.
        while year <= last_year.min(9999) {
            let mut days: Vec<_> =
                self.days(year, start.date()).into_iter().map(|day| day.and_time(start.time())).collect();
            days.retain(|moment| *moment >= start && self.until.is_none_or(|until| *moment <= until));
            all.extend(days);
            if self.count.is_some_and(|count| all.len() >= count) {
                all.truncate(self.count.unwrap_or_default());
                break;
            }
            year += self.interval;
        }
        all
    }

    /// The days of a year that fit, in order.
    fn days(&self, year: i32, start: NaiveDate) -> Vec<NaiveDate> {
        let months = if self.months.is_empty() { vec![start.month()] } else { self.months.clone() };
        let fits = |day: &NaiveDate| {
            let (number, length) = (day.day(), u32::from(day.num_days_in_month()));
            let from_end = -i32::try_from(length - number + 1).unwrap_or_default();
            let month_day = |wanted: &i32| i32::try_from(number) == Ok(*wanted) || from_end == *wanted;
            let nth = |nth: i8| match nth > 0 {
                true => number.div_ceil(7) == u32::from(nth.unsigned_abs()),
                false => (length - number) / 7 + 1 == u32::from(nth.unsigned_abs()),
            };
            let weekday = |(wanted, weekday): &(Option<i8>, Weekday)| {
                *weekday == day.weekday().into() && wanted.is_none_or(nth)
            };
            let plain = self.month_days.is_empty() && self.weekdays.is_empty();
            (!plain || number == start.day())
                && (self.month_days.is_empty() || self.month_days.iter().any(month_day))
                && (self.weekdays.is_empty() || self.weekdays.iter().any(weekday))
        };
        let first = NaiveDate::from_ymd_opt(year, 1, 1);
        let days =
            first.into_iter().flat_map(|first| first.iter_days().take_while(move |day| day.year() == year));
        days.filter(|day| months.contains(&day.month())).filter(fits).collect()
    }
}

fn one<N: FromStr + PartialOrd + std::fmt::Display + Copy>(
    name: &str,
    text: &str,
    least: N,
    most: N,
) -> Result<N, String> {
    let number = text.trim().parse().ok().filter(|number| (&least..=&most).contains(&number));
    number.ok_or_else(|| {
        format!("{} needs a number from {least} to {most}, not “{}”", shortened(name), shortened(text))
    })
}

fn several<N: FromStr + PartialOrd + std::fmt::Display + Copy>(
    name: &str,
    text: &str,
    least: N,
    most: N,
) -> Result<Vec<N>, String> {
    text.split(',').map(|number| one(name, number, least, most)).collect()
}

/// `TH`, `4TH` or `-1MO`.
fn weekday(text: &str) -> Result<(Option<i8>, Weekday), String> {
    let wrong = || format!("“{}” is not a weekday; write TH, 4TH or -1MO", shortened(text));
    let place = text.len().checked_sub(2).filter(|place| text.is_char_boundary(*place)).ok_or_else(wrong)?;
    let (nth, name) = text.split_at(place);
    let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let day = names
        .iter()
        .zip(Weekday::ALL)
        .find(|(found, _)| name.eq_ignore_ascii_case(found))
        .ok_or_else(wrong)?;
    let nth = match nth {
        "" => None,
        nth => Some(
            nth.parse::<i8>().ok().filter(|nth| (1..=5).contains(&nth.unsigned_abs())).ok_or_else(wrong)?,
        ),
    };
    Ok((nth, *day.1))
}

/// The last moment: a day counts until its end.
fn until(text: &str, zone: Zone) -> Result<NaiveDateTime, String> {
    use super::value::When;
    Ok(match when(text, zone, zone)? {
        When::Day(day) => day.and_hms_opt(23, 59, 59).unwrap_or_default(),
        When::Time(time) => time,
    })
}
