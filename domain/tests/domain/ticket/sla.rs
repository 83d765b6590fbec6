//! A ticket's SLA: the policy it is pinned to, when its clocks are due, and what a timer finds of them.

use chrono::Duration;
use escalon_domain::{
    definition::Pin,
    sla::{SlaStatus, SlaTarget, ThresholdMoment},
    stamp::Timestamp,
    ticket::{
        Commented, Open, Opened, Prioritized, Resumed, ScheduledClock, SlaAtRisk, SlaBreached, SlaMet,
        SlaPin, SlaScheduled, SlaTerms, ThresholdReached, Ticket, TicketCommand, TicketEvent, Waiting,
    },
};

use super::fixture::{high, medium, open, opened};
use crate::{
    cast::{ALICE, BOB, alice, bob, engine, id, morning, slug, words},
    harness::{Scenario, events},
    sla::policy,
};

fn pin() -> SlaPin {
    SlaPin { policy: Pin { id: id(0x51a), version: 2 }, calendar: None }
}

/// Only the resolution counts here: ten hours, five when urgent.
fn terms() -> SlaTerms {
    SlaTerms {
        policy: escalon_domain::sla::SlaPolicy { first_response: None, next_response: None, ..policy() },
        calendar: None,
    }
}

fn minutes(minutes: i64) -> Timestamp {
    morning() + Duration::minutes(minutes)
}

fn resolution(from: i64, status: SlaStatus) -> ScheduledClock {
    let level = |level, percent, after| ThresholdMoment { level, percent, due: Some(minutes(from + after)) };
    ScheduledClock {
        target: SlaTarget::Resolution,
        cycle: 1,
        status,
        due: Some(minutes(from + 600)),
        at_risk: Some(minutes(from + 540)),
        thresholds: vec![level(1, 50, 300), level(2, 75, 450), level(3, 90, 540)],
    }
}

fn scheduled(clocks: Vec<ScheduledClock>) -> SlaScheduled {
    SlaScheduled { sla: pin(), clocks }
}

fn covered() -> Opened {
    Opened { sla: Some(pin()), ..opened() }
}

fn running() -> Scenario<Ticket> {
    Scenario::given(events![covered(), scheduled(vec![resolution(0, SlaStatus::OnTrack)])])
}

fn ask(ticket: Scenario<Ticket>, minute: i64) -> crate::harness::Outcome<Ticket> {
    let due = TicketCommand::Due { sla: Some(Box::new(terms())) };
    ticket.by(engine()).at(minutes(minute)).when(due)
}

fn reached(level: u8, percent: u8, minute: i64) -> ThresholdReached {
    let (target, policy) = (SlaTarget::Resolution, Some(pin().policy));
    ThresholdReached { target, cycle: 1, level, percent, due: minutes(minute), policy, calendar: None }
}

fn at_risk(minute: i64) -> SlaAtRisk {
    let (target, policy) = (SlaTarget::Resolution, Some(pin().policy));
    SlaAtRisk { target, cycle: 1, since: minutes(minute), policy, calendar: None }
}

fn breached(minute: i64) -> SlaBreached {
    let (target, policy) = (SlaTarget::Resolution, Some(pin().policy));
    SlaBreached { target, cycle: 1, since: minutes(minute), policy, calendar: None }
}

fn keys(ticket: &Ticket) -> Vec<String> {
    ticket.waits().iter().map(|wait| wait.key.to_string()).collect()
}

#[test]
fn a_ticket_is_opened_with_its_policy_and_knows_at_once_when_it_is_due() {
    let opening = Open { sla: Some((pin(), terms())), ..open() };
    let events = events![covered(), scheduled(vec![resolution(0, SlaStatus::OnTrack)])];
    let new = Scenario::<Ticket>::new().at(morning());
    let ticket = new.when(TicketCommand::Open(Box::new(opening))).then(events);
    let keys = keys(&ticket);
    assert_eq!(
        keys,
        [
            "resolution.1.level_1",
            "resolution.1.level_2",
            "resolution.1.level_3",
            "resolution.1.at_risk",
            "resolution.1.breached"
        ]
    );
}

#[test]
fn what_is_due_is_found_in_order_and_said_once() {
    ask(running(), 299).then_nothing();
    ask(running(), 300).then(events![reached(1, 50, 300)]);
    let all = || {
        events![reached(1, 50, 300), reached(2, 75, 450), reached(3, 90, 540), at_risk(540), breached(600)]
    };
    let ticket = ask(running(), 700).then(all());
    assert_eq!(ticket.waits(), []);
    ask(running().and(engine(), all()), 800).then_nothing();
}

