//! What is wrong with a policy.

use escalon_domain::{
    definition::Body,
    policy::{EscalationPolicy, Level, Needed, Repeat, Target, When},
};

use super::{level, policy, role, thresholds};
use crate::cast::{ALICE, slug};

/// The paths of all faults, and what they say.
fn faults(policy: &EscalationPolicy) -> Vec<(String, String)> {
    policy.faults().into_iter().map(|fault| (fault.path.join("."), fault.message)).collect()
}

#[track_caller]
fn is_faulty(policy: &EscalationPolicy, expected: &[(&str, &str)]) {
    let found = faults(policy);
    let paths: Vec<_> = found.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, expected.iter().map(|(path, _)| *path).collect::<Vec<_>>(), "{found:?}");
    for ((path, message), (_, words)) in found.iter().zip(expected) {
        assert!(message.contains(words), "{path}: {message}");
    }
}

#[test]
fn good_ones_have_no_faults() {
    assert_eq!(faults(&policy()), []);
    assert_eq!(faults(&thresholds()), []);
}

#[test]
fn a_policy_has_a_title_and_levels() {
    is_faulty(
        &EscalationPolicy { title: " ".into(), levels: Vec::new(), ..policy() },
        &[("title", "must not be empty"), ("levels", "tells nobody")],
    );
    let levels = vec![level(role("manager"), When::DelayMinutes(1)); 21];
    is_faulty(&EscalationPolicy { levels, ..policy() }, &[("levels", "20 at most; this has 21")]);
}

#[test]
fn a_level_tells_somebody_and_each_once() {
    let mut faulty = policy();
    faulty.levels[0].targets.clear();
    faulty.levels[1].targets = vec![role("manager"), Target::Member(ALICE), role("manager")];
    faulty.levels[2].targets = (0..51).map(|number| role(&format!("r{number}"))).collect();
    is_faulty(
        &faulty,
        &[
            ("levels.0.targets", "role:manager"),
            ("levels.1.targets.2", "role:manager is there already"),
            ("levels.2.targets", "50 at most; this has 51"),
        ],
    );
}

#[test]
fn a_channel_cannot_acknowledge() {
    let all = |targets| Level { targets, acknowledgement: Needed::All, ..level(role("x"), When::default()) };
    let channel = Target::Channel(slug("alerts"));
    let bad = EscalationPolicy { levels: vec![all(vec![channel.clone()])], ..policy() };
    is_faulty(&bad, &[("levels.0.acknowledgement", "use “one”")]);
    let good = EscalationPolicy { levels: vec![all(vec![channel, role("manager")])], ..policy() };
    is_faulty(&good, &[]);
}

#[test]
fn delays_and_thresholds_are_not_mixed_and_thresholds_rise() {
    let mut mixed = policy();
    mixed.levels[1].when = When::ThresholdPercent(50);
    is_faulty(&mixed, &[("levels.1.when", "give this one a delay")]);
    let mut mixed = thresholds();
    mixed.levels[2].when = When::DelayMinutes(15);
    is_faulty(&mixed, &[("levels.2.when", "give this one a threshold")]);
    let mut falling = thresholds();
    falling.levels[1].when = When::ThresholdPercent(50);
    is_faulty(&falling, &[("levels.1.when", "more than the 50 per cent")]);
    let mut outside = thresholds();
    outside.levels[0].when = When::ThresholdPercent(0);
    outside.levels[2].when = When::ThresholdPercent(1_001);
    is_faulty(&outside, &[("levels.0.when", "this is 0"), ("levels.2.when", "this is 1001")]);
}

#[test]
fn a_repeat_takes_time_and_ends() {
    let with =
        |policy, times, delay_minutes| EscalationPolicy { repeat: Repeat { times, delay_minutes }, ..policy };
    is_faulty(&with(policy(), 1, 0), &[("repeat.delay_minutes", "begin anew at once")]);
    is_faulty(&with(policy(), 21, 5), &[("repeat.times", "20 at most; this is 21")]);
    is_faulty(&with(policy(), 0, 0), &[]);
    is_faulty(&with(thresholds(), 1, 5), &[("repeat.times", "a deadline comes once")]);
}

#[test]
fn no_span_is_longer_than_thirty_days() {
    let mut long = policy();
    long.levels[1].when = When::DelayMinutes(43_201);
    long.repeat.delay_minutes = u32::MAX;
    (long.acknowledgement_timeout_minutes, long.reminder_minutes) = (Some(0), Some(43_201));
    is_faulty(
        &long,
        &[
            ("levels.1.when", "this is 43201"),
            ("repeat.delay_minutes", "30 days"),
            ("acknowledgement_timeout_minutes", "1 to 43200 minutes"),
            ("reminder_minutes", "this is 43201"),
        ],
    );
}

#[test]
fn what_a_configuration_leaves_out_has_defaults() {
    let least = r#"{"name": "urgent", "title": "Urgent", "levels": [{"targets": [{"role": "manager"}, "requester"]}]}"#;
    let read: EscalationPolicy = serde_json::from_str(least).unwrap();
    assert_eq!(read.levels[0].when, When::DelayMinutes(0));
    assert_eq!(read.levels[0].targets, [role("manager"), Target::Requester]);
    assert_eq!(
        (read.levels[0].acknowledgement, read.repeat),
        (Needed::One, Repeat { times: 0, delay_minutes: 30 })
    );
    let misspelt = least.replace("targets", "target");
    let error = serde_json::from_str::<EscalationPolicy>(&misspelt).unwrap_err().to_string();
    assert!(error.contains("unknown field `target`"), "{error}");
}
