//! Turns and their handoffs, where the clocks change, too.

use escalon_domain::{
    calendar::Weekday,
    schedule::{Schedule, Source},
};

use super::fixture::{at, daily, hand_off, hourly, layer, people, schedule, wall, weekly, weeks};
use crate::cast::{ALICE, BOB, CAROL, slug};

fn nights() -> Schedule {
    schedule([layer("nights", hourly(12), &[&[ALICE], &[BOB]])])
}

#[test]
fn weeks_hand_off_at_the_same_hour_in_summer_and_winter() {
    let handoffs = [
        ("2026-01-05T07:00:00Z", ALICE),
        ("2026-01-12T07:00:00Z", BOB),
        ("2026-01-19T07:00:00Z", CAROL),
        ("2026-01-26T07:00:00Z", ALICE),
        ("2026-03-30T06:00:00Z", ALICE),
        ("2026-10-26T07:00:00Z", ALICE),
    ];
    hand_off(&schedule([weeks()]), &handoffs);
}

#[test]
fn hours_keep_the_wall_clock() {
    let handoffs = [
        ("2026-03-28T19:00:00Z", BOB),
        ("2026-03-29T06:00:00Z", ALICE),
        ("2026-03-29T18:00:00Z", BOB),
        ("2026-10-24T18:00:00Z", BOB),
        ("2026-10-25T07:00:00Z", ALICE),
        ("2026-10-25T19:00:00Z", BOB),
    ];
    hand_off(&nights(), &handoffs);
}

#[test]
fn a_handoff_that_the_clocks_show_twice_is_the_first() {
    let schedule = schedule([layer("nights", daily(1, "02:30"), &[&[ALICE], &[BOB]])]);
    hand_off(&schedule, &[("2026-10-25T00:30:00Z", BOB), ("2026-10-26T01:30:00Z", ALICE)]);
    assert_eq!(people(&schedule, "2026-10-25T01:15:00Z"), [BOB], "the clocks show 02:15 again");
}

#[test]
fn a_handoff_that_the_clocks_leave_out_is_when_they_jump() {
    let schedule = schedule([layer("nights", daily(1, "02:30"), &[&[ALICE], &[BOB]])]);
    hand_off(&schedule, &[("2026-03-28T01:30:00Z", ALICE), ("2026-03-29T01:00:00Z", BOB)]);
}

#[test]
fn a_turn_that_the_clocks_leave_out_is_nobodys() {
    let mut hours = layer("hours", hourly(1), &[&[ALICE], &[BOB], &[CAROL]]);
    hours.starts = wall("2026-03-29T00:00:00");
    let handoffs = [
        ("2026-03-28T23:00:00Z", ALICE),
        ("2026-03-29T00:00:00Z", BOB),
        // From 02:00 to 03:00 it would be Carol's.
        ("2026-03-29T01:00:00Z", ALICE),
    ];
    hand_off(&schedule([hours]), &handoffs);
}

#[test]
fn the_first_turn_lasts_until_the_first_handoff() {
    let mut late = weeks();
    late.starts = wall("2026-01-07T12:00:00");
    let schedule = schedule([late]);
    assert_eq!(people(&schedule, "2026-01-07T10:59:59Z"), []);
    hand_off(&schedule, &[("2026-01-07T11:00:00Z", ALICE), ("2026-01-12T07:00:00Z", BOB)]);
    let mut early = schedule;
    early.layers[0].starts = wall("2026-01-05T07:00:00");
    hand_off(&early, &[("2026-01-05T06:00:00Z", ALICE), ("2026-01-05T07:00:00Z", BOB)]);
}

#[test]
fn a_turn_may_last_several_days_or_weeks() {
    let days = schedule([layer("days", daily(3, "09:00"), &[&[ALICE], &[BOB]])]);
    // It begins at 08:00 on the 5th, an hour before what counts as the third day of a first turn.
    hand_off(&days, &[("2026-01-07T08:00:00Z", BOB), ("2026-01-10T08:00:00Z", ALICE)]);
    let weeks = schedule([layer("weeks", weekly(2, Weekday::Friday, "17:00"), &[&[ALICE], &[BOB]])]);
    hand_off(&weeks, &[("2026-01-16T16:00:00Z", BOB), ("2026-01-30T16:00:00Z", ALICE)]);
}

#[test]
fn the_source_is_the_layer_and_its_turn() {
    let [one] = &schedule([weeks()]).on_call(at("2026-01-27T00:00:00Z"))[..] else {
        panic!("one is on call")
    };
    assert_eq!((one.member, &one.source), (ALICE, &Source::Layer { name: slug("weeks"), turn: 3 }));
}

#[test]
fn centuries_away_is_as_near_as_tomorrow() {
    let mut minutely = layer("hours", hourly(1), &[&[ALICE], &[BOB], &[CAROL]]);
    minutely.starts = wall("1970-01-01T00:00:00");
    let schedule = schedule([minutely]);
    for _ in 0..1_000 {
        assert_eq!(people(&schedule, "2999-12-31T23:00:00Z").len(), 1);
    }
}

#[test]
fn moments_at_the_ends_of_the_calendar_are_nobodys() {
    for moment in [chrono::DateTime::<chrono::Utc>::MIN_UTC, chrono::DateTime::<chrono::Utc>::MAX_UTC] {
        assert_eq!(nights().on_call(moment), []);
    }
    assert_eq!(people(&nights(), "9999-12-31T22:59:59Z").len(), 1);
    assert_eq!(people(&nights(), "9999-12-31T23:00:00Z").len(), 0);
}
