//! What is the matter with a policy as things stand.

use std::collections::BTreeSet;

use chrono::Duration;
use escalon_domain::{
    member::MemberId,
    policy::{EscalationPolicy, Facts, FindingKind as Kind, Gap, Known, Target, When},
};

use super::{level, policy, role};
use crate::cast::{ALICE, BOB, CAROL, morning, slug};

fn members(ids: &[MemberId]) -> Known {
    Known::Members(ids.iter().copied().collect())
}

fn schedule(ids: &[MemberId], gaps: Vec<Gap>) -> Known {
    Known::Schedule { members: ids.iter().copied().collect(), gaps }
}

/// Manager, primary and chief of [`policy`]; all can be told.
fn facts(manager: Known, primary: Known, chief: Known) -> Facts {
    let targets =
        [(role("manager"), manager), (Target::Schedule(slug("primary")), primary), (role("chief"), chief)];
    Facts { targets: targets.into(), reachable: BTreeSet::from([ALICE, BOB, CAROL]) }
}

#[track_caller]
fn finds(policy: &EscalationPolicy, facts: &Facts, expected: &[(Kind, &str, &str)]) {
    let found = policy.lint(facts);
    let places: Vec<_> = found.iter().map(|finding| (finding.kind, finding.path.join("."))).collect();
    let wanted: Vec<_> = expected.iter().map(|(kind, path, _)| (*kind, (*path).to_owned())).collect();
    assert_eq!(places, wanted, "{found:#?}");
    for (finding, (_, _, words)) in found.iter().zip(expected) {
        assert!(finding.message.contains(words), "{}", finding.message);
    }
}

#[test]
fn nothing_is_said_where_everybody_can_be_told() {
    let good = facts(members(&[ALICE]), schedule(&[BOB], Vec::new()), members(&[CAROL, ALICE]));
    finds(&policy(), &good, &[]);
    finds(&policy(), &Facts::default(), &[]);
}

#[test]
fn roles_without_members_and_empty_schedules_make_their_levels_unreachable() {
    let empty = facts(members(&[]), schedule(&[], Vec::new()), Known::Missing);
    finds(
        &policy(),
        &empty,
        &[
            (Kind::EmptyTarget, "levels.0.targets.0", "role:manager has no active members"),
            (Kind::UnreachableLevel, "levels.0", "level 1 reaches nobody"),
            (Kind::EmptyTarget, "levels.1.targets.0", "schedule:primary has nobody on call"),
            (Kind::UnreachableLevel, "levels.1", "level 2 reaches nobody"),
            (Kind::MissingTarget, "levels.2.targets.0", "role:chief is not there"),
            (Kind::UnreachableLevel, "levels.2", "would pass in silence"),
        ],
    );
}

#[test]
fn members_without_a_contact_method_are_named() {
    let facts = Facts {
        reachable: BTreeSet::from([ALICE]),
        ..facts(members(&[ALICE, BOB]), schedule(&[BOB], Vec::new()), members(&[ALICE]))
    };
    finds(
        &policy(),
        &facts,
        &[
            (Kind::NoContactMethod, "levels.0.targets.0", &format!("{BOB}, told by role:manager")),
            (Kind::NoContactMethod, "levels.1.targets.0", "no contact method"),
            (Kind::UnreachableLevel, "levels.1", "level 2 reaches nobody"),
        ],
    );
}

#[test]
fn uncovered_hours_are_added_up_and_the_first_is_named() {
    let gap = |from, hours| {
        let from = morning() + Duration::hours(from);
        Gap { from, until: from + Duration::hours(hours) }
    };
    let facts = facts(members(&[ALICE]), schedule(&[BOB], vec![gap(0, 2), gap(24, 12)]), members(&[CAROL]));
    let words = "nobody on call for 14 hours in all, first from 2026-01-05 09:00 UTC to 2026-01-05 11:00 UTC";
    finds(&policy(), &facts, &[(Kind::UncoveredHours, "levels.1.targets.0", words)]);
}

#[test]
fn a_channel_or_the_requester_is_somebody() {
    let mut policy = policy();
    policy.levels = vec![level(Target::Channel(slug("alerts")), When::default())];
    policy.levels.push(level(Target::Requester, When::DelayMinutes(5)));
    let facts =
        Facts { targets: [(Target::Channel(slug("alerts")), Known::Channel)].into(), ..Facts::default() };
    finds(&policy, &facts, &[]);
}

#[test]
fn a_level_without_time_before_it_and_a_reminder_that_never_comes() {
    let mut hasty = policy();
    hasty.levels[1].when = When::DelayMinutes(0);
    (hasty.reminder_minutes, hasty.acknowledgement_timeout_minutes) = (Some(30), Some(30));
    finds(
        &hasty,
        &Facts::default(),
        &[
            (Kind::NoTimeBetween, "levels.1.when", "level 2 is due together with level 1"),
            (Kind::UnreachableReminder, "reminder_minutes", "never comes"),
        ],
    );
}
