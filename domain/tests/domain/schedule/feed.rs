//! Feeds, read by a parser that is not ours.

use std::collections::BTreeMap;

use escalon_domain::{
    calendar::Weekday,
    schedule::{Feed, Schedule, ScheduleId},
};
use icalendar::{
    Calendar, CalendarDateTime, Component, DatePerhapsTime, Event,
    parser::{read_calendar, unfold},
};
use proptest::prelude::*;

use super::{
    fixture::{at, cover, layer, schedule, weekly, weeks},
    generate,
};
use crate::{
    cast::{ALICE, BOB, CAROL, id},
    properties::config,
};

const PRIMARY: ScheduleId = id(0x5c4ed);
const NIGHTS: ScheduleId = id(0x41647);

fn names() -> BTreeMap<escalon_domain::member::MemberId, String> {
    BTreeMap::from([
        (ALICE, "Alice Ångström; née \\, “漢字”".to_owned()),
        (BOB, "Bob\r\nBEGIN:VEVENT\u{7}".to_owned()),
    ])
}

fn feed(schedules: &[(ScheduleId, &Schedule)], member: Option<escalon_domain::member::MemberId>) -> String {
    let feed = Feed {
        title: "On call, everywhere",
        schedules,
        member,
        span: at("2026-01-13T00:00:00Z")..at("2026-02-03T00:00:00Z"),
        changed: at("2026-01-02T03:04:05.678Z"),
        names: &names(),
    };
    feed.to_icalendar()
}

fn events(text: &str) -> Vec<Event> {
    let calendar = Calendar::from(read_calendar(&unfold(text)).unwrap());
    calendar.components.iter().map(|one| one.as_event().unwrap().clone()).collect()
}

fn begin(event: &Event) -> String {
    let Some(DatePerhapsTime::DateTime(CalendarDateTime::Utc(at))) = event.get_start() else {
        panic!("no moment in UTC")
    };
    at.to_rfc3339()
}

#[test]
fn a_schedule_shows_the_shifts_of_everybody() {
    let text = feed(&[(PRIMARY, &schedule([weeks()]))], None);
    let events = events(&text);
    let found: Vec<_> = events.iter().map(|event| (begin(event), event.get_summary().unwrap())).collect();
    let carol = format!("{CAROL} on call: Primary");
    let expected = [
        ("2026-01-12T07:00:00+00:00", "BobBEGIN:VEVENT"),
        ("2026-01-19T07:00:00+00:00", &carol),
        ("2026-01-26T07:00:00+00:00", "Alice"),
        ("2026-02-02T07:00:00+00:00", "Bob"),
    ];
    assert_eq!(found.len(), expected.len());
    for ((from, summary), (expected, name)) in found.iter().zip(expected) {
        assert_eq!(from, expected);
        let plain: String = summary.chars().filter(|letter| *letter != '\n').collect();
        assert!(plain.starts_with(name), "{summary:?}");
    }
    assert_eq!(found[2].1, "Alice Ångström; née \\, “漢字” on call: Primary");
    assert!(text.contains("\r\nDTSTAMP:20260102T030405Z\r\n"), "{text}");
    assert!(text.contains("\r\nDTEND:20260119T070000Z\r\n"), "{text}");
}

#[test]
fn a_person_sees_their_own_shifts_of_all_schedules() {
    let nights = schedule([layer("nights", weekly(1, Weekday::Friday, "20:00"), &[&[BOB], &[CAROL]])]);
    let mut primary = schedule([weeks()]);
    primary.overrides = vec![cover("2026-01-20T00:00:00Z", "2026-01-20T12:00:00Z", &[BOB])];
    let text = feed(&[(PRIMARY, &primary), (NIGHTS, &nights)], Some(BOB));
    let found: Vec<_> = events(&text)
        .iter()
        .map(|event| (begin(event), event.get_description().unwrap().to_owned()))
        .collect();
    let expected = [
        ("2026-01-12T07:00:00+00:00", "Turn 2 of “weeks”"),
        ("2026-01-20T00:00:00+00:00", "Override"),
        ("2026-02-02T07:00:00+00:00", "Turn 5 of “weeks”"),
        ("2026-01-16T19:00:00+00:00", "Turn 3 of “nights”"),
        ("2026-01-30T19:00:00+00:00", "Turn 5 of “nights”"),
    ];
    assert_eq!(found, expected.map(|(from, what)| (from.to_owned(), what.to_owned())));
}

#[test]
fn an_event_keeps_its_uid_while_its_shift_begins_at_the_same_moment() {
    let uids = |schedule: &Schedule| {
        let events = events(&feed(&[(PRIMARY, schedule)], None));
        events.iter().map(|event| event.get_uid().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut schedule = schedule([weeks()]);
    let before = uids(&schedule);
    schedule.title = "Another title".into();
    schedule.overrides = vec![cover("2026-01-22T00:00:00Z", "2026-01-23T00:00:00Z", &[ALICE])];
    let after = uids(&schedule);
    assert_eq!(after.len(), before.len() + 2, "Alice's day, and Carol's rest of the week");
    assert!(before.iter().all(|uid| after.contains(uid)));
    let other = events(&feed(&[(NIGHTS, &schedule)], None));
    assert!(
        other.iter().all(|event| !after.iter().any(|uid| event.get_uid() == Some(uid))),
        "of another schedule"
    );
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn any_feed_is_read_as_it_was_meant(
        schedule in generate::zone().prop_flat_map(|zone| generate::schedule(zone, at("2026-01-20T00:00:00Z"), 20)),
        title in "[\\PC\n;,\\\\:\"漢ß😀]{0,200}",
    ) {
        let schedule = Schedule { title: title.clone(), ..schedule };
        let text = feed(&[(PRIMARY, &schedule)], None);
        prop_assert!(text.ends_with("END:VCALENDAR\r\n"));
        prop_assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        prop_assert!(text.split("\r\n").all(|line| line.len() <= 75), "a line is too long");
        let events = events(&text);
        let shifts = schedule.whole_shifts(at("2026-01-13T00:00:00Z")..at("2026-02-03T00:00:00Z"));
        prop_assert_eq!(events.len(), shifts.len());
        let mut uids = std::collections::BTreeSet::new();
        for (event, shift) in events.iter().zip(&shifts) {
            prop_assert!(uids.insert(event.get_uid().unwrap().to_owned()), "the same UID twice");
            prop_assert_eq!(begin(event), shift.from.to_rfc3339());
            let end = format!(" on call: {title}");
            prop_assert!(event.get_summary().unwrap().ends_with(&end), "{:?} {:?}", event.get_summary(), end);
        }
    }
}
