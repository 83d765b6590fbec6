//! Where an alert stands, and what people can do with it then.

use serde::{Deserialize, Serialize};

/// Where an alert stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not there.
    #[default]
    Unknown,
    /// It is there, and nobody owns it.
    Triggered,
    /// Somebody owns it.
    Acknowledged,
    /// It is there, and nobody is told.
    Suppressed,
    /// It is over, until it is triggered again.
    Resolved,
}

/// What people can do with an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Own it.
    Acknowledge,
    /// Give up owning it.
    Unacknowledge,
    /// Tell nobody of it.
    Suppress,
    /// Be done with it.
    Resolve,
}

impl Status {
    /// Every status of an alert that exists.
    pub const ALL: &'static [Self] = &[Self::Triggered, Self::Acknowledged, Self::Suppressed, Self::Resolved];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Triggered => "triggered",
            Self::Acknowledged => "acknowledged",
            Self::Suppressed => "suppressed",
            Self::Resolved => "resolved",
        }
    }

    /// Whether the condition is still there, as far as anybody knows.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Triggered | Self::Acknowledged | Self::Suppressed)
    }

    /// Whether the action is possible now.
    #[must_use]
    pub const fn can(self, action: Action) -> bool {
        match action {
            Action::Acknowledge => matches!(self, Self::Triggered | Self::Suppressed),
            Action::Unacknowledge => matches!(self, Self::Acknowledged),
            Action::Suppress => matches!(self, Self::Triggered),
            Action::Resolve => self.is_open(),
        }
    }

    /// The actions that are possible now.
    #[must_use]
    pub fn actions(self) -> Vec<&'static str> {
        Action::ALL.iter().filter(|action| self.can(**action)).map(|action| action.name()).collect()
    }
}

impl Action {
    /// Every action.
    pub const ALL: &'static [Self] = &[Self::Acknowledge, Self::Unacknowledge, Self::Suppress, Self::Resolve];

    /// The words for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Unacknowledge => "un-acknowledge",
            Self::Suppress => "suppress",
            Self::Resolve => "resolve",
        }
    }
}
