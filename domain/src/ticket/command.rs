//! What a ticket can be asked to do.

use std::collections::{BTreeMap, BTreeSet};

use super::{CommentId, DeadlineTerms, ProofId, Requester, SlaPin, SlaTerms, TicketNumber};
use crate::{
    calendar::BusinessCalendar,
    definition::Pin,
    member::MemberId,
    sla::Thresholds,
    slug::Slug,
    team::TeamId,
    ticket_type::{FieldValue, GivenFields, Priority, TicketType},
};

/// Everything that opening a ticket needs. Number, type and priority are looked up before.
#[derive(Debug, Clone)]
pub struct Open {
    /// Its number.
    pub number: TicketNumber,
    /// The version of the type.
    pub pin: Pin<TicketType>,
    /// The type.
    pub ticket_type: TicketType,
    /// Who asks for it.
    pub requester: Requester,
    /// What it is, in a line.
    pub title: String,
    /// What it is, at length.
    pub description: String,
    /// The brand it is about.
    pub brand: Option<String>,
    /// The word for its priority; the type's usual one when absent.
    pub priority: Option<String>,
    /// The type's custom fields.
    pub fields: GivenFields,
    /// The team it goes to at once.
    pub team: Option<TeamId>,
    /// The member it goes to at once.
    pub assignee: Option<MemberId>,
    /// Where it came from.
    pub channel: String,
    /// The SLA policy that covers it, with its calendar, and the versions of both.
    pub sla: Option<(SlaPin, SlaTerms)>,
    /// By when it is to be resolved.
    pub deadline: Option<DeadlineTerms>,
}

/// What a ticket can be asked to do.
#[derive(Debug, Clone)]
pub enum TicketCommand {
    /// Open it.
    Open(Box<Open>),
    /// Correct its words or fields; what is absent stays. The fields are checked against the type before.
    Edit {
        /// The new title.
        title: Option<String>,
        /// The new description.
        description: Option<String>,
        /// The new brand.
        brand: Option<String>,
        /// The fields to set, and those to remove (none).
        fields: BTreeMap<Slug, Option<FieldValue>>,
    },
    /// Give it another priority.
    Prioritize {
        /// Looked up in the type's scale.
        priority: Priority,
    },
    /// Give it to a team, a member or both; to nobody when both are none.
    Assign {
        /// The team.
        team: Option<TeamId>,
        /// The member.
        assignee: Option<MemberId>,
    },
    /// Say something that the requester reads.
    Comment {
        /// Its id.
        comment: CommentId,
        /// What is said.
        body: String,
    },
    /// Say something among ourselves.
    Note {
        /// Its id.
        note: CommentId,
        /// What is said.
        body: String,
    },
    /// Add tags.
    Tag {
        /// Which.
        tags: BTreeSet<Slug>,
    },
    /// Remove tags.
    Untag {
        /// Which.
        tags: BTreeSet<Slug>,
    },
    /// Say that it waits for somebody.
    Wait {
        /// For whom or what.
        reason: Slug,
    },
    /// Say that the waiting is over.
    Resume,
    /// Propose a resolution.
    ProposeResolution {
        /// What was done.
        remarks: String,
    },
    /// Accept the proposed resolution.
    AcceptResolution,
    /// Work on it again.
    Reopen {
        /// Why.
        reason: String,
    },
    /// Be done with it.
    Close {
        /// Why; needed when it was not resolved.
        reason: Option<String>,
    },
    /// Submit proof of work.
    SubmitProof {
        /// Its id.
        proof: ProofId,
        /// What it shows.
        summary: String,
    },
    /// Approve somebody else's proof.
    ApproveProof {
        /// Which.
        proof: ProofId,
    },
    /// Reject somebody else's proof.
    RejectProof {
        /// Which.
        proof: ProofId,
        /// Why.
        reason: String,
    },
    /// Give it a deadline, another one, or none.
    SetDeadline {
        /// The deadline.
        deadline: Option<Box<DeadlineTerms>>,
    },
    /// Set the levels of its deadline; none switch them off.
    SetThresholds {
        /// Their shares of the time.
        thresholds: Thresholds,
        /// The calendar that the deadline is pinned to, if it is to one.
        calendar: Option<Box<BusinessCalendar>>,
    },
    /// Find what is due: a moment of [`waits`](super::Ticket::waits) has come.
    Due {
        /// What the ticket's SLA is pinned to, if it is to something.
        sla: Option<Box<SlaTerms>>,
    },
}
