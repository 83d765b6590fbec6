//! What is open when: examples that can be checked with a calendar on the wall.

use chrono::Duration;
use escalon_domain::calendar::{BusinessCalendar, Closure, Days, Holiday, Weekday};

use super::{at, closed, hours, office, window};

fn always(zone: &str) -> BusinessCalendar {
    BusinessCalendar { windows: vec![window(Weekday::ALL, "00:00", "24:00")], ..office(zone) }
}

fn of_hours(hours: i64) -> Duration {
    Duration::hours(hours)
}

#[test]
fn a_window_is_open_from_its_beginning_to_just_before_its_end() {
    let office = office("Europe/Berlin");
    // A Monday in winter: 09:00 in Berlin is 08:00 in UTC.
    for (moment, open) in [
        ("2026-01-05T07:59:59.999999Z", false),
        ("2026-01-05T08:00:00Z", true),
        ("2026-01-05T15:59:59.999999Z", true),
        ("2026-01-05T16:00:00Z", false),
        ("2026-01-03T10:00:00Z", false),
    ] {
        assert_eq!(office.is_open(at(moment)), open, "{moment}");
    }
}

#[test]
fn a_weekend_counts_nothing() {
    let office = office("Europe/Berlin");
    let (friday, monday) = (at("2026-01-02T15:00:00Z"), at("2026-01-05T09:00:00Z"));
    assert_eq!(office.elapsed(friday, monday), of_hours(2));
    assert_eq!(office.after(friday, of_hours(2)), Some(monday));
    assert_eq!(office.next_open(at("2026-01-02T16:00:00Z")), Some(at("2026-01-05T08:00:00Z")));
}

#[test]
fn working_time_that_ends_with_a_window_is_over_at_its_end() {
    let office = office("UTC");
    let morning = at("2026-01-05T09:00:00Z");
    assert_eq!(office.after(morning, of_hours(8)), Some(at("2026-01-05T17:00:00Z")));
    assert_eq!(
        office.after(morning, of_hours(8) + Duration::microseconds(1)),
        Some(at("2026-01-06T09:00:00.000001Z"))
    );
    assert_eq!(office.after(morning, Duration::zero()), Some(morning));
    assert_eq!(office.elapsed(morning + of_hours(1), morning), Duration::zero());
}

#[test]
fn an_overnight_window_ends_the_next_day_holiday_or_not() {
    let nights = BusinessCalendar {
        windows: vec![window(&[Weekday::Thursday, Weekday::Friday], "22:00", "06:00")],
        holidays: vec![closed(Days::Day("2026-12-25".parse().unwrap()))],
        ..office("UTC")
    };
    // Thursday's window runs into Christmas; Friday's does not begin.
    let span = at("2026-12-24T00:00:00Z")..at("2026-12-27T00:00:00Z");
    assert_eq!(nights.open_within(span), [at("2026-12-24T22:00:00Z")..at("2026-12-25T06:00:00Z")]);
}

#[test]
fn a_day_when_the_clocks_change_has_the_hours_that_pass() {
    let always = always("Europe/Berlin");
    for (from, to, hours) in [
        ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23),
        ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25),
    ] {
        assert_eq!(always.elapsed(at(from), at(to)), of_hours(hours));
        assert_eq!(always.open_within(at(from)..at(to)), [at(from)..at(to)], "it is open without a break");
    }
}

#[test]
fn a_window_follows_the_clocks_on_the_wall() {
    let office = office("Europe/Berlin");
    // Friday 16:00 to Monday 10:00, over the change to summer time.
    assert_eq!(office.after(at("2026-03-27T15:00:00Z"), of_hours(2)), Some(at("2026-03-30T08:00:00Z")));
    // And over the change back.
    assert_eq!(office.after(at("2026-10-23T14:00:00Z"), of_hours(2)), Some(at("2026-10-26T09:00:00Z")));
}

#[test]
fn what_the_clocks_leave_out_is_not_open_and_what_they_show_twice_is_open_between_its_ends() {
    let sunday = |from, until| BusinessCalendar {
        windows: vec![window(&[Weekday::Sunday], from, until)],
        ..office("Europe/Berlin")
    };
    let spring = at("2026-03-28T12:00:00Z")..at("2026-03-29T12:00:00Z");
    assert_eq!(sunday("02:10", "02:50").open_within(spring.clone()), []);
    let after = at("2026-03-29T01:00:00Z")..at("2026-03-29T01:30:00Z");
    assert_eq!(sunday("02:30", "03:30").open_within(spring), [after]);
    let autumn = at("2026-10-24T12:00:00Z")..at("2026-10-25T12:00:00Z");
    let first = at("2026-10-25T00:00:00Z")..at("2026-10-25T00:30:00Z");
    assert_eq!(sunday("02:00", "02:30").open_within(autumn.clone()), [first]);
    let both = at("2026-10-25T00:30:00Z")..at("2026-10-25T02:30:00Z");
    assert_eq!(sunday("02:30", "03:30").open_within(autumn), [both]);
}

