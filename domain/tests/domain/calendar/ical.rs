//! Holidays from iCalendar files.

use chrono::NaiveDate;
use escalon_domain::{
    calendar::{Closure, Days, Holiday, Imported, Weekday, import},
    definition::Body,
};
use proptest::prelude::*;

use super::{closed, office};

fn read(events: &str) -> Imported {
    let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{events}END:VCALENDAR\r\n");
    import(&text, "Europe/Berlin".parse().unwrap(), 2026..=2028).unwrap()
}

fn event(lines: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\nUID:1@test\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Holiday\r\n{lines}END:VEVENT\r\n"
    )
}

/// The days of one event, as they are written.
fn days(lines: &str) -> Vec<Days> {
    let Imported { holidays, closures } = read(&event(lines));
    assert_eq!(closures, []);
    holidays.into_iter().map(|holiday| holiday.on).collect()
}

/// The spans of one event, as they are written.
fn spans(lines: &str) -> Vec<String> {
    let Imported { holidays, closures } = read(&event(lines));
    assert_eq!(holidays, []);
    closures.iter().map(|closure| format!("{} {}", closure.from, closure.until)).collect()
}

fn day(text: &str) -> Days {
    Days::Day(text.parse().unwrap())
}

fn range(first: &str, last: &str) -> Days {
    Days::Range { first: first.parse().unwrap(), last: last.parse().unwrap() }
}

#[test]
fn a_day_is_a_holiday_and_its_end_is_not_part_of_it() {
    assert_eq!(days("DTSTART;VALUE=DATE:20260403\r\n"), [day("2026-04-03")]);
    assert_eq!(days("DTSTART;VALUE=DATE:20260403\r\nDTEND;VALUE=DATE:20260404\r\n"), [day("2026-04-03")]);
    assert_eq!(
        days("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20270102\r\n"),
        [range("2026-12-24", "2027-01-01")]
    );
    assert_eq!(
        days("DTSTART;VALUE=DATE:20261224\r\nDURATION:P1W2D\r\n"),
        [range("2026-12-24", "2027-01-01")]
    );
}

#[test]
fn what_comes_every_year_by_a_simple_rule_stays_a_rule() {
    let yearly = |day: &str| Days::Yearly(day.parse().unwrap());
    assert_eq!(days("DTSTART;VALUE=DATE:19970101\r\nRRULE:FREQ=YEARLY\r\n"), [yearly("01-01")]);
    assert_eq!(
        days("DTSTART;VALUE=DATE:19971003\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=3\r\n"),
        [yearly("10-03")]
    );
    let thanksgiving = Days::YearlyWeekday { month: 11, weekday: Weekday::Thursday, nth: 4 };
    assert_eq!(
        days("DTSTART;VALUE=DATE:19971127\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\r\n"),
        [thanksgiving]
    );
    let memorial = Days::YearlyWeekday { month: 5, weekday: Weekday::Monday, nth: -1 };
    assert_eq!(
        days("DTSTART;VALUE=DATE:19970526\r\nRRULE:FREQ=YEARLY;WKST=SU;BYDAY=-1MO;BYMONTH=5\r\n"),
        [memorial]
    );
}

#[test]
fn what_does_not_is_written_out_for_the_years() {
    for (rule, expected) in [
        ("FREQ=YEARLY;UNTIL=20270403", vec!["2026-04-03", "2027-04-03"]),
        ("FREQ=YEARLY;COUNT=2", vec!["2026-04-03", "2027-04-03"]),
        ("FREQ=YEARLY;INTERVAL=2", vec!["2026-04-03", "2028-04-03"]),
        (
            "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=-1,3",
            vec!["2026-04-03", "2026-04-30", "2027-04-03", "2027-04-30", "2028-04-03", "2028-04-30"],
        ),
        ("FREQ=YEARLY;BYMONTH=2,8;BYMONTHDAY=13;BYDAY=FR", vec!["2027-08-13"]),
    ] {
        let found = days(&format!("DTSTART;VALUE=DATE:20260403\r\nRRULE:{rule}\r\n"));
        assert_eq!(found, expected.into_iter().map(day).collect::<Vec<_>>(), "{rule}");
    }
    let week = days("DTSTART;VALUE=DATE:20251230\r\nDTEND;VALUE=DATE:20260102\r\nRRULE:FREQ=YEARLY\r\n");
    let expected = ["2026", "2027", "2028"].map(|year| {
        let next = year.parse::<i32>().unwrap() + 1;
        range(&format!("{year}-12-30"), &format!("{next}-01-01"))
    });
    assert_eq!(week, expected);
}

