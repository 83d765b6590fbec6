//! A ticket as it stands.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Deadline, Status, TicketCommand, TicketError, TicketEvent, TicketNumber, TicketSla, decide};
use crate::{
    aggregate::Aggregate,
    claim::{Claim, ClaimChange},
    definition::Pin,
    id::{Id, Named},
    member::MemberId,
    personal::{Personal, SubjectId},
    sla::Thresholds,
    slug::Slug,
    stamp::{Actor, Stamp, Timestamp},
    team::TeamId,
    ticket_type::{Fields, Priority, TicketRules, TicketType},
};

/// A ticket as it stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Where it stands.
    pub status: Status,
    /// Its number.
    pub number: Option<TicketNumber>,
    /// Its type, at the version it was opened with.
    pub ticket_type: Option<Pin<TicketType>>,
    /// The type's short name.
    pub type_name: Option<Slug>,
    /// How a resolution is reached.
    pub rules: TicketRules,
    /// Who asks for it.
    pub requester: Option<Requester>,
    /// Who opened it.
    pub opened_by: Option<Actor>,
    /// What it is, in a line.
    pub title: Option<Personal<String>>,
    /// What it is, at length.
    pub description: Option<Personal<String>>,
    /// The brand it is about.
    pub brand: Option<String>,
    /// How important it is.
    pub priority: Option<Priority>,
    /// The type's custom fields.
    pub fields: Fields,
    /// Its tags.
    pub tags: BTreeSet<Slug>,
    /// The team it belongs to.
    pub team: Option<TeamId>,
    /// The member it belongs to.
    pub assignee: Option<MemberId>,
    /// For whom or what it waits.
    pub waiting_for: Option<Slug>,
    /// The latest proposed resolution.
    pub resolution: Option<Resolution>,
    /// What was said, comments and notes, in order.
    pub comments: Vec<Comment>,
    /// Proof of work.
    pub proofs: BTreeMap<ProofId, Proof>,
    /// How often it was reopened.
    pub reopenings: u32,
    /// When it was opened.
    pub opened_at: Option<Timestamp>,
    /// When anything last happened to it.
    pub updated_at: Option<Timestamp>,
    /// When somebody first answered the requester.
    pub first_response_at: Option<Timestamp>,
    /// When its resolution was last accepted.
    pub resolved_at: Option<Timestamp>,
    /// When it was last closed.
    pub closed_at: Option<Timestamp>,
    /// By when it is to be resolved.
    pub deadline: Option<Deadline>,
    /// The shares of the time to its deadline at which its levels are reached.
    pub thresholds: Thresholds,
    /// What its SLA clocks run by, and what was found of them and of its deadline.
    pub sla: TicketSla,
}

/// The id of a ticket.
pub type TicketId = Id<Ticket>;

impl Named for Ticket {
    const PREFIX: &'static str = "ticket";
}

/// Who asks for the work: a member, or a customer without an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requester {
    /// A member of the organization.
    Member(MemberId),
    /// A customer.
    Customer {
        /// Whose data it is.
        subject: SubjectId,
        /// Their name.
        name: Personal<String>,
    },
}

impl Requester {
    /// The person whose data the ticket's words are.
    #[must_use]
    pub const fn subject(&self) -> SubjectId {
        match self {
            Self::Member(id) => id.cast(),
            Self::Customer { subject, .. } => *subject,
        }
    }
}

/// What was done to resolve it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resolution {
    /// What was done.
    pub remarks: Personal<String>,
    /// Who says so.
    pub by: Actor,
    /// When it was proposed.
    pub at: Timestamp,
}

/// Something said on a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// Who said it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// What.
    pub body: Personal<String>,
    /// Whether it is among ourselves.
    pub internal: bool,
}

impl Named for Comment {
    const PREFIX: &'static str = "comment";
}

/// The id of a comment or note.
pub type CommentId = Id<Comment>;

/// Proof of work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// What it shows.
    pub summary: Personal<String>,
    /// Who submitted it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// What became of it.
    pub status: ProofStatus,
}

/// The id of a proof.
pub type ProofId = Id<Proof>;

impl Named for Proof {
    const PREFIX: &'static str = "proof";
}

/// What became of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofStatus {
    /// To be reviewed.
    Submitted,
    /// Approved by another person.
    Approved,
    /// Rejected by another person.
    Rejected,
}

impl Ticket {
    /// Whether this member asked for it, opened it or has it.
    #[must_use]
    pub fn is_own(&self, member: MemberId) -> bool {
        self.requester == Some(Requester::Member(member))
            || self.opened_by == Some(Actor::Member(member))
            || self.assignee == Some(member)
    }

    /// Whether an approved proof of work is there.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.proofs.values().any(|proof| proof.status == ProofStatus::Approved)
    }

    /// The status of a ticket that is being worked on.
    const fn working(&self) -> Status {
        if self.reopenings > 0 { Status::Reopened } else { Status::Open }
    }

    fn say(&mut self, id: CommentId, body: &Personal<String>, internal: bool, stamp: &Stamp) {
        self.comments.push(Comment { id, by: stamp.by.clone(), at: stamp.at, body: body.clone(), internal });
    }

    fn review(&mut self, proof: ProofId, status: ProofStatus) {
        if let Some(proof) = self.proofs.get_mut(&proof) {
            proof.status = status;
        }
    }
}

