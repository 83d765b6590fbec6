//! What a business calendar refuses: each fault with its field and its cure, all of them at once.

use escalon_domain::{
    calendar::{BusinessCalendar, ClockTime, Closure, Days, Holiday, MonthDay, Weekday, Window},
    definition::Body,
};

use super::{closed, hours, office, window};
use crate::definition::is_faulty;

fn berlin() -> BusinessCalendar {
    office("Europe/Berlin")
}

fn windows(windows: Vec<Window>) -> BusinessCalendar {
    BusinessCalendar { windows, ..berlin() }
}

fn holidays(holidays: Vec<Holiday>) -> BusinessCalendar {
    BusinessCalendar { holidays, ..berlin() }
}

#[test]
fn a_calendar_has_an_open_hour() {
    is_faulty(berlin(), windows(Vec::new()), &["windows"], "no open hour at all; give at least one window");
    is_faulty(
        berlin(),
        windows(vec![window(&[], "09:00", "17:00")]),
        &["windows.0.days"],
        "needs at least one day",
    );
    let mondays = (1..=5).map(|nth| Days::YearlyWeekday { month: 1, weekday: Weekday::Monday, nth });
    let every_monday = (1..=12).flat_map(|month| {
        mondays.clone().map(move |days| match days {
            Days::YearlyWeekday { weekday, nth, .. } => closed(Days::YearlyWeekday { month, weekday, nth }),
            days => closed(days),
        })
    });
    let never = BusinessCalendar {
        windows: vec![window(&[Weekday::Monday], "09:00", "17:00")],
        ..holidays(every_monday.collect())
    };
    is_faulty(berlin(), never.clone(), &["holidays"], "take some of them away");
    let mut once = never;
    once.holidays[0].open = vec![hours("10:00", "10:01")];
    assert_eq!(once.faults(), []);
}

#[test]
fn windows_do_not_overlap() {
    let day = |from, until| window(&[Weekday::Monday, Weekday::Tuesday], from, until);
    let bad = windows(vec![day("09:00", "13:00"), day("12:59", "17:00")]);
    let cure = "on monday it begins while windows.0 is still open; make one of the two, or let it begin at 13:00 or later";
    is_faulty(berlin(), bad, &["windows.1.from"], cure);
    let night = windows(vec![window(&[Weekday::Sunday], "22:00", "06:00"), day("05:00", "08:00")]);
    is_faulty(berlin(), night, &["windows.1.from"], "begin at 06:00 or later");
    let over = windows(vec![window(Weekday::ALL, "08:00", "07:00"), day("07:30", "07:40")]);
    assert_eq!(over.faults(), []);
    assert_eq!(windows(vec![day("09:00", "13:00"), day("13:00", "17:00")]).faults(), []);
}

#[test]
fn a_window_has_a_length() {
    let bad = windows(vec![
        window(&[Weekday::Monday], "09:00", "09:00"),
        window(&[Weekday::Friday], "24:00", "06:00"),
    ]);
    is_faulty(
        berlin(),
        bad,
        &["windows.0.until", "windows.1.from"],
        "for the whole day use from 00:00 until 24:00",
    );
    let nothing = Closure {
        title: String::new(),
        from: "2026-06-01T14:00:00".parse().unwrap(),
        until: "2026-06-01T14:00:00".parse().unwrap(),
    };
    let bad = BusinessCalendar { closures: vec![nothing], ..berlin() };
    is_faulty(
        berlin(),
        bad,
        &["closures.0.title", "closures.0.until"],
        "give a time after 2026-06-01T14:00:00",
    );
}

#[test]
fn holidays_end_after_they_begin_and_have_hours_that_can_be() {
    let range = |first: &str, last: &str| {
        closed(Days::Range { first: first.parse().unwrap(), last: last.parse().unwrap() })
    };
    let bad = holidays(vec![range("2026-12-24", "2026-12-23"), range("2026-01-01", "2027-01-02")]);
    let paths = ["holidays.0.on.range.last", "holidays.1.on.range.last"];
    is_faulty(berlin(), bad, &paths, "is before the first day; exchange the two");
    let odd = Days::YearlyWeekday { month: 13, weekday: Weekday::Monday, nth: 0 };
    let paths = ["holidays.0.on.yearly_weekday.month", "holidays.0.on.yearly_weekday.nth"];
    is_faulty(berlin(), holidays(vec![closed(odd)]), &paths, "-1 to -5, from its end");
    let open = vec![hours("10:00", "12:00"), hours("11:00", "13:00"), hours("14:00", "14:00")];
    let bad = holidays(vec![Holiday { open, ..closed(Days::Yearly("12-24".parse().unwrap())) }]);
    let paths = ["holidays.0.open.2.until", "holidays.0.open.1.from"];
    is_faulty(berlin(), bad, &paths, "while open.0 is still open");
    let far = holidays(vec![closed(Days::Day("12026-01-01".parse().unwrap_or(chrono::NaiveDate::MAX)))]);
    is_faulty(berlin(), far, &["holidays.0.on.day"], "needs a year from 1900 to 9999");
}

#[test]
fn all_faults_are_named_at_once() {
    let bad = BusinessCalendar {
        title: String::new(),
        holidays: vec![closed(Days::Day("2026-01-01".parse().unwrap())); 1_001],
        ..berlin()
    };
    is_faulty(berlin(), bad, &["title", "holidays"], "1000 of them at most; this has 1001");
}

#[test]
fn what_no_clock_or_calendar_shows_is_refused_with_an_example() {
    for text in ["", "9:00", "09:60", "24:01", "25:00", "+9:00", "09:0", "09:00:00", "٠٩:٠٠"] {
        let error = text.parse::<ClockTime>().unwrap_err().to_string();
        assert!(error.contains("from 00:00 to 24:00"), "{error}");
    }
    for text in ["", "02-30", "2-3", "13-01", "12-00", "12/25"] {
        let error = text.parse::<MonthDay>().unwrap_err().to_string();
        assert!(error.contains("such as 12-25"), "{error}");
    }
    let error = serde_json::from_str::<BusinessCalendar>(
        r#"{"name":"x","title":"X","zone":"Mars/Crater","windows":[]}"#,
    );
    assert!(error.unwrap_err().to_string().contains("Mars/Crater"));
}

#[test]
fn a_configuration_may_leave_out_what_is_not_there() {
    let least = r#"{"name":"x","title":"X","zone":"UTC","windows":[{"days":["monday"],"from":"09:00","until":"17:00"}]}"#;
    let read: BusinessCalendar = serde_json::from_str(least).unwrap();
    assert_eq!((read.holidays.len(), read.closures.len(), read.faults()), (0, 0, Vec::new()));
    let misspelt = least.replace("until", "till");
    assert!(
        serde_json::from_str::<BusinessCalendar>(&misspelt)
            .unwrap_err()
            .to_string()
            .contains("unknown field `till`")
    );
}