#[test]
fn a_ticket_that_waits_is_due_later() {
    let waiting = running().and(bob(), events![Waiting { reason: slug("customer") }]);
    // It began to wait after two minutes, as each event of a history comes a minute later.
    assert_eq!(keys(&waiting.state()), ["sla"]);
    let stands = ScheduledClock {
        status: SlaStatus::Paused,
        due: None,
        at_risk: None,
        thresholds: resolution(0, SlaStatus::Paused)
            .thresholds
            .into_iter()
            .map(|level| ThresholdMoment { due: None, ..level })
            .collect(),
        ..resolution(0, SlaStatus::Paused)
    };
    let found = scheduled(vec![stands]);
    let ticket = ask(waiting.clone(), 2).then(events![found.clone()]);
    assert_eq!(ticket.waits(), []);
    let resumed = waiting.and(engine(), events![found]).and(bob(), events![Resumed {}]);
    // It waited from minute 2 to minute 4.
    ask(resumed, 10).then(events![scheduled(vec![resolution(2, SlaStatus::OnTrack)])]);
}

#[test]
fn another_priority_moves_what_is_due_and_repeats_no_level() {
    let urgent = escalon_domain::ticket_type::Priority { name: slug("urgent"), rank: 1 };
    let raised = |previous, priority| Prioritized { previous, priority };
    let told = running()
        .and(engine(), events![reached(1, 50, 300)])
        .and(bob(), events![raised(medium(), urgent.clone())]);
    // Five hours are over: whatever has not been said is due.
    let events = ask(told.clone(), 310).result.unwrap();
    let names: Vec<_> = events.iter().map(escalon_domain::aggregate::Event::name).collect();
    let expected = [
        "ticket.threshold_reached",
        "ticket.sla_at_risk",
        "ticket.threshold_reached",
        "ticket.sla_breached",
        "ticket.sla_scheduled",
    ];
    assert_eq!(names, expected);
    assert!(
        matches!(&events[0], TicketEvent::ThresholdReached(ThresholdReached { level: 2, due, .. }) if *due == minutes(225)),
        "{events:?}"
    );
    let after = told.and(engine(), events);
    // Back to ten hours, nothing of it is said again until it is breached; and that was said, too.
    let back = after.and(bob(), events![raised(urgent, high())]);
    let names: Vec<_> =
        ask(back, 620).result.unwrap().iter().map(escalon_domain::aggregate::Event::name).collect();
    assert_eq!(names, ["ticket.sla_scheduled"]);
}

#[test]
fn an_answer_in_time_is_met() {
    let all = SlaTerms { policy: policy(), calendar: None };
    let comment = |by, response| Commented { comment: id(1), body: words(by, "We look into it."), response };
    let due = || TicketCommand::Due { sla: Some(Box::new(all.clone())) };
    let answered = Scenario::<Ticket>::given(events![covered()]).and(bob(), events![comment(BOB, true)]);
    let events = answered.clone().by(engine()).at(minutes(5)).when(due()).result.unwrap();
    let met = SlaMet {
        target: SlaTarget::FirstResponse,
        cycle: 1,
        since: minutes(1),
        policy: Some(pin().policy),
        calendar: None,
    };
    assert_eq!(events[0], TicketEvent::from(met));
    // The requester asks again: the next response is owed within the hour.
    let asked = answered.and(engine(), events).and(alice(), events![comment(ALICE, false)]);
    let state = asked.state();
    let at = state.updated_at.unwrap();
    let clocks = state.sla.clocks(&all, at);
    let next = clocks.iter().find(|clock| clock.target == SlaTarget::NextResponse).unwrap();
    assert_eq!((next.cycle, next.due), (1, Some(at + Duration::hours(1))));
    assert_eq!(keys(&state), ["sla"]);
}

#[test]
fn a_ticket_without_a_policy_has_no_clocks_and_waits_for_nothing() {
    let ticket = Scenario::<Ticket>::given(events![opened(), Waiting { reason: slug("customer") }]);
    assert_eq!((ticket.state().waits(), ticket.state().sla.moments.len()), (Vec::new(), 0));
    ask(ticket, 10_000).then_nothing();
}
