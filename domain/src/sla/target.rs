//! What an SLA policy promises, and within which time.

use std::{collections::BTreeMap, fmt};

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{calendar::BusinessCalendar, slug::Slug, stamp::Timestamp};

/// What is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlaTarget {
    /// Somebody answers the requester for the first time.
    FirstResponse,
    /// Somebody answers what the requester said after that; each such answer is a cycle of its own.
    NextResponse,
    /// The ticket is resolved.
    Resolution,
    /// The ticket is resolved by its own deadline, which is not a policy's.
    Deadline,
}

/// Which time counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlaTime {
    /// All of it.
    #[default]
    Wall,
    /// The working time of the policy's calendar.
    Business,
}

/// The times of a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetTimes {
    /// Minutes by priority.
    #[serde(default)]
    pub minutes: BTreeMap<Slug, u32>,
    /// Minutes for any other priority; without them, tickets of another priority have no such target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise_minutes: Option<u32>,
    /// Which time counts.
    #[serde(default)]
    pub time: SlaTime,
}

impl SlaTarget {
    /// The targets that a policy can set.
    pub const OF_POLICIES: &'static [Self] = &[Self::FirstResponse, Self::NextResponse, Self::Resolution];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstResponse => "first_response",
            Self::NextResponse => "next_response",
            Self::Resolution => "resolution",
            Self::Deadline => "deadline",
        }
    }
}

impl fmt::Display for SlaTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TargetTimes {
    /// The time for this priority, if there is one.
    #[must_use]
    pub fn of(&self, priority: &Slug) -> Option<Duration> {
        let minutes = self.minutes.get(priority).copied().or(self.otherwise_minutes)?;
        Some(Duration::minutes(minutes.into()))
    }
}

/// How time passes: all of it, or a calendar's working time.
#[derive(Debug, Clone, Copy)]
pub(super) enum Passing<'c> {
    All,
    Working(&'c BusinessCalendar),
}

impl Passing<'_> {
    pub(super) fn elapsed(self, from: Timestamp, to: Timestamp) -> Duration {
        match self {
            Self::All => (to - from).max(Duration::zero()),
            Self::Working(calendar) => calendar.elapsed(from, to),
        }
    }

    /// The first moment at which so much has passed; the moment itself for none or less.
    pub(super) fn after(self, from: Timestamp, time: Duration) -> Option<Timestamp> {
        match self {
            Self::All => from.checked_add_signed(time.max(Duration::zero())),
            Self::Working(calendar) => calendar.after(from, time),
        }
    }
}
