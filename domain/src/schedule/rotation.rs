//! Rotations: how long a turn lasts, and when the clocks on the wall show that the next one begins.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::{
    calendar::{ClockTime, Weekday},
    stamp::Timestamp,
    zone::Zone,
};

/// How often participants hand off. All of it is wall-clock time: a rotation of 12 hours that begins at 08:00 hands off at
/// 08:00 and 20:00 all year round, whatever the clocks do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Rotation {
    /// Every so many hours, counted from the start of the layer.
    Hourly {
        /// How many hours a turn lasts.
        #[serde(default = "one")]
        every: u16,
    },
    /// Every so many days.
    Daily {
        /// How many days a turn lasts.
        #[serde(default = "one")]
        every: u16,
        /// When it hands off.
        at: ClockTime,
    },
    /// Every so many weeks.
    Weekly {
        /// How many weeks a turn lasts.
        #[serde(default = "one")]
        every: u16,
        /// On which day it hands off.
        on: Weekday,
        /// When it hands off.
        at: ClockTime,
    },
}

const fn one() -> u16 {
    1
}

/// What the clocks show at this time of this day.
pub(super) fn clock(day: NaiveDate, at: ClockTime) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN) + Duration::minutes(at.minutes().into())
}

/// One turn of a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// Which it is; the first is 0.
    pub(super) number: u64,
    /// When it begins, of the first one perhaps before the layer does.
    pub(super) from: Timestamp,
    /// When it hands off.
    pub(super) until: Timestamp,
}

impl Rotation {
    /// How many of its units a turn lasts.
    pub(super) const fn every(self) -> u16 {
        match self {
            Self::Hourly { every } | Self::Daily { every, .. } | Self::Weekly { every, .. } => every,
        }
    }

    /// How many units a turn may last, and what they are called: up to a year.
    pub(super) const fn most(self) -> (u16, &'static str) {
        match self {
            Self::Hourly { .. } => (8_760, "hours"),
            Self::Daily { .. } => (365, "days"),
            Self::Weekly { .. } => (52, "weeks"),
        }
    }

    /// When it hands off, if it says so.
    pub(super) const fn at(self) -> Option<ClockTime> {
        match self {
            Self::Hourly { .. } => None,
            Self::Daily { at, .. } | Self::Weekly { at, .. } => Some(at),
        }
    }

    /// How long a turn lasts by the clocks.
    fn length(self) -> Duration {
        match self {
            Self::Hourly { every } => Duration::hours(every.into()),
            Self::Daily { every, .. } => Duration::days(every.into()),
            Self::Weekly { every, .. } => Duration::weeks(every.into()),
        }
    }

    /// When the first turn would have begun: the last time of handoff that is not after the start.
    fn anchor(self, starts: NaiveDateTime) -> NaiveDateTime {
        let (back, again, at) = match self {
            Self::Hourly { .. } => return starts,
            Self::Daily { at, .. } => (0, 1, at),
            Self::Weekly { on, at, .. } => {
                let today = Weekday::from(starts.weekday()).days_from_monday();
                ((today + 7 - on.days_from_monday()) % 7, 7, at)
            }
        };
        let anchor = clock(starts.date(), at) - Duration::days(back.into());
        if anchor > starts { anchor - Duration::days(again) } else { anchor }
    }

    /// The turn at a moment that is not before the start. Found by arithmetic, however long ago that was.
    ///
    /// What the clocks show tells the turn, but for the hour they show twice: then the next turn may have begun already,
    /// since a handoff happens when its time is first shown.
    pub(super) fn turn(self, zone: Zone, starts: NaiveDateTime, at: Timestamp) -> Turn {
        let (anchor, length) = (self.anchor(starts), self.length());
        let handoff = |number: i64| zone.moment(anchor + Duration::seconds(length.num_seconds() * number));
        let passed = (zone.wall(at) - anchor).num_seconds();
        let mut number = passed.div_euclid(length.num_seconds().max(1));
        let (mut from, mut until) = (handoff(number), handoff(number + 1));
        while until <= at {
            number += 1;
            (from, until) = (until, handoff(number + 1));
        }
        Turn { number: u64::try_from(number).unwrap_or_default(), from, until }
    }
}
