//! Alerts that nobody is told of.

use chrono::Duration;
use escalon_domain::{
    alert::{AlertCommand, ReportAction, Status, Suppressed, Suppression, Triggered, Unsuppressed},
    definition::Pin,
    refusal::RefusalCode,
    wait::Wait,
};

use super::fixture::{alert, maintenance, repeated, report, reporting, suppressed_reporting, triggered};
use crate::{
    cast::{engine, id, noon},
    harness::{events, refused},
};

fn rule() -> Suppression {
    Suppression::Rule(Pin { id: id(0x201e), version: 3 })
}

fn longer() -> Suppression {
    Suppression::Maintenance { window: Pin { id: id(0x3a2), version: 1 }, until: noon() + Duration::hours(5) }
}

#[test]
fn it_is_recorded_and_nobody_is_told_until_the_window_ends() {
    let command = suppressed_reporting(vec![report(ReportAction::Trigger, None)], Some(maintenance()));
    let begun = Triggered { began_at: noon(), ..triggered() };
    let after = alert("unknown").when(command).then(events![begun, Suppressed { why: maintenance() }]);
    assert_eq!(after.status, Status::Suppressed);
    assert_eq!(after.waits(), [Wait::new("suppression", noon() + Duration::hours(1))]);
}

#[test]
fn what_is_known_already_is_not_suppressed_by_a_window() {
    for status in ["triggered", "acknowledged"] {
        let command = suppressed_reporting(vec![report(ReportAction::Trigger, None)], Some(maintenance()));
        alert(status).when(command).then(events![repeated(1)]);
    }
}

#[test]
fn when_the_window_has_ended_people_are_told() {
    let due = AlertCommand::Due { suppression: None };
    let end = noon() + Duration::hours(1);
    alert("suppressed").at(end - Duration::microseconds(1)).when(due.clone()).then_nothing();
    let after = alert("suppressed").by(engine()).at(end).when(due).then(events![Unsuppressed {}]);
    assert_eq!((after.status, after.waits()), (Status::Triggered, Vec::new()));
}

#[test]
fn another_window_takes_over() {
    let end = noon() + Duration::hours(1);
    let due = |suppression| AlertCommand::Due { suppression };
    let expected = events![Suppressed { why: longer() }];
    let after = alert("suppressed").at(end).when(due(Some(longer()))).then(expected);
    assert_eq!(after.waits(), [Wait::new("suppression", noon() + Duration::hours(5))]);
    alert("suppressed").at(end).when(due(Some(maintenance()))).then(events![Unsuppressed {}]);
}

#[test]
fn a_repeat_after_the_window_tells_people_even_if_the_timer_is_late() {
    let end = noon() + Duration::hours(1);
    let command = reporting(vec![report(ReportAction::Trigger, None); 2]);
    let expected = events![Unsuppressed {}, repeated(2)];
    alert("suppressed").at(end).when(command).then(expected);
}

#[test]
fn nothing_is_due_where_nothing_is_waited_for() {
    for status in ["unknown", "triggered", "acknowledged", "resolved"] {
        alert(status)
            .at(noon() + Duration::days(9))
            .when(AlertCommand::Due { suppression: None })
            .then_nothing();
    }
}

#[test]
fn a_rule_suppresses_for_good() {
    let after = alert("triggered")
        .by(engine())
        .when(AlertCommand::Suppress(rule()))
        .then(events![Suppressed { why: rule() }]);
    assert_eq!((after.status, after.waits()), (Status::Suppressed, Vec::new()));
    alert("acknowledged")
        .when(AlertCommand::Suppress(rule()))
        .then(refused(RefusalCode::InvalidTransition, &["un-acknowledge", "resolve"]));
}
