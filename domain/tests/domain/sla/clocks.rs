//! How clocks run, stand and end.

use chrono::Duration;
use escalon_domain::{
    calendar::BusinessCalendar,
    sla::{Pause, SlaPolicy, SlaStatus, SlaTarget, SlaTime, What, clocks},
};

use super::{after, clock, opened_and, policy};
use crate::{calendar::office, cast::slug};

fn waiting() -> What {
    What::Paused(Pause::Waiting(slug("customer")))
}

#[test]
fn breached_comes_before_at_risk_and_at_risk_before_on_track() {
    let hours = Duration::hours;
    for (elapsed, status) in [
        (hours(0), SlaStatus::OnTrack),
        (hours(3) - Duration::microseconds(1), SlaStatus::OnTrack),
        (hours(3), SlaStatus::AtRisk),
        (hours(4) - Duration::microseconds(1), SlaStatus::AtRisk),
        (hours(4), SlaStatus::Breached),
        (hours(9), SlaStatus::Breached),
    ] {
        assert_eq!(SlaStatus::of(elapsed, hours(4), hours(1)), status, "{elapsed}");
    }
    // A time shorter than the buffer is at risk from the beginning, and is breached all the same.
    assert_eq!(SlaStatus::of(hours(0), hours(1), hours(2)), SlaStatus::AtRisk);
    assert_eq!(SlaStatus::of(hours(1), hours(1), hours(2)), SlaStatus::Breached);
}

#[test]
fn a_first_response_is_due_at_risk_breached_or_met() {
    let silent = opened_and(&[]);
    let first = |moments: &[_], at| clock(&policy(), SlaTarget::FirstResponse, moments, at);
    let early = first(&silent, after(0, 59));
    assert_eq!((early.status, early.due), (SlaStatus::OnTrack, Some(after(2, 0))));
    assert_eq!((early.at_risk_at, early.breached_at), (Some(after(1, 0)), None));
    assert_eq!((early.elapsed, early.remaining()), (Duration::minutes(59), Duration::minutes(61)));
    assert_eq!(first(&silent, after(1, 0)).status, SlaStatus::AtRisk);
    let late = first(&silent, after(2, 30));
    assert_eq!((late.status, late.breached_at), (SlaStatus::Breached, Some(after(2, 0))));
    assert_eq!(late.remaining(), Duration::minutes(-30));
    let answered = opened_and(&[(1, 59, What::Responded)]);
    let met = first(&answered, after(50, 0));
    assert_eq!((met.status, met.due, met.ended_at), (SlaStatus::Met, None, Some(after(1, 59))));
    let too_late = opened_and(&[(2, 0, What::Responded)]);
    assert_eq!(first(&too_late, after(50, 0)).status, SlaStatus::Breached);
}

#[test]
fn each_reply_of_the_requester_begins_the_next_response_unless_one_is_owed() {
    let moments = opened_and(&[
        (0, 10, What::CustomerReplied), // the first response is owed
        (0, 20, What::Responded),
        (1, 0, What::CustomerReplied),
        (1, 30, What::CustomerReplied), // still the same
        (1, 50, What::Responded),
        (1, 55, What::Responded),
        (3, 0, What::CustomerReplied),
    ]);
    let all = clocks(&policy(), None, &moments, after(4, 0));
    let next: Vec<_> = all.iter().filter(|clock| clock.target == SlaTarget::NextResponse).collect();
    let told: Vec<_> = next.iter().map(|clock| (clock.cycle, clock.started_at, clock.status)).collect();
    assert_eq!(told, [(1, after(1, 0), SlaStatus::Met), (2, after(3, 0), SlaStatus::Breached)]);
}

#[test]
fn a_clock_stands_while_others_must_do_something() {
    let moments = opened_and(&[(1, 0, waiting()), (4, 0, What::Resumed)]);
    let resolution = |at| clock(&policy(), SlaTarget::Resolution, &moments, at);
    let stands = resolution(after(3, 0));
    assert_eq!((stands.status, stands.due, stands.elapsed), (SlaStatus::Paused, None, Duration::hours(1)));
    assert!(stands.thresholds.iter().all(|threshold| threshold.due.is_none()), "{:?}", stands.thresholds);
    let runs = resolution(after(5, 0));
    assert_eq!(
        (runs.status, runs.due, runs.elapsed),
        (SlaStatus::OnTrack, Some(after(13, 0)), Duration::hours(2))
    );
    let dues: Vec<_> = runs.thresholds.iter().map(|threshold| threshold.due.unwrap()).collect();
    assert_eq!(dues, [after(8, 0), after(10, 30), after(12, 0)]);
}

