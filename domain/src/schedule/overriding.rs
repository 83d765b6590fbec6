//! Overrides: changes of who is on call within a span, made often and one after the other.

use std::collections::BTreeSet;

use chrono::{Datelike, Duration};
use serde::{Deserialize, Serialize};

use super::{OnCall, Source, layer::YEARS};
use crate::{fault::Fault, member::MemberId, stamp::Timestamp};

/// A change of who is on call within a span. It changes what the layers and the overrides before it say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// From when on it holds.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// What it changes.
    pub change: Change,
}

/// What an override changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Somebody is on call instead.
    Cover {
        /// Who is on call.
        by: Vec<MemberId>,
        /// Instead of whom, whenever they would be; of everybody, and where nobody would be, when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead_of: Option<MemberId>,
    },
    /// Two members exchange their shifts.
    Swap {
        /// The two.
        between: [MemberId; 2],
    },
}

/// The longest span of an override.
const LONGEST: Duration = Duration::days(366);

impl Override {
    /// Whether it holds at a moment.
    pub(super) fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }

    /// Who is on call when it holds, where it has this place and these were before. Each is named once.
    pub(super) fn change(&self, place: usize, before: Vec<OnCall>) -> Vec<OnCall> {
        let now = |member: &MemberId| OnCall { member: *member, source: Source::Override { place } };
        match &self.change {
            Change::Cover { by, instead_of: None } => by.iter().map(now).collect(),
            Change::Cover { by, instead_of: Some(gone) } => {
                if before.iter().all(|one| one.member != *gone) {
                    return before;
                }
                let stay: Vec<_> = before.into_iter().filter(|one| one.member != *gone).collect();
                let more = by.iter().filter(|member| stay.iter().all(|one| one.member != **member)).map(now);
                let more: Vec<_> = more.collect();
                stay.into_iter().chain(more).collect()
            }
            Change::Swap { between: [one, other] } => {
                let named = |member| before.iter().any(|one| one.member == member);
                match (named(*one), named(*other)) {
                    (true, false) => replace(before, *one, now(other)),
                    (false, true) => replace(before, *other, now(one)),
                    // Both are on call, or neither is.
                    _ => before,
                }
            }
        }
    }

    /// Whom it names.
    pub(super) fn members(&self) -> impl Iterator<Item = MemberId> {
        let (several, two) = match &self.change {
            Change::Cover { by, instead_of } => (by.as_slice(), [*instead_of, None]),
            Change::Swap { between: [one, other] } => (&[][..], [Some(*one), Some(*other)]),
        };
        several.iter().copied().chain(two.into_iter().flatten())
    }

    /// What is wrong with it; `place` is where it stands.
    pub(super) fn faults(&self, place: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |field, message: String| faults.push(Fault::at(["overrides", place, field], message));
        for (field, moment) in [("from", self.from), ("until", self.until)] {
            if !YEARS.contains(&moment.year()) {
                fault(field, format!("has to be in the years {} to {}", YEARS.start, YEARS.end - 1));
            }
        }
        if self.until <= self.from {
            fault("until", "is not after it begins".to_owned());
        } else if self.until - self.from > LONGEST {
            fault(
                "until",
                format!("an override lasts {} days at most; change the layers instead", LONGEST.num_days()),
            );
        }
        let wrong = match &self.change {
            Change::Cover { by, .. } if by.is_empty() => Some("names nobody who would be on call"),
            Change::Cover { by, .. } if by.len() > 20 => Some("names more than 20 members"),
            Change::Cover { by, .. } if by.iter().collect::<BTreeSet<_>>().len() != by.len() => {
                Some("names a member twice")
            }
            Change::Cover { by, instead_of: Some(gone) } if by.contains(gone) => {
                Some("puts a member in their own place; name somebody else")
            }
            Change::Swap { between: [one, other] } if one == other => {
                Some("exchanges the shifts of a member with their own; name two members")
            }
            _ => None,
        };
        if let Some(message) = wrong {
            fault("change", message.to_owned());
        }
        faults
    }
}

fn replace(before: Vec<OnCall>, gone: MemberId, come: OnCall) -> Vec<OnCall> {
    before.into_iter().filter(|one| one.member != gone).chain([come]).collect()
}
