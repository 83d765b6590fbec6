//! What can be asked about how a member is reached. They are commands of the member.

use super::{Channel, ContactMethodId, Means, NotificationRule, Preferences, QuietHours};
use crate::zone::Zone;

/// What can be asked about how a member is reached.
#[derive(Debug, Clone, PartialEq)]
pub enum ReachCommand {
    /// Add an address.
    AddMethod {
        /// Its id.
        method: ContactMethodId,
        /// By which channel it is reached.
        channel: Channel,
        /// The address, as it was written.
        address: String,
        /// Whether another system that had it proven vouches for it.
        vouched: bool,
    },
    /// Prove that an address is theirs.
    VerifyMethod {
        /// The contact method.
        method: ContactMethodId,
        /// What the code is worth that they told.
        code: Code,
    },
    /// Tell them there no more.
    RemoveMethod {
        /// The contact method.
        method: ContactMethodId,
    },
    /// Say by which contact methods they want to be told of what.
    SetRules {
        /// In the order in which they are followed.
        rules: Vec<NotificationRule>,
    },
    /// Say what they want to be told of.
    SetPreferences(Preferences),
    /// Say when they are not to be disturbed, or that there are no such hours.
    SetQuietHours(Option<QuietHours>),
    /// Say by which clocks they live.
    SetZone(Zone),
    /// Consent to being reached by a channel.
    GiveConsent {
        /// By which channel.
        channel: Channel,
        /// How they let it be known.
        means: Means,
    },
    /// Consent to it no more.
    WithdrawConsent {
        /// By which channel.
        channel: Channel,
        /// How they let it be known.
        means: Means,
    },
}

/// What a code is worth that somebody told. Codes are secrets and never in an event, so they are compared before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// It is the one that was sent.
    Right,
    /// It is another.
    Wrong,
    /// It is too old, or was tried too often.
    Expired,
}