#[test]
fn a_day_that_a_country_left_out_is_not_open() {
    // Samoa went from Thursday the 29th to Saturday the 31st of December 2011.
    let always = always("Pacific/Apia");
    let (thursday, saturday) = (at("2011-12-29T10:00:00Z"), at("2011-12-31T10:00:00Z"));
    assert_eq!(always.elapsed(thursday, saturday), of_hours(48));
    let fridays = BusinessCalendar { windows: vec![window(&[Weekday::Friday], "09:00", "17:00")], ..always };
    assert_eq!(fridays.elapsed(thursday, at("2012-01-05T10:00:00Z")), Duration::zero());
}

#[test]
fn the_last_holiday_that_covers_a_day_counts() {
    let range = Days::Range { first: "2026-12-24".parse().unwrap(), last: "2026-12-31".parse().unwrap() };
    let emergency = Holiday {
        open: vec![hours("13:00", "15:00"), hours("10:00", "11:00")],
        ..closed(Days::Day("2026-12-29".parse().unwrap()))
    };
    let calendar = BusinessCalendar { holidays: vec![closed(range), emergency.clone()], ..office("UTC") };
    let span = at("2026-12-24T00:00:00Z")..at("2027-01-01T00:00:00Z");
    let open = [
        at("2026-12-29T10:00:00Z")..at("2026-12-29T11:00:00Z"),
        at("2026-12-29T13:00:00Z")..at("2026-12-29T15:00:00Z"),
    ];
    assert_eq!(calendar.open_within(span.clone()), open);
    let calendar = BusinessCalendar { holidays: vec![emergency, closed(range)], ..office("UTC") };
    assert_eq!(calendar.open_within(span), []);
}

#[test]
fn yearly_holidays_come_every_year() {
    let thanksgiving = Days::YearlyWeekday { month: 11, weekday: Weekday::Thursday, nth: 4 };
    let memorial = Days::YearlyWeekday { month: 5, weekday: Weekday::Monday, nth: -1 };
    let leap = Days::Yearly("02-29".parse().unwrap());
    for (days, day, covered) in [
        (Days::Yearly("12-25".parse().unwrap()), "2031-12-25", true),
        (thanksgiving, "2026-11-26", true),
        (thanksgiving, "2027-11-25", true),
        (thanksgiving, "2026-11-19", false),
        (memorial, "2026-05-25", true),
        (memorial, "2027-05-31", true),
        (memorial, "2027-05-24", false),
        (leap, "2028-02-29", true),
        (leap, "2027-03-01", false),
    ] {
        assert_eq!(days.cover(day.parse().unwrap()), covered, "{days:?} {day}");
    }
}

#[test]
fn a_closure_cuts_the_windows_it_meets() {
    let assembly = Closure {
        title: "Assembly".into(),
        from: "2026-01-05T12:00:00".parse().unwrap(),
        until: "2026-01-06T10:00:00".parse().unwrap(),
    };
    let calendar = BusinessCalendar { closures: vec![assembly], ..office("UTC") };
    let span = at("2026-01-05T00:00:00Z")..at("2026-01-07T00:00:00Z");
    let open = [
        at("2026-01-05T09:00:00Z")..at("2026-01-05T12:00:00Z"),
        at("2026-01-06T10:00:00Z")..at("2026-01-06T17:00:00Z"),
    ];
    assert_eq!(calendar.open_within(span), open);
    assert!(!calendar.is_open(at("2026-01-05T13:00:00Z")));
}

#[test]
fn a_calendar_that_never_opens_again_says_so() {
    let never = BusinessCalendar { windows: Vec::new(), ..office("Asia/Kolkata") };
    let now = at("2026-01-05T09:00:00Z");
    assert_eq!((never.after(now, of_hours(1)), never.next_open(now)), (None, None));
    assert_eq!(
        (never.is_open(now), never.elapsed(now, now + Duration::days(400))),
        (false, Duration::zero())
    );
}
