//! What an SLA policy refuses: each fault with its field and its cure, all of them at once.

use escalon_domain::{
    definition::Body,
    sla::{Coverage, PauseStatus, Pauses, PriorityChange, SlaPolicy, SlaTime, TargetTimes, Thresholds},
};

use super::policy;
use crate::{cast::slug, definition::is_faulty};

#[test]
fn a_policy_promises_something_within_a_time() {
    let nothing = SlaPolicy { first_response: None, next_response: None, resolution: None, ..policy() };
    is_faulty(
        policy(),
        nothing,
        &["resolution"],
        "give a time for first_response, next_response or resolution",
    );
    let empty = SlaPolicy { next_response: Some(TargetTimes::default()), ..policy() };
    is_faulty(policy(), empty, &["next_response.minutes"], "give minutes by priority, or otherwise_minutes");
    let minutes = [(slug("high"), 0), (slug("low"), 10)].into();
    let wrong = TargetTimes { minutes, otherwise_minutes: Some(u32::MAX), ..TargetTimes::default() };
    let bad = SlaPolicy { resolution: Some(wrong), ..policy() };
    let paths = ["resolution.minutes.high", "resolution.otherwise_minutes"];
    is_faulty(policy(), bad, &paths, "needs 1 to 2635200 minutes; this is 0");
}

#[test]
fn business_time_needs_a_calendar_and_a_calendar_business_time() {
    let mut business = policy();
    business.resolution.as_mut().unwrap().time = SlaTime::Business;
    is_faulty(
        policy(),
        business.clone(),
        &["calendar"],
        "resolution counts business time; name the business calendar",
    );
    assert!(business.counts_business_time() && !policy().counts_business_time());
    business.calendar = Some(slug("office"));
    assert_eq!(business.faults(), []);
    let idle = SlaPolicy { calendar: Some(slug("office")), ..policy() };
    is_faulty(policy(), idle, &["calendar"], "say “time: business” at one, or leave the calendar out");
}

#[test]
fn thresholds_ascend_from_1_to_100() {
    let thresholds = |shares: &[u8]| SlaPolicy { thresholds: Thresholds(shares.to_vec()), ..policy() };
    is_faulty(policy(), thresholds(&[50, 50]), &["thresholds.1"], "50 is not more than 50 before it");
    is_faulty(
        policy(),
        thresholds(&[0, 75, 101]),
        &["thresholds.0", "thresholds.2"],
        "use 1 to 100 per cent",
    );
    let many: Vec<u8> = (1..=21).collect();
    is_faulty(policy(), thresholds(&many), &["thresholds"], "20 thresholds at most; this has 21");
    for good in [&[][..], &[100], &[10, 20, 30, 40, 50]] {
        assert_eq!(thresholds(good).faults(), []);
    }
}

#[test]
fn all_other_faults_are_named_at_once() {
    let bad = SlaPolicy {
        title: String::new(),
        covers: Coverage { brands: [String::new()].into(), ..Coverage::default() },
        buffer_minutes: u32::MAX,
        pauses: Pauses { statuses: [PauseStatus::Processed].into(), reasons: [slug("customer")].into() },
        ..policy()
    };
    let paths = ["title", "covers.brands", "buffer_minutes", "pauses.reasons"];
    is_faulty(policy(), bad, &paths, "add waiting to the statuses, or leave the reasons out");
}

#[test]
fn what_a_configuration_leaves_out_has_defaults() {
    let least = r#"{"name":"x","title":"X","resolution":{"otherwise_minutes":240}}"#;
    let read: SlaPolicy = serde_json::from_str(least).unwrap();
    assert_eq!((read.buffer_minutes, &read.thresholds.0[..]), (60, &[50, 75, 90][..]));
    assert_eq!(read.on_priority_change, PriorityChange::Retroactive);
    assert_eq!(read.pauses.statuses, [PauseStatus::Waiting, PauseStatus::Processed].into());
    assert_eq!(read.faults(), []);
    let misspelt = least.replace("otherwise_minutes", "otherwise");
    assert!(
        serde_json::from_str::<SlaPolicy>(&misspelt)
            .unwrap_err()
            .to_string()
            .contains("unknown field `otherwise`")
    );
}
