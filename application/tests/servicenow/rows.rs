//! Columns, cells and times.

use chrono_tz::{America::Sao_Paulo, UTC};
use escalon_application::servicenow::{COLUMNS, Row, check_columns, moment};

use crate::support::{read, record, with};

#[test]
fn a_header_without_needed_columns_is_one_error_that_names_them() {
    let header = COLUMNS.iter().copied().filter(|column| !["priority", "closed_code"].contains(column));
    let error = check_columns(header.chain(["made_sla"])).unwrap_err().to_string();
    assert!(error.contains("priority, closed_code"), "{error}");
    assert_eq!(check_columns(COLUMNS.iter().copied().chain(["made_sla"])), Ok(()));
}

#[test]
fn times_are_day_first_and_in_the_zone_of_the_installation() {
    assert_eq!(moment("29/2/2016 06:38", UTC).unwrap().to_rfc3339(), "2016-02-29T06:38:00+00:00");
    assert_eq!(moment("3/12/2016 16:05", Sao_Paulo).unwrap().to_rfc3339(), "2016-12-03T18:05:00+00:00");
    for wrong in [
        "",
        "?",
        "2/29/2016 06:38",
        "29/2/2015 06:38",
        "29/2/16 06:38",
        "29/2/2016",
        "29/2/2016 25:00",
        "1/1/2016 10:00 x",
    ] {
        let error = moment(wrong, UTC).unwrap_err().to_string();
        assert!(error.contains("29/2/2016 06:38"), "{error}");
    }
}

#[test]
fn around_daylight_saving_a_skipped_time_moves_forward_and_a_doubled_one_is_the_first() {
    // Brazil skipped 00:00 to 01:00 on 16 October 2016, and had 23:00 to 24:00 twice on 20 February 2016.
    assert_eq!(moment("16/10/2016 00:30", Sao_Paulo).unwrap().to_rfc3339(), "2016-10-16T03:00:00+00:00");
    assert_eq!(moment("20/2/2016 23:30", Sao_Paulo).unwrap().to_rfc3339(), "2016-02-21T01:30:00+00:00");
}

#[test]
fn question_marks_and_empty_cells_are_unknown() {
    let row = read(
        2,
        &with("INC1", &[("team", "?"), ("assignee", " "), ("symptom", "?"), ("by", "?"), ("reopen", "?")]),
    )
    .unwrap();
    assert_eq!((row.team, row.assignee, row.updated_by, row.reopen_count), (None, None, None, None));
    assert_eq!(row.fields.iter().flatten().count(), 7);
}

#[test]
fn what_cannot_be_used_at_all_is_named_by_line() {
    let wrong = |changes: &[(&str, &str)]| read(7, &with("INC1", changes)).unwrap_err().to_string();
    assert!(
        wrong(&[("at", "yesterday")]).starts_with("line 7 (INC1): sys_updated_at: “yesterday” is not a time")
    );
    assert!(wrong(&[("reopen", "many")]).starts_with("line 7 (INC1): reopen_count"));
    assert!(wrong(&[("team", &"x".repeat(121))]).starts_with("line 7: assignment_group is longer than 120"));
    let nameless =
        Row::read(7, &escalon_application::servicenow::Record { number: "?".into(), ..record("") }, UTC);
    assert_eq!(nameless.unwrap_err().to_string(), "line 7: there is no incident number");
}
