//! What clocks on the wall show, to the minute, and the hours between two such times.

use std::{fmt, str::FromStr};

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

const MINUTES_OF_A_DAY: u16 = 24 * 60;

/// What clocks on the wall show, from `00:00` to `24:00`, the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime {
    minutes: u16,
}

/// A text that no clock shows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is not a time of day; use two digits for the hour and two for the minute, from 00:00 to 24:00"
)]
pub struct InvalidClockTime(String);

/// The hours of a day between two times; they end on the next day if the end is not after the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// When they begin.
    pub from: ClockTime,
    /// When they end.
    pub until: ClockTime,
}

impl ClockTime {
    /// The beginning of the day.
    pub const MIDNIGHT: Self = Self { minutes: 0 };
    /// The end of the day.
    pub const END_OF_DAY: Self = Self { minutes: MINUTES_OF_A_DAY };

    /// This many minutes after midnight, up to 1,440.
    #[must_use]
    pub const fn at_minute(minutes: u16) -> Option<Self> {
        if minutes <= MINUTES_OF_A_DAY { Some(Self { minutes }) } else { None }
    }

    /// Minutes since midnight, from 0 to 1,440.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.minutes
    }
}

impl Hours {
    /// When they begin and end on the clocks on the wall, where they begin on this day.
    pub(crate) fn on(self, day: NaiveDate) -> (NaiveDateTime, NaiveDateTime) {
        let midnight = day.and_time(NaiveTime::MIN);
        let (from, until) = self.minutes();
        (midnight + Duration::minutes(from.into()), midnight + Duration::minutes(until.into()))
    }

    /// Beginning and end in minutes since the midnight before the beginning.
    pub(super) const fn minutes(self) -> (u16, u16) {
        let (from, until) = (self.from.minutes, self.until.minutes);
        (from, if until > from { until } else { until + MINUTES_OF_A_DAY })
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl FromStr for ClockTime {
    type Err = InvalidClockTime;

    fn from_str(text: &str) -> Result<Self, InvalidClockTime> {
        let read = || {
            let (hour, minute) = text.split_once(':')?;
            let two = |digits: &str| digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            if !two(hour) || !two(minute) {
                return None;
            }
            let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
            Self::at_minute(hour * 60 + minute).filter(|_| minute < 60)
        };
        read().ok_or_else(|| InvalidClockTime(text.chars().take(80).collect()))
    }
}

impl TryFrom<String> for ClockTime {
    type Error = InvalidClockTime;

    fn try_from(text: String) -> Result<Self, InvalidClockTime> {
        text.parse()
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.to_string()
    }
}
