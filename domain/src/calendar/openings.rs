//! The open spans of a calendar, one after the other, found day by day.

use std::{collections::VecDeque, ops::Range};

use chrono::{Datelike, Days as DayCount, NaiveDate};

use super::{BusinessCalendar, Days, Hours, Weekday};
use crate::{stamp::Timestamp, zone::Zone};

/// Open spans from a moment on, in order. They do not overlap, and may touch.
pub(super) struct Openings<'c> {
    zone: Zone,
    week: [Vec<Hours>; 7],
    holidays: Vec<(&'c Days, Vec<Hours>)>,
    closed: Vec<Range<Timestamp>>,
    /// The next day to look at, and the last.
    day: Option<NaiveDate>,
    last: NaiveDate,
    /// No span begins before this.
    reached: Timestamp,
    found: VecDeque<Range<Timestamp>>,
}

impl<'c> Openings<'c> {
    /// From this moment on, and no further than this many days after it.
    pub(super) fn new(calendar: &'c BusinessCalendar, from: Timestamp, days: u64) -> Self {
        let today = calendar.zone.wall(from).date();
        let in_order = |hours: &mut Vec<Hours>| hours.sort_by_key(|hours| hours.from);
        let mut week = <[Vec<Hours>; 7]>::default();
        for window in &calendar.windows {
            for day in &window.days {
                week[usize::from(day.days_from_monday())].push(window.hours());
            }
        }
        week.iter_mut().for_each(in_order);
        let holidays = calendar.holidays.iter().rev().map(|holiday| {
            let mut open = holiday.open.clone();
            in_order(&mut open);
            (&holiday.on, open)
        });
        Self {
            zone: calendar.zone,
            week,
            holidays: holidays.collect(),
            closed: closed(calendar, from),
            // What began yesterday may still be open.
            day: Some(today.pred_opt().unwrap_or(today)),
            last: today.checked_add_days(DayCount::new(days)).unwrap_or(NaiveDate::MAX),
            reached: from,
            found: VecDeque::new(),
        }
    }

    /// The windows that begin on this day, in order.
    fn hours(&self, day: NaiveDate) -> &[Hours] {
        let holiday = self.holidays.iter().find(|(days, _)| days.cover(day));
        let usual = &self.week[usize::from(Weekday::from(day.weekday()).days_from_monday())];
        holiday.map_or(usual, |(_, open)| open)
    }

    /// Finds what opens on this day after all that was found before. As days follow each other, so do their moments.
    fn look_at(&mut self, day: NaiveDate) {
        for place in 0..self.hours(day).len() {
            let (from, until) = self.hours(day)[place].on(day);
            let mut start = self.zone.moment(from).max(self.reached);
            let end = self.zone.moment(until);
            self.reached = self.reached.max(end);
            for closed in self.closed.iter().filter(|closed| closed.start < end) {
                if start < closed.end {
                    self.found.push_back(start..closed.start);
                    start = closed.end;
                }
            }
            self.found.push_back(start..end);
        }
        self.found.retain(|span| span.start < span.end);
    }
}

/// The spans that are closed whatever the day, in order, as far as they end after this moment.
fn closed(calendar: &BusinessCalendar, from: Timestamp) -> Vec<Range<Timestamp>> {
    let moment = |wall| calendar.zone.moment(wall);
    let spans = calendar.closures.iter().map(|closure| moment(closure.from)..moment(closure.until));
    let mut spans: Vec<_> = spans.filter(|span| span.end > from).collect();
    spans.sort_by_key(|span| span.start);
    spans
}

impl Iterator for Openings<'_> {
    type Item = Range<Timestamp>;

    fn next(&mut self) -> Option<Range<Timestamp>> {
        loop {
            if let Some(span) = self.found.pop_front() {
                return Some(span);
            }
            let day = self.day.filter(|day| *day <= self.last)?;
            self.look_at(day);
            self.day = day.succ_opt();
        }
    }
}
