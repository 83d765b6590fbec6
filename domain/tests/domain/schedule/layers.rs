//! Layers over layers, restrictions, and spans of what comes out.

use chrono::Duration;
use escalon_domain::calendar::Weekday::{
    self, Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday,
};

use super::fixture::{at, daily, hours, layer, people, schedule, wall, weeks};
use crate::cast::{ALICE, BOB, CAROL};

const WORKDAYS: &[Weekday] = &[Monday, Tuesday, Wednesday, Thursday, Friday];

#[test]
fn the_last_layer_that_has_somebody_wins() {
    let mut days = layer("days", daily(1, "08:00"), &[&[BOB, CAROL], &[]]);
    days.starts = wall("2026-01-06T08:00:00");
    days.ends = Some(wall("2026-01-09T08:00:00"));
    let schedule = schedule([layer("always", daily(1, "08:00"), &[&[ALICE]]), days]);
    assert_eq!(people(&schedule, "2026-01-05T12:00:00Z"), [ALICE], "before it starts");
    assert_eq!(people(&schedule, "2026-01-06T12:00:00Z"), [BOB, CAROL]);
    assert_eq!(people(&schedule, "2026-01-07T12:00:00Z"), [ALICE], "a turn of nobody");
    assert_eq!(people(&schedule, "2026-01-09T06:59:59Z"), [BOB, CAROL]);
    assert_eq!(people(&schedule, "2026-01-09T07:00:00Z"), [ALICE], "when it ended");
}

#[test]
fn a_restricted_layer_is_on_call_at_its_times_only() {
    let mut office = weeks();
    office.restrictions = vec![hours(WORKDAYS, "09:00", "17:30")];
    let schedule = schedule([office]);
    for (moment, on_call) in [
        ("2026-01-05T07:59:59Z", false),
        ("2026-01-05T08:00:00Z", true),
        ("2026-01-05T16:29:59Z", true),
        ("2026-01-05T16:30:00Z", false),
        ("2026-01-10T12:00:00Z", false),
    ] {
        assert_eq!(!people(&schedule, moment).is_empty(), on_call, "{moment}");
    }
}

#[test]
fn a_time_over_midnight_belongs_to_the_day_it_begins_on() {
    let mut nights = weeks();
    nights.restrictions = vec![hours(&[Friday], "22:00", "06:00")];
    let schedule = schedule([nights]);
    for (moment, on_call) in [
        ("2026-01-08T22:00:00Z", false),
        ("2026-01-09T21:00:00Z", true),
        ("2026-01-10T04:59:59Z", true),
        ("2026-01-10T05:00:00Z", false),
        ("2026-01-10T21:00:00Z", false),
    ] {
        assert_eq!(!people(&schedule, moment).is_empty(), on_call, "{moment}");
    }
}

#[test]
fn gaps_are_when_nobody_is_on_call() {
    let mut office = weeks();
    office.restrictions = vec![
        hours(WORKDAYS, "00:00", "24:00"),
        hours(&[Saturday], "00:00", "12:00"),
        hours(&[Sunday], "18:00", "00:00"),
    ];
    let gaps = schedule([office]).gaps(at("2026-01-05T00:00:00Z")..at("2026-01-19T00:00:00Z"));
    let expected = [
        at("2026-01-05T00:00:00Z")..at("2026-01-05T07:00:00Z"),
        at("2026-01-10T11:00:00Z")..at("2026-01-11T17:00:00Z"),
        at("2026-01-17T11:00:00Z")..at("2026-01-18T17:00:00Z"),
    ];
    assert_eq!(gaps, expected);
}

#[test]
fn shifts_are_merged_by_turn_and_cut_by_the_span() {
    let mut office = layer("office", daily(1, "08:00"), &[&[BOB]]);
    office.restrictions = vec![hours(&[Wednesday], "00:00", "24:00"), hours(&[Thursday], "00:00", "04:00")];
    let schedule = schedule([weeks(), office]);
    let shifts = schedule.shifts(at("2026-01-06T00:00:00Z")..at("2026-01-13T00:00:00Z"));
    let short: Vec<_> = shifts
        .iter()
        .map(|shift| (shift.member, shift.from.to_rfc3339(), shift.until.to_rfc3339()))
        .collect();
    let expected = [
        (ALICE, "2026-01-06T00:00:00+00:00", "2026-01-06T23:00:00+00:00"),
        (BOB, "2026-01-06T23:00:00+00:00", "2026-01-07T07:00:00+00:00"),
        // The next turn is Bob's again.
        (BOB, "2026-01-07T07:00:00+00:00", "2026-01-08T03:00:00+00:00"),
        (ALICE, "2026-01-08T03:00:00+00:00", "2026-01-12T07:00:00+00:00"),
        (BOB, "2026-01-12T07:00:00+00:00", "2026-01-13T00:00:00+00:00"),
    ];
    assert_eq!(short, expected.map(|(member, from, until)| (member, from.to_owned(), until.to_owned())));
    let bobs = schedule.shifts_of(BOB, at("2026-01-06T00:00:00Z")..at("2026-01-13T00:00:00Z"));
    assert_eq!(bobs.len(), 3);
    let whole = schedule.whole_shifts(at("2026-01-13T00:00:00Z")..at("2026-01-13T01:00:00Z"));
    assert_eq!(
        whole.iter().map(|shift| shift.from..shift.until).collect::<Vec<_>>(),
        [at("2026-01-12T07:00:00Z")..at("2026-01-13T23:00:00Z")]
    );
}

#[test]
fn the_next_handoff_is_to_others() {
    let year = Duration::days(366);
    let mut twice = weeks();
    twice.participants = vec![vec![ALICE], vec![ALICE], vec![BOB]];
    let schedule = schedule([twice]);
    let now = at("2026-01-05T08:00:00Z");
    let handoff = schedule.next_handoff(now, now + year).unwrap();
    assert_eq!(handoff.at, at("2026-01-19T07:00:00Z"));
    let members = |on_call: &[escalon_domain::schedule::OnCall]| {
        on_call.iter().map(|one| one.member).collect::<Vec<_>>()
    };
    assert_eq!((members(&handoff.before), members(&handoff.after)), (vec![ALICE], vec![BOB]));
    assert_eq!(schedule.next_handoff(handoff.at, now + year).unwrap().at, at("2026-01-26T07:00:00Z"));
    assert_eq!(
        schedule.next_handoff(now, at("2026-01-19T07:00:00Z")),
        None,
        "looks no further than it is told"
    );
}

#[test]
fn a_week_without_any_restricted_time_is_crossed() {
    // Sunday, 29 March 2026: the clocks leave out the only half hour of that week.
    let mut sundays = weeks();
    sundays.restrictions = vec![hours(&[Sunday], "02:15", "02:45")];
    let schedule = schedule([sundays]);
    let now = at("2026-03-23T00:00:00Z");
    let handoff = schedule.next_handoff(now, now + Duration::days(30)).unwrap();
    assert_eq!(handoff.at, at("2026-04-05T00:15:00Z"));
}
