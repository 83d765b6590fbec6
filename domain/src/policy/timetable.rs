//! When the levels of a policy are due. Each moment follows from what caused it: the round's beginning, or the moment at which
//! the level before was due. When that one was carried out does not matter, so lateness does not add up.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{EscalationPolicy, When};
use crate::stamp::Timestamp;

/// A level to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its number, from 1.
    pub level: u16,
    /// Which time through the levels it is, from 1; an escalation reaches a level of a round once. A round begins with each
    /// repeat, and whenever it escalates again.
    pub round: u32,
    /// Which pass through the policy it is since it last began or was taken up again, from 1; repeats are counted by it.
    pub pass: u16,
    /// When it is due; none while the moment of its threshold is not known.
    pub due: Option<Timestamp>,
}

/// What comes after a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// Another level.
    Level(Step),
    /// Nothing more: the policy is exhausted then.
    Exhaustion {
        /// When.
        due: Timestamp,
    },
}

impl EscalationPolicy {
    /// When each level is due that goes by thresholds, on the wall's clock: that share of the time from the start to the
    /// deadline, down to the microsecond. None for a policy of delays. By a business calendar, whoever has the calendar
    /// finds the moments.
    #[must_use]
    pub fn thresholds(&self, start: Timestamp, deadline: Timestamp) -> Vec<Timestamp> {
        let whole = i128::from((deadline - start).num_microseconds().unwrap_or(i64::MAX));
        let moment = |percent: u16| {
            let part = whole * i128::from(percent) / 100;
            let part = Duration::microseconds(i64::try_from(part).unwrap_or(i64::MAX));
            start.checked_add_signed(part).unwrap_or(Timestamp::MAX_UTC)
        };
        let percents = self.levels.iter().filter_map(|level| match level.when {
            When::ThresholdPercent(percent) => Some(percent),
            When::DelayMinutes(_) => None,
        });
        percents.map(moment).collect()
    }

    /// When a level is due, given when the one before it was, or for the first, when its round began. `thresholds` are the
    /// moments of all levels, for a policy that goes by them; a moment that passed before is due at once.
    #[must_use]
    pub fn due(&self, level: u16, before: Timestamp, thresholds: &[Timestamp]) -> Option<Timestamp> {
        match self.level(level)?.when {
            When::DelayMinutes(minutes) => Some(later(before, minutes)),
            When::ThresholdPercent(_) => {
                thresholds.get(usize::from(level) - 1).map(|moment| (*moment).max(before))
            }
        }
    }

    /// The first level, of a policy that begins at this moment.
    #[must_use]
    pub fn first(&self, start: Timestamp, round: u32, thresholds: &[Timestamp]) -> Step {
        Step { level: 1, round, pass: 1, due: self.due(1, start, thresholds) }
    }

    /// What comes after a level that was due at this moment.
    #[must_use]
    pub fn after(&self, step: Step, due: Timestamp, thresholds: &[Timestamp]) -> Next {
        if step.level < self.last() {
            let level = step.level + 1;
            return Next::Level(Step { level, due: self.due(level, due, thresholds), ..step });
        }
        let end = later(due, self.repeat.delay_minutes);
        if step.pass > self.repeat.times {
            return Next::Exhaustion { due: end };
        }
        let begin = self.due(1, end, thresholds);
        Next::Level(Step { level: 1, round: step.round + 1, pass: step.pass + 1, due: begin })
    }

    /// Every level of every round, and when it is due if nobody acknowledges. Ends early where thresholds are not known.
    #[must_use]
    pub fn timetable(&self, start: Timestamp, thresholds: &[Timestamp]) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut next = Next::Level(self.first(start, 1, thresholds));
        while let Next::Level(step @ Step { due: Some(due), .. }) = next {
            steps.push(step);
            next = self.after(step, due, thresholds);
        }
        steps
    }
}

/// So many minutes later, and never after the end of the calendar.
pub(crate) fn later(moment: Timestamp, minutes: u32) -> Timestamp {
    moment.checked_add_signed(Duration::minutes(i64::from(minutes))).unwrap_or(Timestamp::MAX_UTC)
}
