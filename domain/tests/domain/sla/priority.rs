//! What another priority does to a clock that runs, by each of the three rules.

use chrono::Duration;
use escalon_domain::{
    sla::{PriorityChange, SlaPolicy, SlaStatus, SlaTarget, TargetTimes, What},
    stamp::Timestamp,
};

use super::{after, clock, opened_and, policy};
use crate::cast::slug;

fn changed(to: &str) -> What {
    What::PriorityChanged(slug(to))
}

/// A resolution within ten hours, after four of which it became urgent: within five.
fn urgent_after_four(rule: PriorityChange, at: Timestamp) -> (Duration, Option<Timestamp>, SlaStatus) {
    let policy = SlaPolicy { on_priority_change: rule, ..policy() };
    let clock = clock(&policy, SlaTarget::Resolution, &opened_and(&[(4, 0, changed("urgent"))]), at);
    (clock.elapsed, clock.due, clock.status)
}

#[test]
fn retroactive_keeps_what_has_elapsed() {
    let expected = (Duration::hours(4), Some(after(5, 0)), SlaStatus::AtRisk);
    assert_eq!(urgent_after_four(PriorityChange::Retroactive, after(4, 0)), expected);
    assert_eq!(urgent_after_four(PriorityChange::default(), after(5, 0)).2, SlaStatus::Breached);
}

#[test]
fn restart_begins_again() {
    let expected = (Duration::hours(1), Some(after(9, 0)), SlaStatus::OnTrack);
    assert_eq!(urgent_after_four(PriorityChange::Restart, after(5, 0)), expected);
}

#[test]
fn carry_keeps_the_share() {
    let expected = (Duration::hours(2), Some(after(7, 0)), SlaStatus::OnTrack);
    assert_eq!(urgent_after_four(PriorityChange::CarryFraction, after(4, 0)), expected);
}

#[test]
fn a_shorter_time_that_has_passed_is_breached_at_the_change() {
    let moments = opened_and(&[(6, 0, changed("urgent"))]);
    let resolution = clock(&policy(), SlaTarget::Resolution, &moments, after(8, 0));
    assert_eq!(
        (resolution.status, resolution.breached_at, resolution.due),
        (SlaStatus::Breached, Some(after(6, 0)), Some(after(6, 0)))
    );
}

#[test]
fn a_longer_time_puts_a_breached_clock_back_and_reaches_no_level_twice() {
    // Urgent: five hours, all levels behind it after 4:30. Then ten.
    let mut moments = opened_and(&[(5, 30, changed("medium"))]);
    moments[0].what = What::Opened(slug("urgent"));
    for (rule, due) in [
        (PriorityChange::Retroactive, after(10, 0)),
        (PriorityChange::Restart, after(15, 30)),
        (PriorityChange::CarryFraction, after(5, 30)),
    ] {
        let policy = SlaPolicy { on_priority_change: rule, ..policy() };
        let resolution = clock(&policy, SlaTarget::Resolution, &moments, after(5, 30));
        assert_eq!(
            resolution.status == SlaStatus::OnTrack,
            rule != PriorityChange::CarryFraction,
            "{rule:?}"
        );
        // A share of more than the whole is carried, too.
        assert_eq!(resolution.due.map(|moment| moment.max(after(5, 30))), Some(due), "{rule:?}");
        let levels: Vec<_> = resolution.thresholds.iter().map(|threshold| threshold.due.unwrap()).collect();
        assert_eq!(levels, [after(2, 30), after(3, 45), after(4, 30)], "{rule:?}: as they were reached");
    }
}

#[test]
fn an_answer_that_was_given_is_not_judged_again() {
    let moments = opened_and(&[(1, 30, What::Responded), (1, 40, changed("urgent"))]);
    let first = clock(&policy(), SlaTarget::FirstResponse, &moments, after(3, 0));
    assert_eq!((first.status, first.time), (SlaStatus::Met, Duration::hours(2)));
    // A resolution that was found is judged by the new time once it is reopened.
    let moments = opened_and(&[(6, 0, What::Resolved), (7, 0, changed("urgent")), (9, 0, What::Reopened)]);
    let found = clock(&policy(), SlaTarget::Resolution, &moments, after(8, 0));
    assert_eq!((found.status, found.time), (SlaStatus::Met, Duration::hours(10)));
    let reopened = clock(&policy(), SlaTarget::Resolution, &moments, after(9, 0));
    assert_eq!((reopened.status, reopened.breached_at), (SlaStatus::Breached, Some(after(9, 0))));
}

#[test]
fn a_priority_without_a_time_has_no_clock() {
    let only_urgent = TargetTimes { minutes: [(slug("urgent"), 300)].into(), ..TargetTimes::default() };
    let policy = SlaPolicy { resolution: Some(only_urgent), first_response: None, ..policy() };
    let all = |moments: &[_], at| escalon_domain::sla::clocks(&policy, None, moments, at);
    assert_eq!(all(&opened_and(&[]), after(3, 0)), []);
    let later = opened_and(&[(2, 0, changed("urgent"))]);
    let resolution = clock(&policy, SlaTarget::Resolution, &later, after(3, 0));
    assert_eq!((resolution.elapsed, resolution.due), (Duration::hours(3), Some(after(5, 0))));
}
