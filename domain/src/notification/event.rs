//! What can have happened to a notification.

use serde::{Deserialize, Serialize};

use super::{NotificationId, Occasion, Reason};
use crate::{
    contact::{Channel, ContactMethodId},
    escalation::Urgency,
    events,
    member::MemberId,
    personal::Personal,
    slug::Slug,
    stamp::Timestamp,
};

/// It will be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationPlanned {
    /// Who is told.
    pub recipient: MemberId,
    /// At which address.
    pub method: ContactMethodId,
    /// By which channel.
    pub channel: Channel,
    /// Of what.
    pub occasion: Occasion,
    /// How insistently.
    pub urgency: Urgency,
    /// When.
    pub at: Timestamp,
    /// When it is too late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The one that failed, if this takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<NotificationId>,
}

/// It is not sent any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppressed {
    /// Why.
    pub why: Reason,
}

/// An attempt at sending it began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempted {
    /// Which, from 1.
    pub attempt: u16,
}

/// The provider has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// By which attempt.
    pub attempt: u16,
    /// The provider's own reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// It reached the address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {}

/// The recipient read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {}

/// The recipient did what it asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActedOn {
    /// What.
    pub action: Slug,
}

/// An attempt failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// Which.
    pub attempt: u16,
    /// When the next one is made; none, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// The provider's code for what was wrong, or a word of the adapter's own.
    pub code: String,
    /// What the provider said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Personal<String>>,
}

/// The address refused it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounced {
    /// The provider's code for what was wrong.
    pub code: String,
    /// What the provider said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Personal<String>>,
}

/// It came too late to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expired {}

/// Nobody knows whether an attempt succeeded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// Which.
    pub attempt: u16,
    /// When the next one is made, unless it turns out until then that this one succeeded; none, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
}

events! {
    /// What can have happened to a notification.
    pub enum NotificationEvent {
        /// See [`NotificationPlanned`].
        NotificationPlanned = "notification.planned" v 1,
        /// See [`Suppressed`].
        Suppressed = "notification.suppressed" v 1,
        /// See [`Attempted`].
        Attempted = "notification.attempted" v 1,
        /// See [`Sent`].
        Sent = "notification.sent" v 1,
        /// See [`Delivered`].
        Delivered = "notification.delivered" v 1,
        /// See [`Read`].
        Read = "notification.read" v 1,
        /// See [`ActedOn`].
        ActedOn = "notification.acted_on" v 1,
        /// See [`Failed`].
        Failed = "notification.failed" v 1,
        /// See [`Bounced`].
        Bounced = "notification.bounced" v 1,
        /// See [`Expired`].
        Expired = "notification.expired" v 1,
        /// See [`Unknown`].
        Unknown = "notification.unknown" v 1,
    }
}

impl NotificationEvent {
    /// Whether it was the last hope of this contact method, so that the next one is asked for.
    #[must_use]
    pub const fn asks_for_another(&self) -> bool {
        matches!(
            self,
            Self::Bounced(_)
                | Self::Failed(Failed { retry_at: None, .. })
                | Self::Unknown(Unknown { retry_at: None, .. })
        )
    }
}
