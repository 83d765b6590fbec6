//! What can have happened to an alert.

use serde::{Deserialize, Serialize};

use super::{Origin, Suppression, Told};
use crate::{escalation::Urgency, events, personal::Personal, slug::Slug, stamp::Timestamp};

/// The condition is there: an episode begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Triggered {
    /// Which episode of this stream, from 1.
    pub episode: u32,
    /// Where it comes from.
    pub origin: Origin,
    /// What is the same whenever the same condition is meant.
    pub dedup_key: String,
    /// What it belongs to.
    pub category: Slug,
    /// Its type.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The source's own word for how bad it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// How insistently to tell people.
    pub urgency: Urgency,
    /// What it says.
    pub told: Told,
    /// When it began, by the source's clock if it said so.
    pub began_at: Timestamp,
}

/// It was reported again, once or several times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Repeated {
    /// How often.
    pub times: u32,
    /// What it is now, if its severity is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub became: Option<Became>,
}

/// What a condition turned into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Became {
    /// The source's own word for how bad it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// How insistently to tell people now.
    pub urgency: Urgency,
    /// What it says now.
    pub told: Told,
}

/// Somebody owns it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// What they said.
    pub note: Option<Personal<String>>,
}

/// Nobody owns it any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unacknowledged {
    /// Why.
    pub reason: Option<Personal<String>>,
}

/// Nobody is told of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suppressed {
    /// Why.
    pub why: Suppression,
}

/// The reason to tell nobody is over, and it is still there: people are told now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unsuppressed {}

/// It is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resolved {
    /// What was done.
    pub note: Option<Personal<String>>,
    /// When it ended, if its origin says that it did. None when somebody was done with it here: the origin may not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

events! {
    /// What can have happened to an alert.
    pub enum AlertEvent {
        /// See [`Triggered`].
        Triggered = "alert.triggered" v 1,
        /// See [`Repeated`].
        Repeated = "alert.repeated" v 1,
        /// See [`Acknowledged`].
        Acknowledged = "alert.acknowledged" v 1,
        /// See [`Unacknowledged`].
        Unacknowledged = "alert.unacknowledged" v 1,
        /// See [`Suppressed`].
        Suppressed = "alert.suppressed" v 1,
        /// See [`Unsuppressed`].
        Unsuppressed = "alert.unsuppressed" v 1,
        /// See [`Resolved`].
        Resolved = "alert.resolved" v 1,
    }
}
