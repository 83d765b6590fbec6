//! The marks on a clock's face, and when its hand came to them.

use chrono::Duration;

use super::{ThresholdMoment, Thresholds, target::Passing};
use crate::stamp::Timestamp;

/// So much elapsed time, and when it was reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) at: Duration,
    pub(super) reached: Option<Timestamp>,
}

/// The marks of a clock.
#[derive(Debug, Clone)]
pub(super) struct Marks {
    pub(super) levels: Vec<(u8, u8, Mark)>,
    pub(super) at_risk: Mark,
    pub(super) breached: Mark,
}

impl Marks {
    /// The marks of a clock of this time.
    pub(super) fn new(time: Duration, buffer: Duration, thresholds: &Thresholds) -> Self {
        let mark = |at| Mark { at, reached: None };
        let level = |(level, percent)| (level, percent, mark(part(time, i64::from(percent), 100)));
        let levels = thresholds.levels().map(level).collect();
        Self { levels, at_risk: mark(time - buffer), breached: mark(time) }
    }

    /// Those of another time for the same clock. A level that was reached stays so. That it was at risk or breached holds only as
    /// far as what has elapsed makes it so now.
    pub(super) fn kept(mut self, former: &Self, elapsed: Duration) -> Self {
        for ((.., mark), (.., old)) in self.levels.iter_mut().zip(&former.levels) {
            mark.reached = old.reached;
        }
        for (mark, old) in [(&mut self.at_risk, former.at_risk), (&mut self.breached, former.breached)] {
            mark.reached = old.reached.filter(|_| mark.at <= elapsed);
        }
        self
    }

    /// The hand goes from so much elapsed time, at a moment, to so much more.
    pub(super) fn pass(&mut self, passing: Passing<'_>, since: Timestamp, from: Duration, to: Duration) {
        let levels = self.levels.iter_mut().map(|(.., mark)| mark);
        for mark in levels.chain([&mut self.at_risk, &mut self.breached]) {
            if mark.reached.is_none() && mark.at <= to {
                mark.reached = passing.after(since, mark.at - from);
            }
        }
    }

    /// The levels, and when they were or will be reached.
    pub(super) fn thresholds(&self, reached: impl Fn(&Mark) -> Option<Timestamp>) -> Vec<ThresholdMoment> {
        let moment = |(level, percent, mark): &(u8, u8, Mark)| ThresholdMoment {
            level: *level,
            percent: *percent,
            due: reached(mark),
        };
        self.levels.iter().map(moment).collect()
    }
}

/// A part of a time, to the microsecond: `time` · `of` ÷ `whole`, rounded down.
pub(super) fn part(time: Duration, of: i64, whole: i64) -> Duration {
    let part = i128::from(micros(time)) * i128::from(of) / i128::from(whole.max(1));
    Duration::microseconds(i64::try_from(part).unwrap_or(i64::MAX))
}

/// A time in microseconds.
pub(super) fn micros(time: Duration) -> i64 {
    time.num_microseconds().unwrap_or(i64::MAX)
}
