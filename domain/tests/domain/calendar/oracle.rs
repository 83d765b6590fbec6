//! The arithmetic of calendars against a walk of every minute, around days on which clocks do what they do.

use chrono::{Duration, NaiveDate};
use escalon_domain::{
    calendar::{BusinessCalendar, Closure, Days, Holiday, Hours, Weekday, Window},
    stamp::Timestamp,
};

use super::{
    minutes::{Chance, Minutes, ODD_DAYS},
    office,
};

/// Three weeks around an odd day.
const MINUTES: usize = 21 * 24 * 60;

fn hours(chance: &mut Chance) -> Hours {
    loop {
        let (from, until) = (chance.time().parse().unwrap(), chance.time().parse().unwrap());
        if from != until {
            return Hours { from, until };
        }
    }
}

/// Any calendar, also one whose windows overlap.
pub(crate) fn calendar(chance: &mut Chance, zone: &str, around: NaiveDate) -> BusinessCalendar {
    let mut calendar = BusinessCalendar { windows: Vec::new(), ..office(zone) };
    for _ in 0..1 + chance.below(4) {
        let Hours { from, until } = hours(chance);
        let days = Weekday::ALL.iter().copied().filter(|_| !chance.one_in(3)).collect();
        calendar.windows.push(Window { days, from, until });
    }
    for _ in 0..chance.below(4) {
        let first = chance.wall(around, 8).date();
        let on = match chance.below(4) {
            0 => Days::Day(first),
            1 => Days::Range { first, last: first + Duration::days(chance.below(4) as i64) },
            2 => Days::Yearly(first.format("%m-%d").to_string().parse().unwrap()),
            _ => Days::YearlyWeekday {
                month: u8::try_from(chrono::Datelike::month(&first)).unwrap(),
                weekday: chance.of(Weekday::ALL),
                nth: chance.of(&[1, 2, 3, 4, 5, -1, -2, -3, -4, -5]),
            },
        };
        let open = (0..chance.below(3)).map(|_| hours(chance)).collect();
        calendar.holidays.push(Holiday { title: "Holiday".into(), on, open });
    }
    for _ in 0..chance.below(3) {
        let from = chance.wall(around, 4);
        let until = from + Duration::minutes(1 + chance.below(3_000) as i64);
        calendar.closures.push(Closure { title: "Closed".into(), from, until });
    }
    calendar
}

/// Ten days before the odd day.
pub(crate) fn beginning(around: NaiveDate) -> Timestamp {
    (around - Duration::days(10)).and_hms_opt(12, 0, 0).unwrap().and_utc()
}

/// Compares so many cases, and says how many calendars they were about.
fn compare(cases: usize, each: usize) {
    for number in 0..cases / each {
        let mut chance = Chance::new(number as u64 + 1);
        let (zone, day) = ODD_DAYS[number % ODD_DAYS.len()];
        let around: NaiveDate = day.parse().unwrap();
        let calendar = calendar(&mut chance, zone, around);
        let walked = Minutes::walk(&calendar, beginning(around), MINUTES);
        for _ in 0..each {
            // Most spans are short, some are weeks.
            let from = chance.below(MINUTES);
            let to = if chance.one_in(4) {
                chance.below(MINUTES)
            } else {
                (from + chance.below(3_000)).min(MINUTES)
            };
            let work = chance.below(1 + to.abs_diff(from)) as i64;
            one_case(&calendar, &walked, from, to, work);
        }
    }
}

fn one_case(calendar: &BusinessCalendar, walked: &Minutes, from: usize, to: usize, work: i64) {
    let (start, end) = (walked.moment(from), walked.moment(to));
    let story = || {
        format!("\n{}\nfrom {start} to {end}, work {work}", serde_json::to_string_pretty(calendar).unwrap())
    };
    assert_eq!(calendar.is_open(start), walked.open[from], "is it open? {}", story());
    assert_eq!(
        calendar.elapsed(start, end),
        Duration::minutes(walked.count(from, to)),
        "elapsed {}",
        story()
    );
    let beyond = walked.moment(MINUTES);
    for (what, ours, theirs) in [
        ("after", calendar.after(start, Duration::minutes(work)), walked.after(from, work)),
        ("next open", calendar.next_open(start), walked.next_open(from)),
    ] {
        match theirs {
            Some(minute) => assert_eq!(ours, Some(walked.moment(minute)), "{what} {}", story()),
            None => assert!(ours.is_none_or(|moment| moment >= beyond), "{what} is {ours:?} {}", story()),
        }
    }
    let parts = calendar.open_within(start..end);
    let sum: Duration = parts.iter().map(|part| part.end - part.start).sum();
    assert_eq!(sum, Duration::minutes(walked.count(from, to)), "the open parts {}", story());
    assert!(parts.windows(2).all(|pair| pair[0].end < pair[1].start), "{parts:?} touch {}", story());
}

#[test]
fn a_share_of_the_cases_agrees_with_a_walk_of_every_minute() {
    compare(6_000, 100);
}

#[test]
#[ignore = "takes long without optimisation: cargo test --release -p escalon-domain -- --ignored"]
fn all_cases_agree_with_a_walk_of_every_minute() {
    compare(60_000, 50);
}
