//! Time zones of the IANA database, and what the clocks on the wall show in them.

use std::{fmt, str::FromStr};

use chrono::{Duration, LocalResult, NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::stamp::Timestamp;

/// The furthest that a wall clock is from UTC, with room to spare.
const FURTHEST: Duration = Duration::hours(16);

/// A time zone, written as in the IANA database: `Europe/Berlin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(Tz);

/// A text that names no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a time zone; use a name of the IANA database, such as Europe/Berlin or UTC")]
pub struct UnknownZone(String);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// Its name in the IANA database.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// What the clocks show at this moment.
    #[must_use]
    pub fn wall(self, at: Timestamp) -> NaiveDateTime {
        at.with_timezone(&self.0).naive_local()
    }

    /// When the clocks first show this. What they show twice is its first occurrence; what they leave out, because they
    /// are put forward, is the moment at which they are.
    ///
    /// # Panics
    /// Within a day of the ends of the calendar (the years ±262,000).
    #[must_use]
    pub fn moment(self, wall: NaiveDateTime) -> Timestamp {
        match self.0.from_local_datetime(&wall) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc(),
            LocalResult::None => self.put_forward(wall),
        }
    }

    /// The moment at which the clocks leave this out: before it they show less, from it on more.
    fn put_forward(self, wall: NaiveDateTime) -> Timestamp {
        let (mut before, mut after) = (wall.and_utc() - FURTHEST, wall.and_utc() + FURTHEST);
        while after - before > Duration::seconds(1) {
            let between = before + (after - before) / 2;
            if self.wall(between) < wall {
                before = between;
            } else {
                after = between;
            }
        }
        Timestamp::from_timestamp(after.timestamp(), 0).unwrap_or(after)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(text: &str) -> Result<Self, UnknownZone> {
        text.parse().map(Self).map_err(|_| UnknownZone(text.chars().take(80).collect()))
    }
}

impl TryFrom<String> for Zone {
    type Error = UnknownZone;

    fn try_from(text: String) -> Result<Self, UnknownZone> {
        text.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name().to_owned()
    }
}
