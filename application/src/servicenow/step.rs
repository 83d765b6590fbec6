//! The steps of an import: what somebody did in ServiceNow, as a command on a ticket.

use escalon_domain::{slug::Slug, stamp::Timestamp};
use serde::Serialize;

use super::FIELDS;

/// An incident as it was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Opening {
    /// Its title.
    pub title: String,
    /// Who asks for it, if known.
    pub caller: Option<String>,
    /// The word for its priority, if known.
    pub priority: Option<&'static str>,
    /// The team it went to at once.
    pub team: Option<String>,
    /// The member it went to at once.
    pub assignee: Option<String>,
    /// The values of [`FIELDS`], in that order.
    pub fields: [Option<String>; FIELDS.len()],
}

/// Something done to an incident. Teams and members go by the names they have in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// It was opened.
    Open(Box<Opening>),
    /// It must have been resolved, since it was reopened next, though the log does not say when.
    InferResolution {
        /// What to say of it.
        remarks: String,
    },
    /// It was reopened.
    Reopen,
    /// It got another priority.
    Prioritize {
        /// The word.
        priority: &'static str,
    },
    /// Its fields were corrected.
    Edit {
        /// Which, with their new values; none where the value was removed.
        fields: Vec<(&'static str, Option<String>)>,
    },
    /// It went to a team, a member, both or nobody.
    Assign {
        /// The team.
        team: Option<String>,
        /// The member.
        assignee: Option<String>,
    },
    /// It waits for somebody.
    Wait {
        /// For whom.
        reason: Slug,
    },
    /// The waiting is over.
    Resume,
    /// It was resolved.
    Resolve {
        /// What to say of it.
        remarks: String,
    },
    /// It was closed.
    Close {
        /// Why, when it was not resolved.
        reason: Option<String>,
    },
}

impl Step {
    /// Its name, which is part of its idempotency key.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::InferResolution { .. } => "infer-resolution",
            Self::Reopen => "reopen",
            Self::Prioritize { .. } => "prioritize",
            Self::Edit { .. } => "edit",
            Self::Assign { .. } => "assign",
            Self::Wait { .. } => "wait",
            Self::Resume => "resume",
            Self::Resolve { .. } => "resolve",
            Self::Close { .. } => "close",
        }
    }

    /// How many events it leads to: a resolution is proposed and, by the type's rules, accepted at once.
    pub(super) const fn events(&self) -> u64 {
        if matches!(self, Self::Resolve { .. } | Self::InferResolution { .. }) { 2 } else { 1 }
    }
}

/// A step with its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The line that led to it.
    pub line: u64,
    /// Which row of its incident that is, from 1.
    pub ordinal: u32,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it, if known.
    pub by: Option<String>,
    /// What was done.
    pub step: Step,
}

impl Planned {
    /// The key that makes sure it is done once.
    #[must_use]
    pub fn key(&self, number: &str) -> String {
        format!("servicenow:{number}:{}:{}", self.ordinal, self.step.name())
    }
}
