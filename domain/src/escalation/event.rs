//! What can have happened to an escalation.

use serde::{Deserialize, Serialize};

use super::{Cause, ContactChannel, Customer, EscalationSubject, Urgency};
use crate::{events, member::MemberId, personal::Personal, stamp::Timestamp};

/// It was raised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Raised {
    /// What is escalated.
    pub subject: EscalationSubject,
    /// Why there is one.
    pub cause: Cause,
    /// In the words of who raised it, 10 characters or more.
    pub reason: Personal<String>,
    /// How insistently to tell people.
    pub urgency: Urgency,
    /// The customer it is about.
    pub customer: Option<Customer>,
}

/// It was given to somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assigned {
    /// Who had it before.
    pub previous: Option<MemberId>,
    /// Who has it now.
    pub assignee: MemberId,
}

/// Somebody began to work on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Started {}

/// The customer was contacted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerContacted {
    /// How.
    pub channel: ContactChannel,
    /// What came of it.
    pub note: Option<Personal<String>>,
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

/// It is held until a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snoozed {
    /// When the hold ends.
    pub until: Timestamp,
}

/// The hold has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Woken {}

/// Somebody looked at it for the first time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Viewed {
    /// Who.
    pub viewer: MemberId,
}

/// It is resolved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resolved {
    /// What was done.
    pub notes: Personal<String>,
}

/// It was called off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cancelled {
    /// Why.
    pub reason: Personal<String>,
}

events! {
    /// What can have happened to an escalation.
    pub enum EscalationEvent {
        /// See [`Raised`].
        Raised = "escalation.raised" v 1,
        /// See [`Assigned`].
        Assigned = "escalation.assigned" v 1,
        /// See [`Started`].
        Started = "escalation.started" v 1,
        /// See [`CustomerContacted`].
        CustomerContacted = "escalation.customer_contacted" v 1,
        /// See [`Acknowledged`].
        Acknowledged = "escalation.acknowledged" v 1,
        /// See [`Unacknowledged`].
        Unacknowledged = "escalation.unacknowledged" v 1,
        /// See [`Snoozed`].
        Snoozed = "escalation.snoozed" v 1,
        /// See [`Woken`].
        Woken = "escalation.woken" v 1,
        /// See [`Viewed`].
        Viewed = "escalation.viewed" v 1,
        /// See [`Resolved`].
        Resolved = "escalation.resolved" v 1,
        /// See [`Cancelled`].
        Cancelled = "escalation.cancelled" v 1,
    }
}
