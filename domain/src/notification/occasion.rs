//! What people are told of.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::NotificationId;
use crate::{contact::ContactMethodId, escalation::EscalationId, member::MemberId};

/// What people are told of. Nobody is told of the same occasion twice by the same contact method.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// An escalation reached a level.
    Level {
        /// The escalation.
        escalation: EscalationId,
        /// The level, from 1.
        level: u16,
        /// Which time through the levels it is, from 1.
        round: u32,
    },
    /// Something happened that a rule names.
    Event {
        /// To what: `ticket_…`, `alert_…`.
        stream: String,
        /// The event, by the version that it led to.
        version: u64,
    },
}

impl Occasion {
    /// The notification by which this recipient is told of it by this contact method: planning it twice is planning it once.
    #[must_use]
    pub fn notification(&self, recipient: MemberId, method: ContactMethodId) -> NotificationId {
        NotificationId::derived(recipient, &format!("{self}/{method}"))
    }

    /// The level, if it is one.
    #[must_use]
    pub const fn level(&self) -> Option<u16> {
        match self {
            Self::Level { level, .. } => Some(*level),
            Self::Event { .. } => None,
        }
    }
}

/// Its key, of which the ids of its notifications are made: it never changes.
impl fmt::Display for Occasion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Level { escalation, level, round } => write!(f, "{escalation}/{level}/{round}"),
            Self::Event { stream, version } => write!(f, "{stream}@{version}"),
        }
    }
}
