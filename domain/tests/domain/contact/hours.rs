//! Quiet hours and digests, by the clocks of the member's zone.

use chrono::{Duration, NaiveTime};
use escalon_domain::{
    contact::{Preferences, QuietHours},
    escalation::Urgency,
    stamp::Timestamp,
    zone::Zone,
};
use proptest::prelude::*;

const ZONES: [&str; 6] =
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns", "UTC"];

fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap()
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn quiet(from: &str, to: &str) -> QuietHours {
    QuietHours { from: time(from), to: time(to), urgent_breaks: true }
}

#[test]
fn they_last_over_midnight_and_their_end_is_not_in_them() {
    let (hours, berlin) = (quiet("22:00", "07:00"), "Europe/Berlin".parse().unwrap());
    for (at, end) in [
        ("2026-01-05T20:59:59Z", None),
        ("2026-01-05T21:00:00Z", Some("2026-01-06T06:00:00Z")),
        ("2026-01-06T05:59:59Z", Some("2026-01-06T06:00:00Z")),
        ("2026-01-06T06:00:00Z", None),
        // The clocks are put forward in this night: it has an hour less.
        ("2026-03-28T21:30:00Z", Some("2026-03-29T05:00:00Z")),
        // And back in this one.
        ("2026-10-24T20:00:00Z", Some("2026-10-25T06:00:00Z")),
    ] {
        assert_eq!(hours.end(berlin, moment(at)), end.map(moment), "{at}");
    }
}

#[test]
fn hours_that_the_clocks_leave_out_disturb_nobody() {
    let (hours, berlin) = (quiet("02:00", "03:00"), "Europe/Berlin".parse().unwrap());
    let mut minutes = (0..24 * 60).map(|minute| moment("2026-03-28T23:00:00Z") + Duration::minutes(minute));
    assert!(minutes.all(|at| hours.end(berlin, at).is_none()));
}

#[test]
fn a_digest_is_due_at_the_next_time_and_what_is_urgent_does_not_wait() {
    let wants = Preferences { digest_at: Some(time("08:00")), ..Preferences::default() };
    let berlin: Zone = "Europe/Berlin".parse().unwrap();
    let due = |urgency, at| wants.digest(urgency, berlin, moment(at));
    assert_eq!(due(Urgency::High, "2026-01-05T07:00:00Z"), Some(moment("2026-01-05T07:00:00Z")));
    assert_eq!(due(Urgency::High, "2026-01-05T07:00:01Z"), Some(moment("2026-01-06T07:00:00Z")));
    assert_eq!(due(Urgency::Low, "2026-03-28T12:00:00Z"), Some(moment("2026-03-29T06:00:00Z")));
    assert_eq!(due(Urgency::Urgent, "2026-01-05T07:00:00Z"), None);
    assert_eq!(Preferences::default().digest(Urgency::Low, berlin, moment("2026-01-05T07:00:00Z")), None);
}

/// What somebody would say who watches the clock minute by minute, and acts when it shows a time for the first time or has
/// passed over it.
fn watched(hours: QuietHours, zone: Zone, at: Timestamp) -> Option<Timestamp> {
    let start = at - Duration::days(3);
    let (mut furthest, mut quiet) = (zone.wall(start), false);
    for minute in 1..6 * 24 * 60 {
        let now = start + Duration::minutes(minute);
        let was_quiet = quiet;
        while furthest < zone.wall(now) {
            furthest += Duration::minutes(1);
            if furthest.time() == hours.to {
                quiet = false;
            }
            if furthest.time() == hours.from {
                quiet = true;
            }
        }
        match now > at {
            false => {}
            true if !was_quiet => return None,
            true if !quiet => return Some(now),
            true => {}
        }
    }
    None
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn they_are_what_somebody_sees_who_watches_the_clock(
        zone in 0..ZONES.len(), from in 0..96_u32, to in 0..96_u32, minute in 0..366_i64 * 24 * 60,
    ) {
        prop_assume!(from != to);
        let zone: Zone = ZONES[zone].parse().unwrap();
        let quarter = |quarters: u32| NaiveTime::from_hms_opt(quarters / 4, quarters % 4 * 15, 0).unwrap();
        let hours = QuietHours { from: quarter(from), to: quarter(to), urgent_breaks: false };
        let at = moment("2026-01-01T00:00:00Z") + Duration::minutes(minute);
        prop_assert_eq!(hours.end(zone, at), watched(hours, zone, at));
    }
}
