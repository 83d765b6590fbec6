//! What can have happened to how a member is reached. They are events of the member.

use serde::{Deserialize, Serialize};

use super::{Channel, ContactMethodId, Means, NotificationRule, Preferences, Proof, QuietHours};
use crate::{personal::Personal, zone::Zone};

/// They have a further address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContactMethodAdded {
    /// The contact method.
    pub method: ContactMethodId,
    /// By which channel it is reached.
    pub channel: Channel,
    /// The address, in the channel's own form.
    pub address: Personal<String>,
}

/// The address is known to be theirs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContactMethodVerified {
    /// The contact method.
    pub method: ContactMethodId,
    /// How it is known.
    pub proof: Proof,
}

/// Nobody is told there any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContactMethodRemoved {
    /// The contact method.
    pub method: ContactMethodId,
}

/// By which contact methods they want to be told of what; these rules replace those before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RulesSet {
    /// In the order in which they are followed.
    pub rules: Vec<NotificationRule>,
}

/// What they want to be told of; these preferences replace those before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreferencesSet {
    /// What they want.
    pub preferences: Preferences,
}

/// When they are not to be disturbed; these hours replace those before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuietHoursSet {
    /// The hours; none of them, if there are none any more.
    pub quiet_hours: Option<QuietHours>,
}

/// They consent to being reached so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConsentGiven {
    /// By which channel.
    pub channel: Channel,
    /// How they let it be known.
    pub means: Means,
}

/// They do not consent any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConsentWithdrawn {
    /// By which channel.
    pub channel: Channel,
    /// How they let it be known.
    pub means: Means,
}

/// By which clocks they live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ZoneSet {
    /// The zone.
    pub zone: Zone,
}
