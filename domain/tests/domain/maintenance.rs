//! Maintenance windows: whom they cover, and when, across clock changes.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, Duration, NaiveDateTime, NaiveTime};
use escalon_domain::{
    alert::Suppression,
    calendar::{ClockTime, Hours, Weekday},
    definition::{Body, Pin},
    maintenance::{Affected, MaintenanceWindow, Period},
    stamp::Timestamp,
    zone::Zone,
};
use proptest::{prelude::*, test_runner::Config};

use crate::cast::{id, morning, noon, slug};

pub(crate) fn window(period: Period) -> MaintenanceWindow {
    MaintenanceWindow {
        name: slug("patch_night"),
        title: "Patch night".into(),
        source: Some(slug("prometheus")),
        category: None,
        period,
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn nights(zone: &str, days: &[Weekday], from: &str, to: &str) -> Period {
    let days = days.iter().copied().collect();
    let hours = Hours { from: from.parse().unwrap(), until: to.parse().unwrap() };
    Period::Weekly { zone: zone.parse().unwrap(), days, hours }
}

#[test]
fn it_is_for_a_source_a_category_or_both() {
    let once = Period::Once { from: morning(), until: noon() };
    let (prometheus, nagios, system, sales) =
        (slug("prometheus"), slug("nagios"), slug("system"), slug("sales"));
    let covers = |window: &MaintenanceWindow, source, category| {
        window.covers(morning(), Affected { source, category })
    };
    let by_source = window(once.clone());
    assert!(covers(&by_source, Some(&prometheus), &sales));
    assert!(!covers(&by_source, Some(&nagios), &sales) && !covers(&by_source, None, &sales));
    let by_category =
        MaintenanceWindow { source: None, category: Some(system.clone()), ..window(once.clone()) };
    assert!(covers(&by_category, Some(&nagios), &system) && covers(&by_category, None, &system));
    assert!(!covers(&by_category, Some(&nagios), &sales));
    let by_both = MaintenanceWindow { category: Some(system.clone()), ..window(once) };
    assert!(covers(&by_both, Some(&prometheus), &system) && !covers(&by_both, Some(&prometheus), &sales));
}

#[test]
fn once_is_from_its_first_moment_until_before_its_last() {
    let once = Period::Once { from: morning(), until: noon() };
    let instant = Duration::microseconds(1);
    assert_eq!(once.until(morning()), Some(noon()));
    assert_eq!(once.until(noon() - instant), Some(noon()));
    assert_eq!((once.until(morning() - instant), once.until(noon())), (None, None));
}

#[test]
fn a_night_belongs_to_the_day_on_which_it_begins() {
    // 2026-01-09 is a Friday.
    let friday = nights("Europe/Berlin", &[Weekday::Friday], "22:00", "04:00");
    assert_eq!(friday.until(at("2026-01-09T20:59:59Z")), None);
    assert_eq!(friday.until(at("2026-01-09T21:00:00Z")), Some(at("2026-01-10T03:00:00Z")));
    assert_eq!(friday.until(at("2026-01-10T02:59:59Z")), Some(at("2026-01-10T03:00:00Z")));
    assert_eq!(friday.until(at("2026-01-10T03:00:00Z")), None);
    assert_eq!(friday.until(at("2026-01-09T02:00:00Z")), None, "Thursday's night");
}

#[test]
fn the_same_time_twice_is_a_whole_day() {
    let sunday = nights("UTC", &[Weekday::Sunday], "00:00", "00:00");
    assert_eq!(sunday.until(at("2026-01-11T23:59:59Z")), Some(at("2026-01-12T00:00:00Z")));
    assert_eq!(
        (sunday.until(at("2026-01-10T23:59:59Z")), sunday.until(at("2026-01-12T00:00:00Z"))),
        (None, None)
    );
}

#[test]
fn a_night_is_as_long_as_the_clocks_make_it() {
    // The clocks of Berlin are put forward on 2026-03-29, and back on 2026-10-25.
    let saturday = nights("Europe/Berlin", &[Weekday::Saturday], "22:00", "04:00");
    let length = |begins: &str| saturday.until(at(begins)).unwrap() - at(begins);
    assert_eq!(length("2026-03-28T21:00:00Z"), Duration::hours(5));
    assert_eq!(length("2026-10-24T20:00:00Z"), Duration::hours(7));
}

#[test]
fn a_window_that_has_begun_goes_on_while_the_clocks_show_yesterday_again() {
    // On 2010-11-07, a Sunday, the clocks of St. John's were put back at 00:01, to 23:01 on Saturday.
    let sunday = nights("America/St_Johns", &[Weekday::Sunday], "00:00", "02:00");
    let until = Some(at("2010-11-07T05:30:00Z"));
    assert_eq!(sunday.until(at("2010-11-07T02:29:59Z")), None);
    assert_eq!(
        (sunday.until(at("2010-11-07T02:30:00Z")), sunday.until(at("2010-11-07T02:45:00Z"))),
        (until, until)
    );
}

#[test]
fn the_window_that_lasts_longest_says_until_when() {
    let (short, long) = (Pin { id: id(1), version: 1 }, Pin { id: id(2), version: 4 });
    let until = noon() + Duration::hours(2);
    let windows = [
        (short, window(Period::Once { from: morning(), until: noon() })),
        (long, window(Period::Once { from: morning(), until })),
        (
            Pin { id: id(3), version: 1 },
            window(Period::Once { from: noon(), until: until + Duration::days(1) }),
        ),
    ];
    let (source, category) = (slug("prometheus"), slug("system"));
    let affected = Affected { source: Some(&source), category: &category };
    let why =
        |at| MaintenanceWindow::suppression(windows.iter().map(|(pin, window)| (*pin, window)), at, affected);
    assert_eq!(why(morning()), Some(Suppression::Maintenance { window: long, until }));
    assert_eq!(why(morning() - Duration::seconds(1)), None);
}

#[test]
fn every_fault_is_named_at_once() {
    let faults =
        |window: &MaintenanceWindow| window.faults().iter().map(ToString::to_string).collect::<Vec<_>>();
    let bad = MaintenanceWindow {
        title: String::new(),
        source: None,
        ..window(Period::Once { from: noon(), until: noon() })
    };
    let found = faults(&bad);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found[1].starts_with("source: name a source")
            && found[2].starts_with("period.once.until: needs a moment after")
    );
    let endless = window(Period::Once { from: noon(), until: noon() + Duration::days(367) });
    assert!(faults(&endless)[0].starts_with("period.once.until: needs a moment within 366 days"));
    assert!(
        faults(&window(nights("UTC", &[], "22:00", "23:00")))[0]
            .starts_with("period.weekly.days: needs a day")
    );
    assert!(faults(&window(nights("UTC", &[Weekday::Monday], "22:00", "23:00"))).is_empty());
}

/// The first minute at which the clocks show this or more, found by looking at every minute.
fn first_shown(zone: Zone, wall: NaiveDateTime) -> Timestamp {
    let mut minute = wall.and_utc() - Duration::hours(16);
    while zone.wall(minute) < wall {
        minute += Duration::minutes(1);
    }
    minute
}

/// Whether a moment is in a window, by trying the days around it.
fn covered(zone: Zone, days: &BTreeSet<Weekday>, from: NaiveTime, to: NaiveTime, at: Timestamp) -> bool {
    let around = zone.wall(at).date() - Days::new(3);
    around.iter_days().take(6).any(|date| {
        let ends = if to <= from { date + Days::new(1) } else { date };
        days.contains(&Weekday::from(date.weekday()))
            && first_shown(zone, date.and_time(from)) <= at
            && at < first_shown(zone, ends.and_time(to))
    })
}

proptest! {
    #![proptest_config(Config { cases: 400, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_same_as_looking_at_every_minute(
        zone in prop_oneof!["UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe",
            "Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca"],
        days in proptest::collection::btree_set(0..7_u8, 1..4),
        (from, to) in (0..24 * 60_u32, 0..24 * 60_u32),
        // Around a change of the clocks, or anywhere in three years.
        minute in prop_oneof![
            -4_000..4_000_i64,
            (29_561_000 - 4_000..29_561_000 + 4_000_i64),
            (0..3 * 525_600_i64),
        ],
    ) {
        let zone: Zone = zone.parse().unwrap();
        let clock = |minutes: u32| NaiveTime::from_hms_opt(minutes / 60, minutes % 60, 0).unwrap();
        let day = |number: u8| Weekday::from(chrono::Weekday::try_from(number).unwrap());
        let days: BTreeSet<_> = days.into_iter().map(day).collect();
        let spring = at("2026-03-29T01:00:00Z");
        let moment: DateTime<chrono::Utc> = if minute > 29_000_000 {
            at("2026-10-25T01:00:00Z") + Duration::minutes(minute - 29_561_000)
        } else {
            spring + Duration::minutes(minute)
        };
        let shown = |minutes: u32| ClockTime::at_minute(minutes.try_into().unwrap()).unwrap();
        let hours = Hours { from: shown(from), until: shown(to) };
        let period = Period::Weekly { zone, days: days.clone(), hours };
        let expected = covered(zone, &days, clock(from), clock(to), moment);
        prop_assert_eq!(period.until(moment).is_some(), expected, "{:?} at {}", period, moment);
        if let Some(until) = period.until(moment) {
            prop_assert!(until > moment);
            prop_assert!(covered(zone, &days, clock(from), clock(to), until - Duration::minutes(1)));
        }
    }
}
