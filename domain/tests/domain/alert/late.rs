//! What is told late.

use chrono::Duration;
use escalon_domain::alert::{Alert, Report, ReportAction, Status, Triggered};

use super::fixture::{alert, repeated, report, reporting, triggered};
use crate::{
    cast::{morning, noon},
    harness::{Scenario, events},
};

#[test]
fn a_trigger_from_before_the_origin_ended_it_is_dropped() {
    // It ended at eleven.
    let late = report(ReportAction::Trigger, Some(noon() - Duration::minutes(61)));
    alert("resolved").when(reporting(vec![late])).then_nothing();
    let after = report(ReportAction::Trigger, Some(noon() - Duration::minutes(59)));
    let began_at = noon() - Duration::minutes(59);
    let expected = Triggered { episode: 2, began_at, ..triggered() };
    alert("resolved").when(reporting(vec![after])).then(events![expected]);
}

#[test]
fn the_origin_does_not_know_that_somebody_was_done_with_it() {
    let still = report(ReportAction::Trigger, Some(morning()));
    let expected = Triggered { episode: 2, began_at: morning(), ..triggered() };
    alert("resolved by hand").when(reporting(vec![still])).then(events![expected]);
}

#[test]
fn an_end_from_before_this_episode_is_dropped() {
    for action in [ReportAction::Resolve, ReportAction::Acknowledge] {
        let late = report(action, Some(morning() - Duration::seconds(1)));
        alert("triggered").when(reporting(vec![late])).then_nothing();
    }
}

#[test]
fn a_late_repeat_counts_and_says_nothing_of_how_bad_it_is_now() {
    let at = morning() - Duration::minutes(5);
    let late = Report { severity: Some("info".into()), ..report(ReportAction::Trigger, Some(at)) };
    let after = alert("triggered").when(reporting(vec![late])).then(events![repeated(1)]);
    assert_eq!((after.count, after.severity.as_deref()), (2, Some("critical")));
}

#[test]
fn in_whatever_order_an_episode_arrives_it_ends() {
    let minutes = |n| Some(morning() + Duration::minutes(n));
    let trigger = report(ReportAction::Trigger, minutes(0));
    let resolve = report(ReportAction::Resolve, minutes(5));
    let again = report(ReportAction::Trigger, minutes(0));
    let after = Scenario::<Alert>::new().when(reporting(vec![trigger, resolve, again])).after();
    assert_eq!((after.status, after.episode), (Status::Resolved, 1));
}