#[test]
fn exceptions_additions_and_moved_occurrences_count() {
    let rule = "DTSTART;VALUE=DATE:20260501\r\nRRULE:FREQ=YEARLY\r\n";
    assert_eq!(
        days(&format!("{rule}EXDATE;VALUE=DATE:20270501\r\n")),
        [day("2026-05-01"), day("2028-05-01")]
    );
    let also = days("DTSTART;VALUE=DATE:20260501\r\nRDATE;VALUE=DATE:20260601,20270601\r\n");
    assert_eq!(also, ["2026-05-01", "2026-06-01", "2027-06-01"].map(day));
    let moved = event("RECURRENCE-ID;VALUE=DATE:20270501\r\nDTSTART;VALUE=DATE:20270503\r\n");
    let gone =
        event("RECURRENCE-ID;VALUE=DATE:20280501\r\nDTSTART;VALUE=DATE:20280501\r\nSTATUS:CANCELLED\r\n");
    let found: Vec<_> =
        read(&(event(rule) + &moved + &gone)).holidays.into_iter().map(|holiday| holiday.on).collect();
    assert_eq!(found, [day("2026-05-01"), day("2027-05-03")]);
}

#[test]
fn times_are_spans_on_the_clocks_of_the_calendar() {
    assert_eq!(
        spans("DTSTART:20261224T120000\r\nDTEND:20261224T180000\r\n"),
        ["2026-12-24 12:00:00 2026-12-24 18:00:00"]
    );
    assert_eq!(
        spans("DTSTART:20260701T120000Z\r\nDURATION:PT1H30M\r\n"),
        ["2026-07-01 14:00:00 2026-07-01 15:30:00"]
    );
    let new_york = "DTSTART;TZID=America/New_York:20260701T090000\r\nDTEND;TZID=\"America/New_York\":20260701T100000\r\n";
    assert_eq!(spans(new_york), ["2026-07-01 15:00:00 2026-07-01 16:00:00"]);
    let yearly =
        "DTSTART:20261224T120000\r\nDTEND:20261224T180000\r\nRRULE:FREQ=YEARLY;UNTIL=20271224T110000Z\r\n";
    assert_eq!(
        spans(yearly),
        ["2026-12-24 12:00:00 2026-12-24 18:00:00", "2027-12-24 12:00:00 2027-12-24 18:00:00"]
    );
}

