//! What is the matter with a policy that is good in itself, as people, roles and schedules stand: found before somebody is not
//! told in the night. The facts are handed in.

use std::collections::{BTreeMap, BTreeSet};

use super::{EscalationPolicy, Level, Target, When};
use crate::{member::MemberId, stamp::Timestamp};

/// How the targets of a policy stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// What is known of each target; nothing is said of one that is not here, such as the requester.
    pub targets: BTreeMap<Target, Known>,
    /// The members who have a contact method by which they can be told.
    pub reachable: BTreeSet<MemberId>,
}

/// What is known of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Nothing living has this name.
    Missing,
    /// A member, or a role or team with these active members.
    Members(BTreeSet<MemberId>),
    /// A schedule, looked at over some time to come.
    Schedule {
        /// The active members who are on call in that time.
        members: BTreeSet<MemberId>,
        /// When nobody is.
        gaps: Vec<Gap>,
    },
    /// A channel that is there.
    Channel,
}

/// A time in which nobody is on call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
}

/// Something the matter with a policy. It may be used all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// Where, for example `["levels", "0", "targets", "1"]`.
    pub path: Vec<String>,
    /// In plain words, with what can be done about it.
    pub message: String,
}

/// Kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// A target that is not there.
    MissingTarget,
    /// A role or team without active members, or a schedule without anybody on call.
    EmptyTarget,
    /// A schedule that leaves hours uncovered.
    UncoveredHours,
    /// A member who cannot be told by anything.
    NoContactMethod,
    /// A level that reaches nobody at all.
    UnreachableLevel,
    /// A level that leaves the one before no time.
    NoTimeBetween,
    /// A reminder that never comes.
    UnreachableReminder,
}

impl EscalationPolicy {
    /// What is the matter with it as things stand; the order of its levels and targets.
    #[must_use]
    pub fn lint(&self, facts: &Facts) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (place, level) in self.levels.iter().enumerate() {
            let path = ["levels".to_owned(), place.to_string()];
            if place > 0 && level.when == When::DelayMinutes(0) {
                let message = format!(
                    "level {} is due together with level {place}, which leaves nobody time to acknowledge; give it a delay",
                    place + 1
                );
                findings.push(finding(FindingKind::NoTimeBetween, &path, &["when"], message));
            }
            for (number, target) in level.targets.iter().enumerate() {
                let at = ["targets".to_owned(), number.to_string()];
                let of_target = facts.targets.get(target).map(|known| facts.findings(target, known));
                findings.extend(
                    of_target
                        .into_iter()
                        .flatten()
                        .map(|(kind, message)| finding(kind, &path, &[&at[0], &at[1]], message)),
                );
            }
            if facts.reach_nobody(level) {
                let message = format!(
                    "level {} reaches nobody as things stand: it would pass in silence; name somebody who can be told",
                    place + 1
                );
                findings.push(finding(FindingKind::UnreachableLevel, &path, &[], message));
            }
        }
        let silent = self.reminder_minutes.zip(self.acknowledgement_timeout_minutes);
        if silent.is_some_and(|(reminder, timeout)| reminder >= timeout) {
            let message =
                "the acknowledgement ends before the first reminder, which never comes; remind sooner";
            findings.push(finding(
                FindingKind::UnreachableReminder,
                &[],
                &["reminder_minutes"],
                message.to_owned(),
            ));
        }
        findings
    }
}

impl Facts {
    fn findings(&self, target: &Target, known: &Known) -> Vec<(FindingKind, String)> {
        let mut findings = Vec::new();
        let members = match known {
            Known::Missing => {
                let message = format!("{target} is not there, or not any more; define it or name another");
                return vec![(FindingKind::MissingTarget, message)];
            }
            Known::Channel => return findings,
            Known::Members(members) | Known::Schedule { members, .. } => members,
        };
        if members.is_empty() {
            let message = match target {
                Target::Schedule(_) => format!("{target} has nobody on call; fill its layers"),
                Target::Member(_) => format!("{target} is not active; name somebody else"),
                _ => format!("{target} has no active members; add some or name another"),
            };
            findings.push((FindingKind::EmptyTarget, message));
        }
        if let Known::Schedule { gaps, .. } = known
            && let (Some(first), false) = (gaps.first(), members.is_empty())
        {
            let uncovered: i64 = gaps.iter().map(|gap| (gap.until - gap.from).num_minutes()).sum();
            let message = format!(
                "{target} has nobody on call for {} hours in all, first from {} to {}; add a layer that covers them",
                (uncovered + 59) / 60,
                first.from.format("%Y-%m-%d %H:%M UTC"),
                first.until.format("%Y-%m-%d %H:%M UTC"),
            );
            findings.push((FindingKind::UncoveredHours, message));
        }
        for member in members.difference(&self.reachable) {
            let message = format!(
                "{member}, told by {target}, has no contact method that can be used; let them add one"
            );
            findings.push((FindingKind::NoContactMethod, message));
        }
        findings
    }

    /// Whether it is certain that nobody is told at a level.
    fn reach_nobody(&self, level: &Level) -> bool {
        level.targets.iter().all(|target| match self.targets.get(target) {
            None | Some(Known::Channel) => false,
            Some(Known::Missing) => true,
            Some(Known::Members(members) | Known::Schedule { members, .. }) => {
                members.is_disjoint(&self.reachable)
            }
        })
    }
}

fn finding(kind: FindingKind, path: &[String], rest: &[&str], message: String) -> Finding {
    let path = path.iter().cloned().chain(rest.iter().map(|part| (*part).to_owned())).collect();
    Finding { kind, path, message }
}
