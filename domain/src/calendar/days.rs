//! Which days a holiday is on.

use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::Weekday;

/// Some days of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Days {
    /// One day: `2026-05-15`.
    Day(NaiveDate),
    /// All days from the first to the last, both included.
    Range {
        /// The first.
        first: NaiveDate,
        /// The last.
        last: NaiveDate,
    },
    /// The same day of every year: `12-25`. The 29th of February is in leap years only.
    Yearly(MonthDay),
    /// The same weekday of the same month of every year: the fourth Thursday of November.
    YearlyWeekday {
        /// The month, from 1 to 12.
        month: u8,
        /// The day of the week.
        weekday: Weekday,
        /// Which one of the month: 1 to 5 from its beginning, -1 to -5 from its end.
        nth: i8,
    },
}

/// A day of a year, written `12-25`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MonthDay {
    month: u8,
    day: u8,
}

/// A text that names no day of a year.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a day of the year; use two digits for the month and two for the day, such as 12-25")]
pub struct InvalidMonthDay(String);

impl Days {
    /// Whether the day is among them.
    #[must_use]
    pub fn cover(&self, day: NaiveDate) -> bool {
        match *self {
            Self::Day(one) => one == day,
            Self::Range { first, last } => (first..=last).contains(&day),
            Self::Yearly(yearly) => yearly == MonthDay::of(day),
            Self::YearlyWeekday { month, weekday, nth } => {
                u32::from(month) == day.month() && weekday == day.weekday().into() && is_nth(day, nth)
            }
        }
    }
}

/// Whether the day is the nth of its weekday in its month.
fn is_nth(day: NaiveDate, nth: i8) -> bool {
    let from_beginning = day.day().div_ceil(7);
    let from_end = (u32::from(day.num_days_in_month()) - day.day()) / 7 + 1;
    u32::from(nth.unsigned_abs()) == if nth > 0 { from_beginning } else { from_end }
}

impl MonthDay {
    /// This month, from 1, and day, from 1; none where no year has that day.
    #[must_use]
    pub fn new(month: u8, day: u8) -> Option<Self> {
        // A leap year has every day that there is.
        NaiveDate::from_ymd_opt(2024, month.into(), day.into()).map(|_| Self { month, day })
    }

    /// The day of its year.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        let small = |number: u32| u8::try_from(number).unwrap_or_default();
        Self { month: small(day.month()), day: small(day.day()) }
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl FromStr for MonthDay {
    type Err = InvalidMonthDay;

    fn from_str(text: &str) -> Result<Self, InvalidMonthDay> {
        let read = || {
            let (month, day) = text.split_once('-')?;
            let two = |digits: &str| digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            if !two(month) || !two(day) {
                return None;
            }
            Self::new(month.parse().ok()?, day.parse().ok()?)
        };
        read().ok_or_else(|| InvalidMonthDay(text.chars().take(80).collect()))
    }
}

impl TryFrom<String> for MonthDay {
    type Error = InvalidMonthDay;

    fn try_from(text: String) -> Result<Self, InvalidMonthDay> {
        text.parse()
    }
}

impl From<MonthDay> for String {
    fn from(day: MonthDay) -> Self {
        day.to_string()
    }
}
