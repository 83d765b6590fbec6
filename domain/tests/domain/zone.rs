//! What clocks on the wall show, and when.

use escalon_domain::{stamp::Timestamp, zone::Zone};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_moment_that_the_clocks_show_twice_is_its_first_occurrence() {
    let berlin: Zone = "Europe/Berlin".parse().unwrap();
    let twice = "2026-10-25T02:30:00".parse().unwrap();
    assert_eq!(berlin.moment(twice), at("2026-10-25T00:30:00Z"));
}

#[test]
fn a_moment_that_the_clocks_leave_out_is_the_one_at_which_they_do() {
    for (zone, wall, moment) in [
        ("Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:00:00Z"),
        ("America/New_York", "2026-03-08T02:59:59", "2026-03-08T07:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:30:00Z"),
        ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00Z"),
    ] {
        let zone: Zone = zone.parse().unwrap();
        assert_eq!(zone.moment(wall.parse().unwrap()), at(moment), "{zone}");
    }
}

#[test]
fn a_zone_that_does_not_exist_is_refused_with_an_example_of_one_that_does() {
    let error = "Europe/Atlantis".parse::<Zone>().unwrap_err();
    assert!(error.to_string().contains("Europe/Atlantis") && error.to_string().contains("Europe/Berlin"));
}
