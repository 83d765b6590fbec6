//! Overrides and swaps.

use escalon_domain::schedule::Source;

use super::fixture::{at, cover, instead, layer, people, schedule, swap, weekly, weeks};
use crate::cast::{ALICE, BOB, CAROL};
use escalon_domain::calendar::Weekday;

const FROM: &str = "2026-01-06T12:00:00Z";
const UNTIL: &str = "2026-01-06T18:00:00Z";
const WITHIN: &str = "2026-01-06T17:59:59Z";

#[test]
fn a_cover_holds_within_its_span_whoever_would_be_on_call() {
    let mut schedule = schedule([weeks()]);
    schedule.overrides = vec![cover(FROM, UNTIL, &[CAROL, BOB])];
    assert_eq!(people(&schedule, "2026-01-06T11:59:59Z"), [ALICE]);
    assert_eq!(people(&schedule, FROM), [BOB, CAROL]);
    assert_eq!(people(&schedule, WITHIN), [BOB, CAROL]);
    assert_eq!(people(&schedule, UNTIL), [ALICE]);
    assert!(schedule.on_call(at(FROM)).iter().all(|one| one.source == Source::Override { place: 0 }));
}

#[test]
fn a_cover_closes_a_gap() {
    let mut schedule = schedule([weeks()]);
    schedule.overrides = vec![cover("2025-12-31T00:00:00Z", "2026-01-05T07:00:00Z", &[BOB])];
    assert_eq!(people(&schedule, "2026-01-01T00:00:00Z"), [BOB]);
    assert_eq!(schedule.gaps(at("2025-12-31T00:00:00Z")..at("2026-02-01T00:00:00Z")), []);
}

#[test]
fn a_cover_for_one_leaves_the_others() {
    let pair = layer("pairs", weekly(1, Weekday::Monday, "08:00"), &[&[ALICE, BOB], &[BOB]]);
    let mut schedule = schedule([pair]);
    schedule.overrides = vec![instead(FROM, "2026-01-20T00:00:00Z", CAROL, ALICE)];
    assert_eq!(people(&schedule, WITHIN), [BOB, CAROL]);
    assert_eq!(
        people(&schedule, "2026-01-13T00:00:00Z"),
        [BOB],
        "Alice is not on call, so nobody is instead of her"
    );
    schedule.overrides = vec![instead(FROM, UNTIL, BOB, ALICE)];
    let [one] = &schedule.on_call(at(WITHIN))[..] else { panic!("Bob alone is on call") };
    assert!(one.member == BOB && matches!(one.source, Source::Layer { .. }), "by his own turn: {one:?}");
}

#[test]
fn a_swap_exchanges_the_shifts_of_two() {
    let mut schedule = schedule([weeks()]);
    schedule.overrides = vec![swap("2026-01-05T00:00:00Z", "2026-01-19T07:00:00Z", [ALICE, BOB])];
    assert_eq!(people(&schedule, "2026-01-06T00:00:00Z"), [BOB]);
    assert_eq!(people(&schedule, "2026-01-13T00:00:00Z"), [ALICE]);
    assert_eq!(people(&schedule, "2026-01-20T00:00:00Z"), [CAROL]);
    assert_eq!(people(&schedule, "2026-01-27T00:00:00Z"), [ALICE], "after its span");
}

#[test]
fn two_who_are_on_call_together_have_nothing_to_exchange() {
    let mut schedule = schedule([layer("pair", weekly(1, Weekday::Monday, "08:00"), &[&[ALICE, BOB]])]);
    schedule.overrides = vec![swap(FROM, UNTIL, [ALICE, BOB])];
    let as_before = schedule.on_call(at("2026-01-06T00:00:00Z"));
    assert_eq!(schedule.on_call(at(WITHIN)), as_before);
}

#[test]
fn each_override_changes_what_those_before_it_made() {
    let mut schedule = schedule([weeks()]);
    schedule.overrides = vec![cover(FROM, UNTIL, &[BOB]), swap(FROM, UNTIL, [BOB, CAROL])];
    assert_eq!(people(&schedule, WITHIN), [CAROL]);
    schedule.overrides.reverse();
    assert_eq!(people(&schedule, WITHIN), [BOB]);
}

#[test]
fn everybody_is_a_member_it_names() {
    let mut schedule = schedule([layer("all", weekly(1, Weekday::Monday, "08:00"), &[&[ALICE], &[]])]);
    assert_eq!(schedule.members(), [ALICE].into());
    schedule.overrides = vec![swap(FROM, UNTIL, [ALICE, BOB]), instead(FROM, UNTIL, ALICE, CAROL)];
    assert_eq!(schedule.members(), [ALICE, BOB, CAROL].into());
}
