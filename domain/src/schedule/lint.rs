//! What a lint says of a schedule: the hours of the week in which nobody is on call.

use std::{collections::BTreeMap, fmt, ops::Range};

use chrono::{Datelike, Duration, NaiveDateTime};

use super::Schedule;
use crate::stamp::Timestamp;

/// Hours in which nobody is on call, as they come again week by week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncovered {
    /// The first time, by the clocks on the wall.
    pub first: Range<NaiveDateTime>,
    /// How often it comes within the span.
    pub times: usize,
}

impl Schedule {
    /// The hours of a span in which nobody is on call, the first ones first. Those at the same days and times of several
    /// weeks are there once, with how often they come.
    ///
    /// A span as long as one whole cycle of each rotation shows all there is to see, overrides apart.
    #[must_use]
    pub fn uncovered(&self, span: Range<Timestamp>) -> Vec<Uncovered> {
        let mut found = BTreeMap::<_, Uncovered>::new();
        for gap in self.gaps(span) {
            let hours = self.zone.wall(gap.start)..self.zone.wall(gap.end);
            let week =
                (hours.start.weekday().num_days_from_monday(), hours.start.time(), hours.end - hours.start);
            found.entry(week).or_insert(Uncovered { first: hours, times: 0 }).times += 1;
        }
        let mut found: Vec<_> = found.into_values().collect();
        found.sort_unstable_by_key(|uncovered| uncovered.first.start);
        found
    }
}

impl fmt::Display for Uncovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = &self.first;
        let (day, moment) = ("%A %H:%M", "%Y-%m-%d %H:%M");
        if *end - *start >= Duration::weeks(1) {
            return write!(f, "{} to {}", start.format(moment), end.format(moment));
        }
        write!(f, "{} to {}", start.format(day), end.format(day))?;
        match self.times {
            1 => write!(f, " once, on {}", start.date()),
            times => write!(f, ", {times} times"),
        }
    }
}
