//! The hours of the day in which a member is not to be disturbed.

use chrono::{Days, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::{fault::Fault, stamp::Timestamp, zone::Zone};

/// Every day from one time to another, by the clocks of the member's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// When they begin.
    pub from: NaiveTime,
    /// When they end; on the next day, if that is not after they begin.
    pub to: NaiveTime,
    /// Whether what is urgent breaks them.
    pub urgent_breaks: bool,
}

impl QuietHours {
    /// All that is wrong with them.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        if self.from == self.to {
            let message = "must differ from the beginning; who wants no disturbance all day leaves the channel out of \
                           their preferences";
            return vec![Fault::at(["quiet_hours", "to"], message)];
        }
        Vec::new()
    }

    /// When they end, if this moment is in them. The moment of their end is not in them any more.
    #[must_use]
    pub fn end(&self, zone: Zone, at: Timestamp) -> Option<Timestamp> {
        let today = zone.wall(at).date();
        let nights = u64::from(self.to <= self.from);
        // Those that began yesterday may still last.
        [today.checked_sub_days(Days::new(1)), Some(today)].into_iter().flatten().find_map(|day| {
            let from = zone.moment(day.and_time(self.from));
            let to = zone.moment(day.checked_add_days(Days::new(nights))?.and_time(self.to));
            (from <= at && at < to).then_some(to)
        })
    }
}
