//! What can have happened to a ticket.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    CommentId, DeadlineSet, ProofId, Requester, SlaAtRisk, SlaBreached, SlaMet, SlaPin, SlaScheduled,
    ThresholdReached, ThresholdsSet, TicketNumber,
};
use crate::{
    definition::Pin,
    events,
    member::MemberId,
    personal::Personal,
    slug::Slug,
    team::TeamId,
    ticket_type::{FieldValue, Fields, Priority, TicketRules, TicketType},
};

/// It was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// Its number.
    pub number: TicketNumber,
    /// Its type, at the version it had then.
    pub ticket_type: Pin<TicketType>,
    /// The type's short name, for readers.
    pub type_name: Slug,
    /// How a resolution is reached, from the type.
    pub rules: TicketRules,
    /// Who asks for it.
    pub requester: Requester,
    /// What it is, in a line.
    pub title: Personal<String>,
    /// What it is, at length.
    pub description: Personal<String>,
    /// The brand it is about.
    pub brand: Option<String>,
    /// How important it is.
    pub priority: Priority,
    /// The type's custom fields.
    #[serde(default)]
    pub fields: Fields,
    /// The team it goes to at once.
    pub team: Option<TeamId>,
    /// The member it goes to at once.
    pub assignee: Option<MemberId>,
    /// Where it came from: `graphql`, `import:servicenow` …
    pub channel: String,
    /// What its SLA clocks run by, if a policy covers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sla: Option<SlaPin>,
}

/// Some of its words or fields were corrected; only what changed is there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Edited {
    /// The new title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Personal<String>>,
    /// The new description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Personal<String>>,
    /// The new brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The fields set, and those removed (null).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<(Slug, Option<FieldValue>)>,
}

/// It got another priority.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prioritized {
    /// The one before.
    pub previous: Priority,
    /// The new one.
    pub priority: Priority,
}

/// It went to a team, a member or both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assigned {
    /// The team before.
    pub previous_team: Option<TeamId>,
    /// The member before.
    pub previous_assignee: Option<MemberId>,
    /// The team now.
    pub team: Option<TeamId>,
    /// The member now.
    pub assignee: Option<MemberId>,
}

/// It belongs to nobody any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unassigned {
    /// The team before.
    pub previous_team: Option<TeamId>,
    /// The member before.
    pub previous_assignee: Option<MemberId>,
}

/// Somebody said something that the requester reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Commented {
    /// The comment.
    pub comment: CommentId,
    /// What was said.
    pub body: Personal<String>,
    /// Whether it answers the requester, that is, somebody else wrote it.
    pub response: bool,
}

/// Somebody said something among themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Noted {
    /// The note.
    pub note: CommentId,
    /// What was said.
    pub body: Personal<String>,
}

/// Tags were added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tagged {
    /// Which.
    pub tags: BTreeSet<Slug>,
}

/// Tags were removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Untagged {
    /// Which.
    pub tags: BTreeSet<Slug>,
}

/// It waits for somebody; the clock is paused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// For whom or what.
    pub reason: Slug,
}

/// The waiting is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resumed {}

/// A resolution was proposed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResolutionProposed {
    /// What was done.
    pub remarks: Personal<String>,
}

/// The proposed resolution stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResolutionAccepted {}

/// It is to be worked on again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reopened {
    /// Why.
    pub reason: Personal<String>,
}

/// It is done with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Closed {
    /// Why, when it was not resolved.
    pub reason: Option<Personal<String>>,
}

/// Proof of work was submitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProofSubmitted {
    /// The proof.
    pub proof: ProofId,
    /// What it shows.
    pub summary: Personal<String>,
}

/// The proof was approved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProofApproved {
    /// The proof.
    pub proof: ProofId,
}

/// The proof was rejected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProofRejected {
    /// The proof.
    pub proof: ProofId,
    /// Why.
    pub reason: Personal<String>,
}

events! {
    /// What can have happened to a ticket.
    pub enum TicketEvent {
        /// See [`Opened`].
        Opened = "ticket.opened" v 1,
        /// See [`Edited`].
        Edited = "ticket.edited" v 1,
        /// See [`Prioritized`].
        Prioritized = "ticket.prioritized" v 1,
        /// See [`Assigned`].
        Assigned = "ticket.assigned" v 1,
        /// See [`Unassigned`].
        Unassigned = "ticket.unassigned" v 1,
        /// See [`Commented`].
        Commented = "ticket.commented" v 1,
        /// See [`Noted`].
        Noted = "ticket.noted" v 1,
        /// See [`Tagged`].
        Tagged = "ticket.tagged" v 1,
        /// See [`Untagged`].
        Untagged = "ticket.untagged" v 1,
        /// See [`Waiting`].
        Waiting = "ticket.waiting" v 1,
        /// See [`Resumed`].
        Resumed = "ticket.resumed" v 1,
        /// See [`ResolutionProposed`].
        ResolutionProposed = "ticket.resolution_proposed" v 1,
        /// See [`ResolutionAccepted`].
        ResolutionAccepted = "ticket.resolution_accepted" v 1,
        /// See [`Reopened`].
        Reopened = "ticket.reopened" v 1,
        /// See [`Closed`].
        Closed = "ticket.closed" v 1,
        /// See [`ProofSubmitted`].
        ProofSubmitted = "ticket.proof_submitted" v 1,
        /// See [`ProofApproved`].
        ProofApproved = "ticket.proof_approved" v 1,
        /// See [`ProofRejected`].
        ProofRejected = "ticket.proof_rejected" v 1,
        /// See [`DeadlineSet`].
        DeadlineSet = "ticket.deadline_set" v 1,
        /// See [`ThresholdsSet`].
        ThresholdsSet = "ticket.thresholds_set" v 1,
        /// See [`SlaScheduled`].
        SlaScheduled = "ticket.sla_scheduled" v 1,
        /// See [`ThresholdReached`].
        ThresholdReached = "ticket.threshold_reached" v 1,
        /// See [`SlaAtRisk`].
        SlaAtRisk = "ticket.sla_at_risk" v 1,
        /// See [`SlaBreached`].
        SlaBreached = "ticket.sla_breached" v 1,
        /// See [`SlaMet`].
        SlaMet = "ticket.sla_met" v 1,
    }
}
