//! What an escalation can be asked to do.

use super::{Cause, ContactChannel, Customer, EscalationSubject, Urgency};
use crate::{member::MemberId, personal::SubjectId, stamp::Timestamp};

/// Everything that raising an escalation needs.
#[derive(Debug, Clone)]
pub struct Raise {
    /// What is escalated.
    pub subject: EscalationSubject,
    /// Why there is one.
    pub cause: Cause,
    /// In words, 10 characters or more.
    pub reason: String,
    /// Whose words they are, when no person acts: the ticket's requester, say.
    pub speaks_of: SubjectId,
    /// How insistently to tell people.
    pub urgency: Urgency,
    /// The customer it is about.
    pub customer: Option<Customer>,
}

/// What an escalation can be asked to do.
#[derive(Debug, Clone)]
pub enum EscalationCommand {
    /// Raise it.
    Raise(Box<Raise>),
    /// Give it to somebody.
    Assign {
        /// Who.
        assignee: MemberId,
    },
    /// Begin to work on it.
    Start,
    /// Record that the customer was contacted.
    Contact {
        /// How.
        channel: ContactChannel,
        /// What came of it.
        note: Option<String>,
    },
    /// Own it.
    Acknowledge {
        /// What to say.
        note: Option<String>,
    },
    /// Give up owning it.
    Unacknowledge {
        /// Why.
        reason: Option<String>,
    },
    /// Hold it.
    Snooze {
        /// Until when; after now, and 7 days at most.
        until: Timestamp,
    },
    /// End the hold.
    Wake,
    /// Record that somebody looked at it.
    View,
    /// Be done with it.
    Resolve {
        /// What was done.
        notes: String,
    },
    /// Call it off.
    Cancel {
        /// Why.
        reason: String,
    },
}
