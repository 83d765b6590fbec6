//! The hours in which nobody is on call, by day and time.

use escalon_domain::calendar::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

use super::fixture::{at, cover, hours, schedule, weeks};
use crate::cast::BOB;

#[test]
fn nothing_is_uncovered_when_somebody_always_is_on_call() {
    assert_eq!(schedule([weeks()]).uncovered(at("2026-01-06T00:00:00Z")..at("2027-01-06T00:00:00Z")), []);
}

#[test]
fn the_same_hours_of_many_weeks_are_told_once() {
    let mut office = weeks();
    let workdays = [Monday, Tuesday, Wednesday, Thursday, Friday];
    office.restrictions = vec![hours(&workdays, "00:00", "24:00"), hours(&[Sunday], "20:00", "24:00")];
    let mut schedule = schedule([office]);
    // Across a change of the clocks: the hours are those of the clocks.
    let span = at("2026-03-02T00:00:00Z")..at("2026-05-04T00:00:00Z");
    let told = |schedule: &escalon_domain::schedule::Schedule| {
        schedule.uncovered(span.clone()).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(told(&schedule), ["Saturday 00:00 to Sunday 20:00, 9 times"]);
    schedule.overrides = vec![cover("2026-03-14T05:00:00Z", "2026-03-14T10:00:00Z", &[BOB])];
    let expected = [
        "Saturday 00:00 to Sunday 20:00, 8 times",
        "Saturday 00:00 to Saturday 06:00 once, on 2026-03-14",
        "Saturday 11:00 to Sunday 20:00 once, on 2026-03-14",
    ];
    assert_eq!(told(&schedule), expected);
    schedule.layers[0].restrictions.pop();
    schedule.layers[0].restrictions[0].days = [Saturday].into();
    schedule.layers[0].ends = Some("2026-03-14T08:00:00".parse().unwrap());
    assert_eq!(told(&schedule).last().unwrap(), "2026-03-14 11:00 to 2026-05-04 02:00");
}
