//! Where a notification stands, and that it only moves forward.

use serde::{Deserialize, Serialize};

/// Where a notification stands. The order is the order in which it moves: what is reported late, twice or out of order leads to
/// the furthest that is known, and never back. What is proven (somebody read it) counts for more than what was only believed
/// (that it failed).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationStatus {
    /// Not there.
    #[default]
    Absent,
    /// It will be sent.
    Queued,
    /// It is being sent, for the first time or again.
    Sending,
    /// Whether it was sent is not known.
    Unknown,
    /// It came too late to be sent.
    Expired,
    /// It was not needed any more.
    Suppressed,
    /// The provider has it.
    Sent,
    /// It could not be sent, or not be delivered.
    Failed,
    /// It reached the address.
    Delivered,
    /// The address refused it.
    Bounced,
    /// The recipient read it.
    Read,
    /// The recipient did what it asked for.
    ActedOn,
}

impl NotificationStatus {
    /// Every status of a notification that exists, in order.
    pub const ALL: &'static [Self] = &[
        Self::Queued,
        Self::Sending,
        Self::Unknown,
        Self::Expired,
        Self::Suppressed,
        Self::Sent,
        Self::Failed,
        Self::Delivered,
        Self::Bounced,
        Self::Read,
        Self::ActedOn,
    ];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Suppressed => "suppressed",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Read => "read",
            Self::ActedOn => "acted_on",
        }
    }
}
