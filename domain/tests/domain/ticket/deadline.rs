//! A ticket's own deadline: setting it, its levels, and what a timer finds of them.

use chrono::Duration;
use escalon_domain::{
    definition::Pin,
    refusal::RefusalCode,
    sla::{SlaTarget, ThresholdMoment, Thresholds},
    stamp::Timestamp,
    ticket::{
        Deadline, DeadlineSet, DeadlineTerms, Open, ResolutionAccepted, SlaAtRisk, SlaBreached, SlaMet,
        ThresholdReached, ThresholdsSet, Ticket, TicketCommand, TicketEvent,
    },
};

use super::fixture::{open, opened, proposed, reopened, ticket};
use crate::{
    calendar::{at, office},
    cast::{bob, engine, id, morning},
    harness::{Scenario, events, invalid, refused},
};

/// Nine days after the ticket was opened.
fn due() -> Timestamp {
    morning() + Duration::days(9)
}

fn terms() -> DeadlineTerms {
    DeadlineTerms { due: due(), buffer_minutes: 60, calendar: None, thresholds: None }
}

fn set(terms: DeadlineTerms) -> TicketCommand {
    TicketCommand::SetDeadline { deadline: Some(Box::new(terms)) }
}

fn level(level: u8, percent: u8, hours: i64) -> ThresholdMoment {
    ThresholdMoment { level, percent, due: Some(morning() + Duration::hours(hours)) }
}

fn deadline() -> Deadline {
    // Half of nine days are 4.5 of them, three quarters 6.75, nine tenths 8.1.
    let minutes = Duration::minutes(24);
    let third =
        ThresholdMoment { level: 3, percent: 90, due: Some(morning() + Duration::hours(194) + minutes) };
    let thresholds = vec![level(1, 50, 108), level(2, 75, 162), third];
    Deadline { due: due(), at_risk: due() - Duration::hours(1), calendar: None, thresholds }
}

fn reached(number: u8) -> ThresholdReached {
    let ThresholdMoment { level, percent, due } = deadline().thresholds[usize::from(number) - 1];
    let (policy, calendar) = (None, None);
    ThresholdReached {
        target: SlaTarget::Deadline,
        cycle: 1,
        level,
        percent,
        due: due.unwrap(),
        policy,
        calendar,
    }
}

fn at_risk() -> SlaAtRisk {
    let since = deadline().at_risk;
    SlaAtRisk { target: SlaTarget::Deadline, cycle: 1, since, policy: None, calendar: None }
}

fn breached(since: Timestamp) -> SlaBreached {
    SlaBreached { target: SlaTarget::Deadline, cycle: 1, since, policy: None, calendar: None }
}

fn with_deadline() -> Scenario<Ticket> {
    Scenario::given(events![opened(), DeadlineSet { previous: None, deadline: Some(deadline()) }])
}

fn ask() -> TicketCommand {
    TicketCommand::Due { sla: None }
}

/// Asks after so many hours.
fn asked(ticket: Scenario<Ticket>, hours: i64) -> crate::harness::Outcome<Ticket> {
    ticket.by(engine()).at(morning() + Duration::hours(hours)).when(ask())
}

#[test]
fn levels_are_due_at_their_share_of_the_time_since_it_was_opened() {
    ticket("open")
        .when(set(terms()))
        .then(events![DeadlineSet { previous: None, deadline: Some(deadline()) }]);
    with_deadline().when(set(terms())).then_nothing();
}

#[test]
fn a_ticket_can_be_opened_with_its_deadline() {
    let opening = Open { deadline: Some(terms()), ..open() };
    let events = events![opened(), DeadlineSet { previous: None, deadline: Some(deadline()) }];
    let new = Scenario::<Ticket>::new().at(morning());
    new.clone().when(TicketCommand::Open(Box::new(opening.clone()))).then(events);
    let late = DeadlineTerms { due: morning(), thresholds: Some(Thresholds(vec![90, 50])), ..terms() };
    let bad = Open { title: String::new(), deadline: Some(late), ..opening };
    let paths = ["title", "deadline.due", "thresholds.1"];
    new.when(TicketCommand::Open(Box::new(bad)))
        .then(invalid(&paths).saying("give a moment after 2026-01-05T09:00:00Z"));
}

#[test]
fn a_deadline_that_has_passed_is_refused_with_the_cure() {
    let now = morning() + Duration::hours(3);
    for due in [now, now - Duration::days(1)] {
        let late = DeadlineTerms { due, ..terms() };
        let cure = "has passed; give a moment after 2026-01-05T12:00:00Z";
        ticket("open").when(set(late)).then(invalid(&["deadline.due"]).saying(cure));
    }
    let far = DeadlineTerms { due: at("2126-02-01T09:00:00Z"), buffer_minutes: u32::MAX, ..terms() };
    let paths = ["deadline.due", "deadline.buffer_minutes"];
    ticket("open").when(set(far)).then(invalid(&paths).saying("a hundred years"));
    ticket("unknown").when(set(terms())).then(refused(RefusalCode::NotFound, &[]));
}

