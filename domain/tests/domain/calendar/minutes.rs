//! A calendar walked minute by minute, the dumb way: what `calendar` computes is held against this, which shares none of its
//! code. And a source of chance that is the same in every run.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, Timelike};
use chrono_tz::Tz;
use escalon_domain::{
    calendar::{BusinessCalendar, Days, Weekday},
    stamp::Timestamp,
};

/// Zones with what is odd about their clocks, and a day on which it is.
pub(crate) const ODD_DAYS: &[(&str, &str)] = &[
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    // Half an hour only.
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    // At midnight: a day that begins at 01:00, and one whose last hour comes twice.
    ("America/Sao_Paulo", "2017-10-15"),
    ("America/Sao_Paulo", "2018-02-17"),
    // Winter time in the month of Ramadan.
    ("Africa/Casablanca", "2026-02-15"),
    ("Africa/Casablanca", "2026-03-22"),
    // A day that never was.
    ("Pacific/Apia", "2011-12-30"),
    ("Pacific/Kwajalein", "1993-08-21"),
    // A minute after midnight, back into the day before.
    ("America/St_Johns", "2010-11-07"),
    // Two hours.
    ("Antarctica/Troll", "2026-03-29"),
    ("Antarctica/Troll", "2026-10-25"),
    // Never.
    ("Asia/Kolkata", "2026-06-15"),
];

/// For each minute from a beginning on, whether the calendar is open.
pub(crate) struct Minutes {
    pub(crate) begin: Timestamp,
    pub(crate) open: Vec<bool>,
}

impl Minutes {
    /// Walks so many minutes from the beginning on.
    pub(crate) fn walk(calendar: &BusinessCalendar, begin: Timestamp, minutes: usize) -> Self {
        let zone: Tz = calendar.zone.name().parse().unwrap();
        let mut open = Vec::with_capacity(minutes);
        // The latest that the clocks have shown: an hour that they show again adds nothing to it.
        let mut latest = NaiveDateTime::MIN;
        let (mut day, mut spans) = (NaiveDate::MIN, Vec::new());
        let lead = 4 * 24 * 60;
        for minute in 0..lead + minutes {
            let at = begin + Duration::minutes(minute as i64 - lead as i64);
            let shown = at.with_timezone(&zone).naive_local();
            if shown > latest {
                latest = shown;
            }
            if latest.date() != day {
                day = latest.date();
                spans = spans_of(calendar, day.pred_opt().unwrap());
                spans.extend(spans_of(calendar, day));
            }
            let works = spans.iter().any(|(from, until)| *from <= latest && latest < *until);
            let closed =
                calendar.closures.iter().any(|closure| closure.from <= latest && latest < closure.until);
            if minute >= lead {
                open.push(works && !closed);
            }
        }
        Self { begin, open }
    }

    /// The moment of this minute.
    pub(crate) fn moment(&self, minute: usize) -> Timestamp {
        self.begin + Duration::minutes(minute as i64)
    }

    /// The open minutes between two.
    pub(crate) fn count(&self, from: usize, to: usize) -> i64 {
        let mut count = 0;
        for minute in from..to.max(from) {
            if self.open[minute] {
                count += 1;
            }
        }
        count
    }

    /// The first minute at which so many open ones have passed; none when the walk ends before.
    pub(crate) fn after(&self, from: usize, work: i64) -> Option<usize> {
        let mut passed = 0;
        for minute in from..=self.open.len() {
            if passed >= work {
                return Some(minute);
            }
            if minute < self.open.len() && self.open[minute] {
                passed += 1;
            }
        }
        None
    }

    /// The first open minute from this one on.
    pub(crate) fn next_open(&self, from: usize) -> Option<usize> {
        (from..self.open.len()).find(|minute| self.open[*minute])
    }
}

/// What begins on this day.
fn spans_of(calendar: &BusinessCalendar, day: NaiveDate) -> Vec<(NaiveDateTime, NaiveDateTime)> {
    let mut hours = Vec::new();
    for window in &calendar.windows {
        for weekday in &window.days {
            if weekday_name(day) == *weekday {
                hours.push((window.from.to_string(), window.until.to_string()));
            }
        }
    }
    for holiday in &calendar.holidays {
        if is_on(&holiday.on, day) {
            hours = holiday.open.iter().map(|open| (open.from.to_string(), open.until.to_string())).collect();
        }
    }
    let minutes = |text: &str| text[..2].parse::<i64>().unwrap() * 60 + text[3..].parse::<i64>().unwrap();
    let midnight = day.and_hms_opt(0, 0, 0).unwrap();
    let spans = hours.iter().map(|(from, until)| {
        let (from, mut until) = (minutes(from), minutes(until));
        if until <= from {
            until += 1_440;
        }
        (midnight + Duration::minutes(from), midnight + Duration::minutes(until))
    });
    spans.collect()
}

fn weekday_name(day: NaiveDate) -> Weekday {
    // The 1st of January 2024 was a Monday.
    let since = (day - NaiveDate::from_ymd_opt(2024, 1, 1).unwrap()).num_days().rem_euclid(7);
    Weekday::ALL[usize::try_from(since).unwrap()]
}

fn is_on(days: &Days, day: NaiveDate) -> bool {
    match days {
        Days::Day(one) => one.to_string() == day.to_string(),
        Days::Range { first, last } => {
            let mut one = *first;
            while one <= *last {
                if one == day {
                    return true;
                }
                one = one.succ_opt().unwrap();
            }
            false
        }
        Days::Yearly(yearly) => day.format("%m-%d").to_string() == yearly.to_string(),
        Days::YearlyWeekday { month, weekday, nth } => {
            let mut those = Vec::new();
            let mut one = NaiveDate::from_ymd_opt(day.year(), u32::from(*month), 1).unwrap();
            while one.month() == u32::from(*month) {
                if weekday_name(one) == *weekday {
                    those.push(one);
                }
                one = one.succ_opt().unwrap();
            }
            if *nth < 0 {
                those.reverse();
            }
            those.get(usize::from(nth.unsigned_abs()) - 1) == Some(&day)
        }
    }
}

/// Chance by xorshift64*, the same in every run.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit as u64).unwrap()
    }

    pub(crate) fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }

    pub(crate) fn of<T: Copy>(&mut self, some: &[T]) -> T {
        some[self.below(some.len())]
    }

    /// A time of day, `09:30`; often at night, when clocks change.
    pub(crate) fn time(&mut self) -> String {
        let hour = if self.one_in(2) { self.below(5) } else { self.below(24) };
        let minute = if self.one_in(3) { self.below(60) } else { self.of(&[0, 15, 30, 45]) };
        format!("{hour:02}:{minute:02}")
    }

    /// A moment of the clocks on the wall at most so many days before or after.
    pub(crate) fn wall(&mut self, day: NaiveDate, days: usize) -> NaiveDateTime {
        let days = self.below(2 * days + 1) as i64 - days as i64;
        let wall = day.and_hms_opt(0, 0, 0).unwrap()
            + Duration::days(days)
            + Duration::minutes(self.below(1_440) as i64);
        wall.with_second(0).unwrap()
    }
}
