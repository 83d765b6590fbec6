//! When levels are due.

use chrono::Duration;
use escalon_domain::{
    policy::{EscalationPolicy, Repeat, When},
    stamp::Timestamp,
};
use proptest::{collection::vec, prelude::*};

use super::{level, policy, role, thresholds};
use crate::cast::morning;

/// Minutes after the start at which each level is due, as (round, level, minutes).
fn minutes(policy: &EscalationPolicy) -> Vec<(u32, u16, i64)> {
    let steps = policy.timetable(morning(), &[]);
    steps.iter().map(|step| (step.round, step.level, (step.due.unwrap() - morning()).num_minutes())).collect()
}

#[test]
fn each_level_is_due_after_the_one_before_was_and_a_repeat_after_the_last_level_had_its_time() {
    let expected = [(1, 1, 0), (1, 2, 15), (1, 3, 45), (2, 1, 105), (2, 2, 120), (2, 3, 150)];
    assert_eq!(minutes(&policy()), expected);
}

#[test]
fn the_first_level_may_have_a_delay_too() {
    let levels = vec![level(role("manager"), When::DelayMinutes(60))];
    let repeat = Repeat { times: 2, delay_minutes: 10 };
    assert_eq!(
        minutes(&EscalationPolicy { levels, repeat, ..policy() }),
        [(1, 1, 60), (2, 1, 130), (3, 1, 200)]
    );
}

#[test]
fn created_on_the_first_and_due_on_the_tenth_of_january() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let (created, deadline) = (at("2026-01-01T00:00:00Z"), at("2026-01-10T00:00:00Z"));
    let moments = thresholds().thresholds(created, deadline);
    // After 4.5, 6.75 and 8.1 days.
    let expected = ["2026-01-05T12:00:00Z", "2026-01-07T18:00:00Z", "2026-01-09T02:24:00Z"].map(at);
    assert_eq!(moments, expected);
    let dues: Vec<_> = thresholds().timetable(created, &moments).iter().map(|step| step.due).collect();
    assert_eq!(dues, expected.map(Some));
    assert!(policy().thresholds(created, deadline).is_empty());
}

#[test]
fn a_threshold_that_has_passed_is_due_at_once_and_one_that_is_not_known_is_not_due() {
    let deadline = morning() - Duration::hours(1);
    let moments = thresholds().thresholds(morning() - Duration::days(1), deadline);
    let steps = thresholds().timetable(morning(), &moments);
    assert_eq!(steps.iter().map(|step| step.due).collect::<Vec<_>>(), [Some(morning()); 3]);
    assert_eq!(thresholds().timetable(morning(), &[]), []);
}

#[test]
fn the_end_of_the_calendar_is_as_far_as_it_goes() {
    let start = Timestamp::MAX_UTC - Duration::minutes(10);
    let dues: Vec<_> = policy().timetable(start, &[]).iter().filter_map(|step| step.due).collect();
    assert_eq!((dues[0], dues[1], dues.len()), (start, Timestamp::MAX_UTC, 6));
    let moments = thresholds().thresholds(Timestamp::MIN_UTC, Timestamp::MAX_UTC);
    assert!(moments.is_sorted());
}

proptest! {
    /// Counted on the fingers: start at the beginning and add up every delay that comes by.
    #[test]
    fn any_policy_adds_up(delays in vec(0..300_u32, 1..6), times in 0..4_u16, again in 1..200_u32) {
        let levels = delays.iter().map(|delay| level(role("manager"), When::DelayMinutes(*delay))).collect();
        let policy = EscalationPolicy { levels, repeat: Repeat { times, delay_minutes: again }, ..policy() };
        let mut expected = Vec::new();
        let mut clock = 0;
        for round in 1..=u32::from(times) + 1 {
            for (delay, level) in delays.iter().zip(1..) {
                clock += i64::from(*delay);
                expected.push((round, level, clock));
            }
            clock += i64::from(again);
        }
        prop_assert_eq!(minutes(&policy), expected);
    }

    #[test]
    fn a_threshold_is_its_share_of_the_time(seconds in 0..100_000_000_i64, percent in 1..1_000_u16) {
        let policy = EscalationPolicy {
            levels: vec![level(role("lead"), When::ThresholdPercent(percent))],
            ..thresholds()
        };
        let found = policy.thresholds(morning(), morning() + Duration::seconds(seconds))[0];
        let hundredths = (found - morning()).num_microseconds().unwrap() * 100;
        prop_assert_eq!(hundredths, seconds * 1_000_000 * i64::from(percent));
    }
}