#[test]
fn a_policy_says_for_what_its_clocks_stand() {
    let moments = opened_and(&[(1, 0, waiting())]);
    let proposed = opened_and(&[(1, 0, What::Paused(Pause::Processed))]);
    let elapsed = |policy: &SlaPolicy, moments: &[_]| {
        clock(policy, SlaTarget::Resolution, moments, after(3, 0)).elapsed
    };
    let mut policy = policy();
    assert_eq!([elapsed(&policy, &moments), elapsed(&policy, &proposed)], [Duration::hours(1); 2]);
    policy.pauses.reasons = [slug("supplier")].into();
    assert_eq!(elapsed(&policy, &moments), Duration::hours(3), "a customer is no reason here");
    policy.pauses.statuses.clear();
    assert_eq!(elapsed(&policy, &proposed), Duration::hours(3), "nothing is");
    // From a reason that counts to one that does not.
    policy.pauses = Default::default();
    policy.pauses.reasons = [slug("supplier")].into();
    let supplier = What::Paused(Pause::Waiting(slug("supplier")));
    let both = opened_and(&[(1, 0, supplier), (2, 0, waiting())]);
    assert_eq!(elapsed(&policy, &both), Duration::hours(2));
}

#[test]
fn what_was_breached_before_it_waits_stays_breached() {
    let moments = opened_and(&[(11, 0, waiting())]);
    let clock = clock(&policy(), SlaTarget::Resolution, &moments, after(20, 0));
    assert_eq!((clock.status, clock.breached_at), (SlaStatus::Breached, Some(after(10, 0))));
}

#[test]
fn a_reopened_resolution_goes_on_where_it_ended() {
    let moments = opened_and(&[(4, 0, What::Resolved), (20, 0, What::Reopened)]);
    let resolution = |at| clock(&policy(), SlaTarget::Resolution, &moments, at);
    let met = resolution(after(19, 0));
    assert_eq!(
        (met.status, met.ended_at, met.elapsed),
        (SlaStatus::Met, Some(after(4, 0)), Duration::hours(4))
    );
    let open = resolution(after(21, 0));
    assert_eq!((open.status, open.ended_at, open.elapsed), (SlaStatus::OnTrack, None, Duration::hours(5)));
    assert_eq!(open.due, Some(after(26, 0)));
    assert_eq!(open.cycle, 1);
    // Nobody ever answered; resolving it ended that, too.
    let first = clock(&policy(), SlaTarget::FirstResponse, &moments, after(21, 0));
    assert_eq!((first.status, first.ended_at), (SlaStatus::Breached, Some(after(4, 0))));
}

#[test]
fn business_time_runs_while_the_calendar_is_open() {
    let mut policy = SlaPolicy { calendar: Some(slug("office")), ..policy() };
    for times in [&mut policy.first_response, &mut policy.resolution] {
        times.as_mut().unwrap().time = SlaTime::Business;
    }
    let calendar: BusinessCalendar = office("UTC");
    // Opened on Monday at nine; ten working hours are over on Tuesday at eleven.
    let moments = opened_and(&[]);
    let all = clocks(&policy, Some(&calendar), &moments, after(12, 0));
    let resolution = all.iter().find(|clock| clock.target == SlaTarget::Resolution).unwrap();
    assert_eq!((resolution.elapsed, resolution.due), (Duration::hours(8), Some(after(26, 0))));
    assert_eq!(resolution.status, SlaStatus::OnTrack);
    let dues: Vec<_> = resolution.thresholds.iter().map(|threshold| threshold.due.unwrap()).collect();
    assert_eq!(dues, [after(5, 0), after(7, 30), after(25, 0)]);
    // Opened in the evening, nothing elapses before the morning.
    let evening = opened_and(&[(10, 0, What::Resolved), (11, 0, What::Reopened)]);
    let all = clocks(&policy, Some(&calendar), &evening, after(23, 59));
    assert_eq!(all.last().unwrap().elapsed, Duration::hours(8));
}

#[test]
fn clocks_ask_only_about_what_had_happened_by_then() {
    let moments = opened_and(&[(1, 0, What::Responded), (2, 0, waiting()), (3, 0, What::Resolved)]);
    let statuses =
        |at| clocks(&policy(), None, &moments, at).iter().map(|clock| clock.status).collect::<Vec<_>>();
    assert_eq!(statuses(after(0, 0) - Duration::seconds(1)), []);
    assert_eq!(statuses(after(0, 30)), [SlaStatus::OnTrack, SlaStatus::OnTrack]);
    assert_eq!(statuses(after(2, 30)), [SlaStatus::Met, SlaStatus::Paused]);
    assert_eq!(statuses(after(3, 0)), [SlaStatus::Met, SlaStatus::Met]);
}