impl Aggregate for Ticket {
    type Command = TicketCommand;
    type Event = TicketEvent;
    type Error = TicketError;

    fn decide(&self, command: TicketCommand, stamp: &Stamp) -> Result<Vec<TicketEvent>, TicketError> {
        decide::decide(self, command, stamp)
    }

    fn evolve(&mut self, event: &TicketEvent, stamp: &Stamp) {
        self.updated_at = Some(stamp.at);
        self.keep_time(event, stamp);
        match event {
            TicketEvent::Opened(opened) => {
                self.status = Status::Open;
                self.number = Some(opened.number.clone());
                self.ticket_type = Some(opened.ticket_type);
                self.type_name = Some(opened.type_name.clone());
                self.rules = opened.rules;
                self.requester = Some(opened.requester.clone());
                self.opened_by = Some(stamp.by.clone());
                self.title = Some(opened.title.clone());
                self.description = Some(opened.description.clone());
                self.brand.clone_from(&opened.brand);
                self.priority = Some(opened.priority.clone());
                self.fields.clone_from(&opened.fields);
                self.team = opened.team;
                self.assignee = opened.assignee;
                self.opened_at = Some(stamp.at);
            }
            TicketEvent::Edited(edited) => {
                let words = [(&mut self.title, &edited.title), (&mut self.description, &edited.description)];
                for (word, new) in words {
                    if new.is_some() {
                        word.clone_from(new);
                    }
                }
                if edited.brand.is_some() {
                    self.brand.clone_from(&edited.brand);
                }
                for (name, value) in &edited.fields {
                    match value {
                        Some(value) => _ = self.fields.insert(name.clone(), value.clone()),
                        None => _ = self.fields.remove(name),
                    }
                }
            }
            TicketEvent::Prioritized(prioritized) => self.priority = Some(prioritized.priority.clone()),
            TicketEvent::Assigned(assigned) => {
                (self.team, self.assignee) = (assigned.team, assigned.assignee);
            }
            TicketEvent::Unassigned(_) => (self.team, self.assignee) = (None, None),
            TicketEvent::Commented(commented) => {
                if commented.response {
                    self.first_response_at.get_or_insert(stamp.at);
                }
                self.say(commented.comment, &commented.body, false, stamp);
            }
            TicketEvent::Noted(noted) => self.say(noted.note, &noted.body, true, stamp),
            TicketEvent::Tagged(tagged) => self.tags.extend(tagged.tags.iter().cloned()),
            TicketEvent::Untagged(untagged) => self.tags.retain(|tag| !untagged.tags.contains(tag)),
            TicketEvent::Waiting(waiting) => {
                self.status = Status::Waiting;
                self.waiting_for = Some(waiting.reason.clone());
            }
            TicketEvent::Resumed(_) => {
                self.status = self.working();
                self.waiting_for = None;
            }
            TicketEvent::ResolutionProposed(proposed) => {
                self.status = Status::Processed;
                self.waiting_for = None;
                self.first_response_at.get_or_insert(stamp.at);
                let remarks = proposed.remarks.clone();
                self.resolution = Some(Resolution { remarks, by: stamp.by.clone(), at: stamp.at });
            }
            TicketEvent::ResolutionAccepted(_) => {
                self.status = Status::Resolved;
                self.resolved_at = Some(stamp.at);
            }
            TicketEvent::Reopened(_) => {
                self.status = Status::Reopened;
                self.reopenings += 1;
                (self.resolved_at, self.closed_at) = (None, None);
            }
            TicketEvent::Closed(_) => {
                self.status = Status::Closed;
                self.waiting_for = None;
                self.closed_at = Some(stamp.at);
            }
            TicketEvent::ProofSubmitted(submitted) => {
                let (by, at, status) = (stamp.by.clone(), stamp.at, ProofStatus::Submitted);
                self.proofs
                    .insert(submitted.proof, Proof { summary: submitted.summary.clone(), by, at, status });
            }
            TicketEvent::ProofApproved(approved) => self.review(approved.proof, ProofStatus::Approved),
            TicketEvent::ProofRejected(rejected) => self.review(rejected.proof, ProofStatus::Rejected),
            TicketEvent::DeadlineSet(_)
            | TicketEvent::ThresholdsSet(_)
            | TicketEvent::SlaScheduled(_)
            | TicketEvent::ThresholdReached(_)
            | TicketEvent::SlaAtRisk(_)
            | TicketEvent::SlaBreached(_)
            | TicketEvent::SlaMet(_) => {}
        }
    }

    fn claims(&self, event: &TicketEvent) -> Vec<ClaimChange> {
        match event {
            TicketEvent::Opened(opened) => {
                vec![ClaimChange::Take(Claim::organization("ticket.number", opened.number.to_string()))]
            }
            _ => Vec::new(),
        }
    }
}
