//! The words of an escalation: what it is about, why it is there, where it stands, and what can be done then.

use serde::{Deserialize, Serialize};

use crate::{
    member::Email,
    personal::{Personal, SubjectId},
    ticket::TicketId,
};

/// What is escalated.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EscalationSubject {
    /// A ticket.
    Ticket(TicketId),
    /// A customer's conversation, by the host application's own reference.
    Conversation(String),
}

impl EscalationSubject {
    /// One text for it, `ticket_…` or `conversation:…`.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Ticket(id) => id.to_string(),
            Self::Conversation(reference) => format!("conversation:{reference}"),
        }
    }
}

/// Why there is an escalation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A member asked for it.
    Hand,
    /// The customer asked for it.
    Customer,
    /// A rule found it necessary.
    Rule(String),
}

impl Cause {
    /// What may be there once for a subject: a person's request (whoever's), or the rule.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Hand | Self::Customer => "request",
            Self::Rule(name) => name,
        }
    }

    /// The word for it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Hand => "hand",
            Self::Customer => "customer",
            Self::Rule(_) => "rule",
        }
    }
}

/// How insistently to tell people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// At once.
    Urgent,
    /// Soon.
    High,
    /// In its turn.
    Medium,
    /// When there is time.
    Low,
}

impl Urgency {
    /// Every urgency, the most insistent first.
    pub const ALL: &'static [Self] = &[Self::Urgent, Self::High, Self::Medium, Self::Low];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// How a customer is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactChannel {
    /// By text message.
    Sms,
    /// By a call.
    Call,
    /// By email.
    Email,
}

/// The customer an escalation is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    /// Whose data it is.
    pub subject: SubjectId,
    /// Their name.
    pub name: Option<Personal<String>>,
    /// Their number.
    pub phone: Option<Personal<String>>,
    /// Their address.
    pub email: Option<Personal<Email>>,
    /// How they want to be reached.
    pub preferred: Option<ContactChannel>,
}

/// Where an escalation stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not there.
    #[default]
    Unknown,
    /// Nobody has it.
    Pending,
    /// Somebody has it.
    Assigned,
    /// Somebody works on it.
    InProgress,
    /// It is resolved.
    Resolved,
    /// It was called off.
    Cancelled,
}

/// What can be done with an escalation that is still open, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Give it to somebody.
    Assign,
    /// Begin to work on it.
    Start,
    /// Record that the customer was contacted.
    Contact,
    /// Own it: it escalates no further.
    Acknowledge,
    /// Give up owning it: it escalates again.
    Unacknowledge,
    /// Hold it for a while.
    Snooze,
    /// End the hold.
    Wake,
    /// Record that somebody looked at it.
    View,
    /// Be done with it.
    Resolve,
    /// Call it off.
    Cancel,
}

impl Status {
    /// Every status of an escalation that exists.
    pub const ALL: &'static [Self] =
        &[Self::Pending, Self::Assigned, Self::InProgress, Self::Resolved, Self::Cancelled];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Pending => "pending",
            Self::Assigned => "assigned",
            Self::InProgress => "in_progress",
            Self::Resolved => "resolved",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether somebody still has to do something.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Assigned | Self::InProgress)
    }
}

impl Action {
    /// Every action.
    pub const ALL: &'static [Self] = &[
        Self::Assign,
        Self::Start,
        Self::Contact,
        Self::Acknowledge,
        Self::Unacknowledge,
        Self::Snooze,
        Self::Wake,
        Self::View,
        Self::Resolve,
        Self::Cancel,
    ];

    /// The words for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Start => "start",
            Self::Contact => "record a contact",
            Self::Acknowledge => "acknowledge",
            Self::Unacknowledge => "un-acknowledge",
            Self::Snooze => "snooze",
            Self::Wake => "wake",
            Self::View => "view",
            Self::Resolve => "resolve",
            Self::Cancel => "cancel",
        }
    }
}
