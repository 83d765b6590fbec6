//! Working time: whether it is open, how much of it has passed, and when so much of it will have.

use std::ops::Range;

use chrono::Duration;

use super::{BusinessCalendar, openings::Openings};
use crate::stamp::Timestamp;

/// How far is looked for working time that may never come: a hundred years.
const FURTHEST_DAYS: u64 = 36_525;

impl BusinessCalendar {
    /// Whether it is open at this moment: from the beginning of a window to just before its end.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        Openings::new(self, at, 1).next().is_some_and(|open| open.start == at)
    }

    /// The open parts of a span, in order; none touches another.
    #[must_use]
    pub fn open_within(&self, span: Range<Timestamp>) -> Vec<Range<Timestamp>> {
        let mut parts: Vec<Range<Timestamp>> = Vec::new();
        for open in self.parts(span) {
            match parts.last_mut() {
                Some(last) if last.end == open.start => last.end = open.end,
                _ => parts.push(open),
            }
        }
        parts
    }

    /// How much working time lies between two moments, to the microsecond; none when the second is not after the first.
    #[must_use]
    pub fn elapsed(&self, from: Timestamp, to: Timestamp) -> Duration {
        self.parts(from..to).map(|open| open.end - open.start).sum()
    }

    /// The first moment at which so much working time has passed; the moment itself for none or less. None when it does not
    /// come within a hundred years.
    #[must_use]
    pub fn after(&self, from: Timestamp, work: Duration) -> Option<Timestamp> {
        if work <= Duration::zero() {
            return Some(from);
        }
        let mut left = work;
        for open in Openings::new(self, from, FURTHEST_DAYS) {
            let length = open.end - open.start;
            if left <= length {
                return Some(open.start + left);
            }
            left -= length;
        }
        None
    }

    /// The next moment at which it is open: this one, if it is open now. None when it does not open within a hundred years.
    #[must_use]
    pub fn next_open(&self, at: Timestamp) -> Option<Timestamp> {
        Openings::new(self, at, FURTHEST_DAYS).next().map(|open| open.start)
    }

    fn parts(&self, span: Range<Timestamp>) -> impl Iterator<Item = Range<Timestamp>> {
        let days = (span.end - span.start).num_days().clamp(0, i64::MAX).unsigned_abs() + 2;
        let open = Openings::new(self, span.start, days);
        open.take_while(move |open| open.start < span.end).map(move |open| open.start..open.end.min(span.end))
    }
}
