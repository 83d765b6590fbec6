//! When a window is: once, or every week by the clocks of a zone.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, Duration};
use serde::{Deserialize, Serialize};

use crate::{
    calendar::{Hours, Weekday},
    fault::Fault,
    stamp::Timestamp,
    zone::Zone,
};

/// The longest that a window may be at a stretch.
const LONGEST: Duration = Duration::days(366);

/// When a window is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Period {
    /// Once.
    Once {
        /// From this moment on.
        from: Timestamp,
        /// Until before this one.
        until: Timestamp,
    },
    /// Every week.
    Weekly {
        /// Whose clocks.
        zone: Zone,
        /// The days on which it begins.
        days: BTreeSet<Weekday>,
        /// The hours, by the clocks.
        hours: Hours,
    },
}

impl Period {
    /// When the stretch that includes this moment ends; none when none includes it.
    #[must_use]
    pub fn until(&self, at: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Once { from, until } => (*from <= at && at < *until).then_some(*until),
            Self::Weekly { zone, days, hours } => {
                // It may have begun the day before, or tomorrow: clocks that are put back can show yesterday again.
                let first = zone.wall(at).date().checked_sub_days(Days::new(2))?;
                let begins = first.iter_days().take(4).filter(|day| days.contains(&day.weekday().into()));
                let stretches = begins.map(|day| {
                    let (from, until) = hours.on(day);
                    (zone.moment(from), zone.moment(until))
                });
                stretches.filter(|(from, until)| *from <= at && at < *until).map(|(_, until)| until).max()
            }
        }
    }

    /// Everything that is wrong with it, each fault with its path in the window.
    pub(super) fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Once { from, until } if until <= from => {
                vec![Fault::at(["period", "once", "until"], "needs a moment after it begins")]
            }
            Self::Once { from, until } if *until - *from > LONGEST => {
                vec![Fault::at(
                    ["period", "once", "until"],
                    "needs a moment within 366 days of its beginning",
                )]
            }
            Self::Weekly { days, .. } if days.is_empty() => {
                vec![Fault::at(["period", "weekly", "days"], "needs a day at least, such as sunday")]
            }
            Self::Once { .. } | Self::Weekly { .. } => Vec::new(),
        }
    }
}
