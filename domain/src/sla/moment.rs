//! What happens to a ticket that its clocks take note of.

use serde::{Deserialize, Serialize};

use crate::{slug::Slug, stamp::Timestamp};

/// Something that clocks take note of, and when it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It was opened with this priority.
    Opened(Slug),
    /// Somebody answered the requester.
    Responded,
    /// The requester said something.
    CustomerReplied,
    /// Others must do something first.
    Paused(Pause),
    /// That is over.
    Resumed,
    /// It got another priority.
    PriorityChanged(Slug),
    /// It was resolved, or closed.
    Resolved,
    /// It is to be worked on again.
    Reopened,
}

/// For what others are waited for. Whether clocks stand meanwhile, the policy says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pause {
    /// It waits for this reason.
    Waiting(Slug),
    /// A resolution was proposed, which the requester may accept.
    Processed,
}

/// A status in which clocks can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseStatus {
    /// It waits for somebody.
    Waiting,
    /// A resolution was proposed.
    Processed,
}

impl Moment {
    /// Something that happened then.
    #[must_use]
    pub const fn new(at: Timestamp, what: What) -> Self {
        Self { at, what }
    }
}

impl Pause {
    /// The status in which the ticket is meanwhile.
    #[must_use]
    pub const fn status(&self) -> PauseStatus {
        match self {
            Self::Waiting(_) => PauseStatus::Waiting,
            Self::Processed => PauseStatus::Processed,
        }
    }
}
