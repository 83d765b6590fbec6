//! Shares of the time to a deadline.

use chrono::Duration;
use escalon_domain::sla::{Thresholds, share};

use crate::calendar::{at, office};

#[test]
fn levels_of_a_unit_of_work_are_due_at_their_share_of_the_days() {
    let (created, due) = (at("2026-01-01T00:00:00Z"), at("2026-01-10T00:00:00Z"));
    let after = |days: f64| created + Duration::seconds((days * 86_400.0) as i64);
    let levels: Vec<_> = Thresholds::default()
        .levels()
        .map(|(level, percent)| (level, share(created, due, percent, None)))
        .collect();
    assert_eq!(levels, [(1, after(4.5)), (2, after(6.75)), (3, after(8.1))]);
    assert_eq!(share(created, due, 100, None), due);
}

#[test]
fn with_a_calendar_it_is_a_share_of_the_working_time() {
    // Friday at nine to Tuesday at seventeen: 24 working hours.
    let office = office("UTC");
    let (created, due) = (at("2026-01-02T09:00:00Z"), at("2026-01-06T17:00:00Z"));
    for (percent, moment) in [
        (25, "2026-01-02T15:00:00Z"),
        (50, "2026-01-05T13:00:00Z"),
        (75, "2026-01-06T11:00:00Z"),
        (100, "2026-01-06T17:00:00Z"),
    ] {
        assert_eq!(share(created, due, percent, Some(&office)), at(moment), "{percent}");
    }
}

#[test]
fn clocks_that_change_do_not_move_a_share_of_all_time() {
    let (created, due) = (at("2026-03-28T12:00:00Z"), at("2026-03-30T12:00:00Z"));
    assert_eq!(share(created, due, 50, None), at("2026-03-29T12:00:00Z"));
}
