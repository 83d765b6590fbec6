//! Policies in plain words.

use escalon_domain::{
    escalation::Urgency,
    policy::{EscalationPolicy, Level, Needed, Repeat, Target, When},
};

use super::{level, policy, role, thresholds};
use crate::cast::{ALICE, slug};

fn in_words(policy: &EscalationPolicy) -> Vec<String> {
    policy.in_words(Target::in_words)
}

#[test]
fn a_policy_reads_as_people_would_say_it() {
    let policy = EscalationPolicy {
        reminder_minutes: Some(30),
        acknowledgement_timeout_minutes: Some(90),
        ..policy()
    };
    let expected = [
        "Level 1 tells the role manager at once.",
        "Level 2 tells whoever is on call by the schedule primary 15 minutes after level 1.",
        "Level 3 tells the role chief 30 minutes after level 2.",
        "If nobody has acknowledged 1 hour after the last level, it begins anew, once; then it is exhausted.",
        "Whoever acknowledged is reminded every 30 minutes until it is resolved.",
        "If it is not resolved 1 hour 30 minutes after it was acknowledged, it escalates again.",
    ];
    assert_eq!(in_words(&policy), expected);
}

#[test]
fn thresholds_read_as_shares_of_the_time() {
    let expected = [
        "Level 1 tells the role lead when 50 per cent of the time to the deadline have passed.",
        "Level 2 tells the role owner when 75 per cent of the time to the deadline have passed.",
        "Level 3 tells the role admin when 90 per cent of the time to the deadline have passed.",
        "If nobody has acknowledged 30 minutes after the last level, it is exhausted.",
    ];
    assert_eq!(in_words(&thresholds()), expected);
}

#[test]
fn everything_that_a_level_can_say() {
    let targets = vec![Target::Requester, Target::Assignee, Target::Team(slug("desk"))];
    let all = Level {
        acknowledgement: Needed::All,
        urgency: Some(Urgency::Urgent),
        ..level(role("x"), When::default())
    };
    let levels = vec![
        Level { targets, when: When::DelayMinutes(2_881), ..all },
        Level {
            targets: vec![Target::Channel(slug("alerts")), Target::Member(ALICE)],
            ..level(role("x"), When::default())
        },
    ];
    let policy = EscalationPolicy { levels, repeat: Repeat { times: 3, delay_minutes: 1 }, ..policy() };
    let expected = [
        "Level 1 tells the requester, the assignee and the team desk after 2 days 1 minute, with urgency urgent; each of \
         them has to acknowledge."
            .to_owned(),
        format!("Level 2 tells the channel alerts and {ALICE} together with level 1."),
        "If nobody has acknowledged 1 minute after the last level, it begins anew, 3 times; then it is exhausted."
            .to_owned(),
    ];
    assert_eq!(in_words(&policy), expected);
    let mine =
        policy.in_words(
            |target| if *target == Target::Member(ALICE) { "Alice".into() } else { target.to_string() },
        );
    assert!(mine[1].contains("channel:alerts and Alice"), "{}", mine[1]);
}
