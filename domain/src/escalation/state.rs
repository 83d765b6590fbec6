//! An escalation as it stands.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Action, Cause, Customer, EscalationCommand, EscalationError, EscalationEvent, EscalationSubject, Status,
    Urgency, decide,
};
use crate::{
    aggregate::Aggregate,
    claim::{Claim, ClaimChange},
    id::{Id, Named},
    member::MemberId,
    personal::Personal,
    stamp::{Actor, Stamp, Timestamp},
};

/// An escalation as it stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Escalation {
    /// Where it stands.
    pub status: Status,
    /// What is escalated.
    pub subject: Option<EscalationSubject>,
    /// Why there is one.
    pub cause: Option<Cause>,
    /// In words.
    pub reason: Option<Personal<String>>,
    /// How insistently to tell people.
    pub urgency: Option<Urgency>,
    /// The customer it is about.
    pub customer: Option<Customer>,
    /// Who raised it.
    pub raised_by: Option<Actor>,
    /// When it was raised.
    pub raised_at: Option<Timestamp>,
    /// Who has it.
    pub assignee: Option<MemberId>,
    /// Who owns it, while somebody does.
    pub acknowledgement: Option<Acknowledgement>,
    /// Until when it is held.
    pub snoozed_until: Option<Timestamp>,
    /// Who looked at it, and when first.
    pub viewers: BTreeMap<MemberId, Timestamp>,
    /// When the customer was last contacted.
    pub last_contact_at: Option<Timestamp>,
    /// What was done, once resolved.
    pub notes: Option<Personal<String>>,
    /// When it was resolved or called off.
    pub ended_at: Option<Timestamp>,
}

/// The id of an escalation.
pub type EscalationId = Id<Escalation>;

impl Named for Escalation {
    const PREFIX: &'static str = "escalation";
}

/// That somebody owns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Who.
    pub by: Actor,
    /// Since when.
    pub at: Timestamp,
}

impl Escalation {
    /// Whether the action is possible now.
    #[must_use]
    pub fn can(&self, action: Action) -> bool {
        let acknowledged = self.acknowledgement.is_some();
        match action {
            Action::View => self.status != Status::Unknown,
            Action::Start => matches!(self.status, Status::Pending | Status::Assigned),
            Action::Acknowledge => self.status.is_open() && !acknowledged,
            Action::Unacknowledge => self.status.is_open() && acknowledged,
            Action::Wake => self.status.is_open() && self.snoozed_until.is_some(),
            Action::Assign | Action::Contact | Action::Snooze | Action::Resolve | Action::Cancel => {
                self.status.is_open()
            }
        }
    }

    /// The actions that are possible now.
    #[must_use]
    pub fn actions(&self) -> Vec<&'static str> {
        Action::ALL.iter().filter(|action| self.can(**action)).map(|action| action.name()).collect()
    }

    fn claim(subject: &EscalationSubject, cause: &Cause) -> Claim {
        // A rule may have any name, "request" too.
        let kind = if matches!(cause, Cause::Rule(_)) { "rule:" } else { "" };
        Claim::organization("escalation.open", format!("{}|{kind}{}", subject.key(), cause.key()))
    }
}

impl Aggregate for Escalation {
    type Command = EscalationCommand;
    type Event = EscalationEvent;
    type Error = EscalationError;

    fn decide(
        &self,
        command: EscalationCommand,
        stamp: &Stamp,
    ) -> Result<Vec<EscalationEvent>, EscalationError> {
        decide::decide(self, command, stamp)
    }

    fn evolve(&mut self, event: &EscalationEvent, stamp: &Stamp) {
        match event {
            EscalationEvent::Raised(raised) => {
                self.status = Status::Pending;
                self.subject = Some(raised.subject.clone());
                self.cause = Some(raised.cause.clone());
                self.reason = Some(raised.reason.clone());
                self.urgency = Some(raised.urgency);
                self.customer.clone_from(&raised.customer);
                self.raised_by = Some(stamp.by.clone());
                self.raised_at = Some(stamp.at);
            }
            EscalationEvent::Assigned(assigned) => {
                self.assignee = Some(assigned.assignee);
                if self.status == Status::Pending {
                    self.status = Status::Assigned;
                }
            }
            EscalationEvent::Started(_) => {
                self.status = Status::InProgress;
                self.assignee = self.assignee.or(stamp.by.member());
            }
            EscalationEvent::CustomerContacted(_) => self.last_contact_at = Some(stamp.at),
            EscalationEvent::Acknowledged(_) => {
                self.acknowledgement = Some(Acknowledgement { by: stamp.by.clone(), at: stamp.at });
                self.snoozed_until = None;
            }
            EscalationEvent::Unacknowledged(_) => self.acknowledgement = None,
            EscalationEvent::Snoozed(snoozed) => self.snoozed_until = Some(snoozed.until),
            EscalationEvent::Woken(_) => self.snoozed_until = None,
            EscalationEvent::Viewed(viewed) => _ = self.viewers.entry(viewed.viewer).or_insert(stamp.at),
            EscalationEvent::Resolved(resolved) => {
                self.status = Status::Resolved;
                self.notes = Some(resolved.notes.clone());
                (self.snoozed_until, self.ended_at) = (None, Some(stamp.at));
            }
            EscalationEvent::Cancelled(_) => {
                self.status = Status::Cancelled;
                (self.snoozed_until, self.ended_at) = (None, Some(stamp.at));
            }
        }
    }

    fn claims(&self, event: &EscalationEvent) -> Vec<ClaimChange> {
        match (event, &self.subject, &self.cause) {
            (EscalationEvent::Raised(raised), ..) => {
                vec![ClaimChange::Take(Self::claim(&raised.subject, &raised.cause))]
            }
            (EscalationEvent::Resolved(_) | EscalationEvent::Cancelled(_), Some(subject), Some(cause)) => {
                vec![ClaimChange::Release(Self::claim(subject, cause))]
            }
            _ => Vec::new(),
        }
    }
}
