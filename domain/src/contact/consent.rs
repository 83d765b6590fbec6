//! Consent to being reached by telephone.

use serde::{Deserialize, Serialize};

use super::Channel;
use crate::stamp::Timestamp;

/// How somebody let it be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// In their settings.
    Settings,
    /// By a message, such as START or STOP.
    Message,
    /// In a conversation, by telephone or in person.
    Spoken,
    /// On paper.
    Written,
    /// In the system that they were carried over from.
    Imported,
}

/// What somebody last said about being reached by a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Whether they consent.
    pub given: bool,
    /// Since when.
    pub at: Timestamp,
    /// How they let it be known.
    pub means: Means,
}

impl Channel {
    /// Whether nobody is reached by it who did not consent: what rings on somebody's telephone.
    #[must_use]
    pub const fn needs_consent(self) -> bool {
        matches!(self, Self::Sms | Self::Call | Self::WhatsApp)
    }
}