#[test]
fn with_a_calendar_working_time_counts() {
    let pin = Pin { id: id(0xca1), version: 4 };
    // Until Tuesday at seventeen: sixteen working hours.
    let due = at("2026-01-06T17:00:00Z");
    let working = DeadlineTerms { due, calendar: Some((pin, office("UTC"))), ..terms() };
    let thresholds = vec![
        level(1, 50, 8),
        level(2, 75, 28),
        ThresholdMoment { level: 3, percent: 90, due: Some(at("2026-01-06T15:24:00Z")) },
    ];
    let deadline = Deadline { due, at_risk: at("2026-01-06T16:00:00Z"), calendar: Some(pin), thresholds };
    let set_ = DeadlineSet { previous: None, deadline: Some(deadline) };
    ticket("open").when(set(working.clone())).then(events![set_.clone()]);
    let never = DeadlineTerms { due: at("2026-01-05T19:00:00Z"), ..working };
    let mut closed = never;
    closed.calendar.as_mut().unwrap().1.windows.clear();
    ticket("open")
        .when(set(closed))
        .then(invalid(&["deadline.due"]).saying("no working time of the calendar “office”"));
    // Its levels need the calendar, too.
    let half = |calendar| TicketCommand::SetThresholds { thresholds: Thresholds(vec![50]), calendar };
    let ticket = Scenario::<Ticket>::given(events![opened(), set_]);
    ticket.clone().when(half(None)).then(invalid(&["calendar"]).saying("its calendar is needed"));
    let thresholds = vec![level(1, 50, 8)];
    let set = ThresholdsSet { previous: Thresholds::default(), thresholds };
    ticket.when(half(Some(Box::new(office("UTC"))))).then(events![set]);
}

#[test]
fn a_timer_asks_and_the_ticket_finds_what_is_due_in_order() {
    asked(with_deadline(), 107).then_nothing();
    asked(with_deadline(), 108).then(events![reached(1)]);
    // After an outage, everything that was due is there, as it was due.
    asked(with_deadline(), 215).then(events![reached(1), reached(2), reached(3), at_risk()]);
    asked(with_deadline(), 400).then(events![reached(1), reached(2), reached(3), at_risk(), breached(due())]);
    let told = with_deadline()
        .and(engine(), events![reached(1), reached(2), reached(3), at_risk(), breached(due())]);
    asked(told, 500).then_nothing();
}

#[test]
fn a_level_is_reached_once_whatever_becomes_of_the_deadline() {
    let later = DeadlineTerms { due: due() + Duration::days(9), ..terms() };
    let told = with_deadline().and(engine(), events![reached(1)]);
    let moved = told.clone().at(morning() + Duration::hours(110)).when(set(later)).after();
    assert_eq!(moved.deadline.as_ref().unwrap().thresholds[0], level(1, 50, 216));
    assert_eq!(moved.waits().iter().filter(|wait| wait.key.contains("level_1")).count(), 0);
    // Other shares: level 1 was reached, level 2 is new.
    let shares = Thresholds(vec![10, 20]);
    let set = ThresholdsSet {
        previous: Thresholds::default(),
        thresholds: vec![
            ThresholdMoment { level: 1, percent: 10, due: Some(at("2026-01-06T06:36:00Z")) },
            ThresholdMoment { level: 2, percent: 20, due: Some(at("2026-01-07T04:12:00Z")) },
        ],
    };
    let command = TicketCommand::SetThresholds { thresholds: shares, calendar: None };
    told.clone().when(command).then(events![set.clone()]);
    let second = ThresholdReached { level: 2, percent: 20, due: at("2026-01-07T04:12:00Z"), ..reached(1) };
    asked(told.and(bob(), events![set.clone()]), 110).then(events![second]);
    // None switch them off.
    let off = TicketCommand::SetThresholds { thresholds: Thresholds(Vec::new()), calendar: None };
    let none = with_deadline().when(off).then(events![ThresholdsSet { thresholds: Vec::new(), ..set }]);
    assert_eq!(none.waits().len(), 2, "at risk and breached: {:?}", none.waits());
}

#[test]
fn levels_can_be_set_before_there_is_a_deadline() {
    let command =
        TicketCommand::SetThresholds { thresholds: Thresholds(vec![25, 50, 75, 95]), calendar: None };
    let found = ticket("open").when(command).after();
    assert!(found.waits().is_empty());
    let set = TicketCommand::SetThresholds { thresholds: Thresholds(vec![0]), calendar: None };
    ticket("open").when(set).then(invalid(&["thresholds.0"]));
    let TicketEvent::ThresholdsSet(event) = ticket("open")
        .when(TicketCommand::SetThresholds { thresholds: Thresholds(vec![25, 95]), calendar: None })
        .result
        .unwrap()
        .remove(0)
    else {
        panic!("something else was set")
    };
    let given = Scenario::<Ticket>::given(events![opened(), event]);
    let with = given.when(self::set(terms())).after();
    let percents: Vec<_> = with.deadline.unwrap().thresholds.iter().map(|level| level.percent).collect();
    assert_eq!(percents, [25, 95]);
}

#[test]
fn a_deadline_is_met_by_resolving_before_it() {
    let resolved = with_deadline().and(bob(), events![proposed(), ResolutionAccepted {}]);
    let since = resolved.state().resolved_at.unwrap();
    let met = SlaMet { target: SlaTarget::Deadline, cycle: 1, since, policy: None, calendar: None };
    assert_eq!(resolved.state().waits().len(), 1);
    let found = asked(resolved.clone(), 500).then(events![met.clone()]);
    assert_eq!(found.waits(), []);
    // Reopened, it is to be kept again; what was reached meanwhile is due.
    let again = resolved.and(engine(), events![met]).and(bob(), events![reopened()]);
    asked(again, 400).then(events![reached(1), reached(2), reached(3), at_risk(), breached(due())]);
}

#[test]
fn a_deadline_can_be_taken_away() {
    let gone = DeadlineSet { previous: Some(deadline()), deadline: None };
    let without = with_deadline().when(TicketCommand::SetDeadline { deadline: None }).then(events![gone]);
    assert_eq!((without.waits(), without.deadline), (Vec::new(), None));
    ticket("open").when(TicketCommand::SetDeadline { deadline: None }).then_nothing();
}
