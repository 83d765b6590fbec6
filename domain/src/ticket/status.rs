//! The statuses of a ticket and the one table of moves between them.

use serde::{Deserialize, Serialize};

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not there.
    #[default]
    Unknown,
    /// To be worked on.
    Open,
    /// Somebody outside must do something first; the clock is paused.
    Waiting,
    /// A resolution was proposed.
    Processed,
    /// The resolution stands.
    Resolved,
    /// To be worked on again.
    Reopened,
    /// Done with.
    Closed,
}

/// What can be done that moves a ticket, or needs it at certain statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Say that it waits for somebody.
    Wait,
    /// Say that the waiting is over.
    Resume,
    /// Propose a resolution.
    ProposeResolution,
    /// Accept the proposed one.
    AcceptResolution,
    /// Work on it again.
    Reopen,
    /// Be done with it.
    Close,
    /// Submit proof of work.
    SubmitProof,
}

impl Status {
    /// Every status of a ticket that exists.
    pub const ALL: &'static [Self] =
        &[Self::Open, Self::Waiting, Self::Processed, Self::Resolved, Self::Reopened, Self::Closed];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Processed => "processed",
            Self::Resolved => "resolved",
            Self::Reopened => "reopened",
            Self::Closed => "closed",
        }
    }

    /// The actions that are possible here.
    #[must_use]
    pub fn actions(self) -> Vec<&'static str> {
        Action::ALL.iter().filter(|action| action.allowed_from(self)).map(|action| action.name()).collect()
    }
}

impl Action {
    /// Every action.
    pub const ALL: &'static [Self] = &[
        Self::Wait,
        Self::Resume,
        Self::ProposeResolution,
        Self::AcceptResolution,
        Self::Reopen,
        Self::Close,
        Self::SubmitProof,
    ];

    /// The words for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::Resume => "resume",
            Self::ProposeResolution => "propose a resolution",
            Self::AcceptResolution => "accept the resolution",
            Self::Reopen => "reopen",
            Self::Close => "close",
            Self::SubmitProof => "submit proof",
        }
    }

    /// The table: whether the action is possible at this status.
    #[must_use]
    pub const fn allowed_from(self, status: Status) -> bool {
        use Status as S;
        match self {
            Self::Wait | Self::ProposeResolution => matches!(status, S::Open | S::Reopened | S::Waiting),
            Self::Resume => matches!(status, S::Waiting),
            Self::AcceptResolution => matches!(status, S::Processed),
            Self::Reopen => matches!(status, S::Processed | S::Resolved | S::Closed),
            Self::Close => matches!(status, S::Open | S::Reopened | S::Waiting | S::Processed | S::Resolved),
            Self::SubmitProof => matches!(status, S::Open | S::Reopened | S::Waiting | S::Processed),
        }
    }
}