#[test]
fn folded_lines_escapes_and_parts_of_events_are_read_as_meant() {
    let text = "\u{feff}BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:19701025T030000\nEND:STANDARD\nEND:VTIMEZONE\n\
        BEGIN:VEVENT\nSUMMARY;LANGUAGE=\"de:AT\":Tag der\\, De\n utschen\\nEin\n\theit\nDTSTA\n RT;VALUE=DATE:20261003\n\
        BEGIN:VALARM\nTRIGGER:-P1D\nDTSTART:nonsense\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR";
    let imported = import(text, "Europe/Vienna".parse().unwrap(), 2026..=2026).unwrap();
    let title = "Tag der, Deutschen Einheit".to_owned();
    assert_eq!(imported.holidays, [Holiday { title, ..closed(day("2026-10-03")) }]);
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_its_cure() {
    let zone = "Europe/Berlin".parse().unwrap();
    let faults = |text: &str| -> Vec<String> {
        import(text, zone, 2026..=2026).unwrap_err().iter().map(ToString::to_string).collect()
    };
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261324\nDURATION:1D\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n\
        BEGIN:VEVENT\nSUMMARY:No beginning\nEND:VEVENT\n\
        BEGIN:VEVENT\nDTSTART;TZID=W. Europe Standard Time:20261224T120000\nEND:VEVENT\n\
        BEGIN:VEVENT\nDTSTART:20261224T120000\nDTEND:20261224T110000\nEND:VEVENT\nthis is no line\nEND:VCALENDAR";
    let found = faults(text);
    for (line, cure) in [
        (
            "lines.3: “20261324” is neither a day nor a time from 1900 to 9999",
            "write 20261224 or 20261224T180000",
        ),
        ("lines.4: “1D” is not a length", "write P1D"),
        ("lines.5: only FREQ=YEARLY is understood", "windows of the week"),
        ("lines.7: this event has no beginning", "give it a DTSTART"),
        ("lines.11: “W. Europe Standard Time” is not a time zone", "use a name of the IANA database"),
        ("lines.15: this event does not end after it begins", "give it a later DTEND"),
        ("lines.17: is not a content line", "write NAME:value"),
    ] {
        assert!(
            found.iter().any(|fault| fault.starts_with(line) && fault.contains(cure)),
            "{line} in {found:#?}"
        );
    }
    assert_eq!(found.len(), 7, "{found:#?}");
    for (text, saying) in [
        ("", "lines.1: does not begin an iCalendar file"),
        (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR",
            "lines.3: ends VCALENDAR where VEVENT of line 2 is open",
        ),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT", "lines.2: begins VEVENT, which has no end"),
    ] {
        assert!(faults(text).iter().any(|fault| fault.starts_with(saying)), "{:?}", faults(text));
    }
    for rule in [
        "FREQ=YEARLY;BYDAY=4TH",
        "FREQ=YEARLY;BYSETPOS=1",
        "FREQ=YEARLY;COUNT=0",
        "FREQ=YEARLY;BYMONTH=1;BYDAY=9XX",
        "COUNT=1",
    ] {
        let text = format!(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\nRRULE:{rule}\nEND:VEVENT\nEND:VCALENDAR"
        );
        assert_eq!(faults(&text).len(), 1, "{rule}");
    }
}

#[test]
fn what_is_imported_makes_a_good_calendar() {
    let events = event("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20270102\r\n")
        + &event("DTSTART:20260605T120000\r\nDTEND:20260605T170000\r\n");
    let Imported { holidays, closures } = read(&events);
    let calendar =
        escalon_domain::calendar::BusinessCalendar { holidays, closures, ..office("Europe/Berlin") };
    assert_eq!(calendar.faults(), []);
    assert_eq!(
        calendar.closures,
        [Closure {
            title: "Holiday".into(),
            from: "2026-06-05T12:00:00".parse().unwrap(),
            until: "2026-06-05T17:00:00".parse().unwrap(),
        }]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_it(lines in proptest::collection::vec(
        prop_oneof![
            Just("BEGIN:VCALENDAR".to_owned()), Just("BEGIN:VEVENT".to_owned()), Just("END:VEVENT".to_owned()),
            Just("END:VCALENDAR".to_owned()), "[A-Z]{2,8}(;[A-Z]{1,4}=[^\n]{0,5})?:[^\n]{0,12}",
            "(DTSTART|DTEND|EXDATE|RDATE|DURATION)[:;][0-9TZPDWHM=VALUE:,-]{0,20}",
            "RRULE:FREQ=YEARLY;(BYDAY|BYMONTH|COUNT|UNTIL|INTERVAL|BYMONTHDAY)=[0-9A-Z,-]{0,9}",
            "DTSTART:[0-9]{8}(T[0-9]{6}Z?)?", "\\PC{0,20}",
        ], 0..20,
    )) {
        let text = format!("BEGIN:VCALENDAR\n{}\nEND:VCALENDAR", lines.join("\n"));
        if let Err(faults) = import(&text, "America/Sao_Paulo".parse().unwrap(), 2026..=2027) {
            prop_assert!(!faults.is_empty() && faults.iter().all(|fault| fault.path[0] == "lines"));
        }
    }

    /// However an even line is folded, it reads the same.
    #[test]
    fn folding_changes_nothing(place in 1..40_usize, days in 0..3_000_i64) {
        let first = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap() + chrono::Duration::days(days);
        let line = format!("DTSTART;VALUE=DATE:{}", first.format("%Y%m%d"));
        let place = place.min(line.len() - 1);
        let folded = format!("{}\r\n {}\r\n", &line[..place], &line[place..]);
        prop_assert_eq!(self::days(&folded), [Days::Day(first)]);
    }
}
