//! Who was considered when somebody had to be told, and what became of it: recorded in the event that tells, so that nobody
//! ever has to reconstruct why a person was told, or was not.

use serde::{Deserialize, Serialize};

use super::NotificationId;
use crate::{
    contact::{Channel, ContactMethodId},
    member::MemberId,
    policy::Target,
    stamp::Timestamp,
};

/// One person considered at one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub member: MemberId,
    /// Through which of the level's targets.
    pub through: Target,
    /// What became of it.
    pub verdict: Verdict,
}

/// Whether somebody is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// They are.
    Told {
        /// By these messages, the earliest first.
        by: Vec<Planned>,
        /// The channels that were passed over.
        withheld: Vec<Withheld>,
    },
    /// They are not.
    NotTold {
        /// Why, in the first place.
        why: Reason,
        /// The channels that were passed over, each for its own reason.
        withheld: Vec<Withheld>,
    },
}

/// A message that will be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// The notification.
    pub notification: NotificationId,
    /// To which address.
    pub method: ContactMethodId,
    /// By which channel.
    pub channel: Channel,
    /// When.
    pub at: Timestamp,
}

/// A channel that was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// Which.
    pub channel: Channel,
    /// Why.
    pub why: Reason,
}

/// Why somebody is not told, or not by some channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// They are not on call.
    OffCall,
    /// It is quiet for them, and this is not urgent enough to break it.
    QuietHours,
    /// They want it later, with others, in one message.
    Digest,
    /// They do not want to be told of this.
    Muted,
    /// They have no contact method for it.
    NoMethod,
    /// The address was never proven to be theirs.
    Unverified,
    /// They did not consent to being reached so.
    NoConsent,
    /// They were told as often as they may be within a time.
    Limited,
    /// They are told of this already.
    Duplicate,
    /// Nobody is told of it for now: a maintenance window, say.
    Suppressed,
    /// They may not act for now.
    Suspended,
    /// They were forgotten.
    Forgotten,
    /// Somebody owns it already.
    Acknowledged,
}

impl Reason {
    /// The stored word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OffCall => "off_call",
            Self::QuietHours => "quiet_hours",
            Self::Digest => "digest",
            Self::Muted => "muted",
            Self::NoMethod => "no_method",
            Self::Unverified => "unverified",
            Self::NoConsent => "no_consent",
            Self::Limited => "limited",
            Self::Duplicate => "duplicate",
            Self::Suppressed => "suppressed",
            Self::Suspended => "suspended",
            Self::Forgotten => "forgotten",
            Self::Acknowledged => "acknowledged",
        }
    }

    /// What it says to people: “not told: quiet hours”.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::OffCall => "not on call",
            Self::QuietHours => "quiet hours",
            Self::Digest => "collected for their digest",
            Self::Muted => "they do not want it",
            Self::NoMethod => "no contact method for it",
            Self::Unverified => "the address was never proven to be theirs",
            Self::NoConsent => "no consent",
            Self::Limited => "told as often as the limit allows",
            Self::Duplicate => "told of it already",
            Self::Suppressed => "suppressed",
            Self::Suspended => "suspended",
            Self::Forgotten => "forgotten",
            Self::Acknowledged => "somebody owns it already",
        }
    }

    /// Whether it puts a message off, rather than forbids it.
    #[must_use]
    pub const fn puts_off(self) -> bool {
        matches!(self, Self::QuietHours | Self::Digest | Self::Limited)
    }
}
