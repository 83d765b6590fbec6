//! Restrictions: a layer that is on call only at some times of the week.

use std::{collections::BTreeSet, ops::Range};

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::rotation::clock;
use crate::{
    calendar::{ClockTime, Weekday},
    fault::Fault,
    stamp::Timestamp,
    zone::Zone,
};

/// Times at which a layer is on call, by the clocks on the wall. What is longer than a day takes several: Friday 18:00 to
/// Monday 08:00 is Friday from 18:00 to 24:00, Saturday and Sunday from 00:00 to 24:00, and Monday from 00:00 to 08:00.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restriction {
    /// The days on which it begins; every day when absent.
    #[serde(default = "every_day")]
    pub days: BTreeSet<Weekday>,
    /// When it begins.
    pub from: ClockTime,
    /// When it ends: on the next day, if that is not later than it begins.
    pub until: ClockTime,
}

fn every_day() -> BTreeSet<Weekday> {
    Weekday::ALL.iter().copied().collect()
}

/// How many days are looked at: yesterday, of which something may last, today and a week ahead.
const AHEAD: usize = 9;

impl Restriction {
    /// From when until when it is on call by what begins on this day, if anything does. It is empty where the clocks leave
    /// out all of it.
    fn window(&self, zone: Zone, day: NaiveDate) -> Option<Range<Timestamp>> {
        if !self.days.contains(&day.weekday().into()) {
            return None;
        }
        let last = if self.until > self.from { day } else { day.checked_add_days(Days::new(1))? };
        Some(zone.moment(clock(day, self.from))..zone.moment(clock(last, self.until)))
    }

    /// What is wrong with it; `path` is where it stands.
    pub(super) fn faults(&self, path: [&str; 4]) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |field, message| {
            let [layers, layer, restrictions, place] = path;
            faults.push(Fault::at([layers, layer, restrictions, place, field], message));
        };
        if self.days.is_empty() {
            fault("days", "names no day; leave it out for every day");
        }
        if self.from == self.until {
            fault("until", "is when it begins, so that it is no time at all; all day is from 00:00 to 24:00");
        }
        if self.from == ClockTime::END_OF_DAY {
            fault("from", "is where the day ends; use 00:00 of the next day");
        }
        faults
    }
}

/// Whether any of them is on call at a moment, and until when that surely stays so. No restriction is no limit.
pub(super) fn allowed(restrictions: &[Restriction], zone: Zone, at: Timestamp) -> (bool, Option<Timestamp>) {
    if restrictions.is_empty() {
        return (true, None);
    }
    let Some(first) = zone.wall(at).date().pred_opt() else { return (true, None) };
    let (mut inside, mut until) = (false, None::<Timestamp>);
    for day in first.iter_days().take(AHEAD) {
        let midnight = zone.moment(clock(day, ClockTime::MIDNIGHT));
        if until.is_some_and(|edge| edge <= midnight) {
            return (inside, until);
        }
        for window in restrictions.iter().filter_map(|restriction| restriction.window(zone, day)) {
            inside |= window.contains(&at);
            until = [window.start, window.end].into_iter().filter(|edge| *edge > at).chain(until).min();
        }
    }
    let horizon = first.checked_add_days(Days::new(AHEAD as u64));
    (inside, until.or_else(|| horizon.map(|day| zone.moment(clock(day, ClockTime::MIDNIGHT)))))
}
