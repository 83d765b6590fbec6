//! From an escalation's events to its row.

use escalon_domain::{
    escalation::{Cause, ContactChannel, EscalationEvent, EscalationSubject, Raised, Status, Urgency},
    personal::Personal,
    stamp::Timestamp,
};

use crate::{
    happening::{Happening, What},
    row,
    tables::Fold,
};

row! {
    /// An escalation as lists show it.
    pub struct EscalationRow in "escalation" {
        /// Its id, `escalation_…`.
        pub id: String,
        /// The organization it belongs to.
        pub organization: String,
        /// The word for its status.
        pub status: String,
        /// What is escalated: `ticket_…` or `conversation:…`.
        pub subject: String,
        /// The ticket, if it is about one.
        pub ticket: Option<String>,
        /// The host application's reference of the conversation, if it is about one.
        pub conversation: Option<String>,
        /// Why there is one: `hand`, `customer` or `rule`.
        pub cause: String,
        /// The rule, if one caused it.
        pub rule: Option<String>,
        /// In words; none when forgotten.
        pub reason: Option<String>,
        /// Whose words they are.
        pub reason_subject: String,
        /// The word for its urgency.
        pub urgency: String,
        /// The urgency's rank, 1 for the most insistent.
        pub urgency_rank: i16,
        /// The customer it is about.
        pub customer_subject: Option<String>,
        /// Their name.
        pub customer_name: Option<String>,
        /// Their number.
        pub customer_phone: Option<String>,
        /// Their address.
        pub customer_email: Option<String>,
        /// How they want to be reached: `sms`, `call` or `email`.
        pub preferred: Option<String>,
        /// Who raised it.
        pub raised_by: String,
        /// When it was raised.
        pub raised_at: Timestamp,
        /// The member who has it.
        pub assignee: Option<String>,
        /// Who owns it, while somebody does.
        pub acknowledged_by: Option<String>,
        /// Since when.
        pub acknowledged_at: Option<Timestamp>,
        /// Until when it is held.
        pub snoozed_until: Option<Timestamp>,
        /// The members who looked at it, in the order in which they did.
        pub viewers: Vec<String>,
        /// How often the customer was contacted.
        pub contacts: i32,
        /// When they were last contacted.
        pub last_contact_at: Option<Timestamp>,
        /// What was done, or why it was called off; none when forgotten.
        pub notes: Option<String>,
        /// Whose words these are.
        pub notes_subject: Option<String>,
        /// Who resolved it or called it off.
        pub ended_by: Option<String>,
        /// When.
        pub ended_at: Option<Timestamp>,
        /// When anything last happened to it.
        pub updated_at: Timestamp,
        /// How many events it has.
        pub version: i64,
    }
}

/// The fold over escalations.
#[derive(Debug, Clone, Copy)]
pub struct EscalationFold;

impl Fold for EscalationFold {
    type Row = EscalationRow;

    fn key<'h>(happening: &'h Happening<'_>) -> Option<&'h str> {
        matches!(happening.what, What::Escalation(_)).then(|| happening.id())
    }

    fn apply(row: Option<EscalationRow>, happening: &Happening<'_>) -> Option<EscalationRow> {
        let What::Escalation(event) = &happening.what else { return row };
        let mut row = match (row, event) {
            (_, EscalationEvent::Raised(raised)) => return Some(EscalationRow::raised(raised, happening)),
            (row, _) => row?,
        };
        row.change(event, happening);
        row.updated_at = happening.at();
        row.version = happening.version();
        Some(row)
    }
}

impl EscalationRow {
    fn raised(raised: &Raised, happening: &Happening<'_>) -> Self {
        let (ticket, conversation) = match &raised.subject {
            EscalationSubject::Ticket(ticket) => (Some(ticket.to_string()), None),
            EscalationSubject::Conversation(reference) => (None, Some(reference.clone())),
        };
        let rule = if let Cause::Rule(rule) = &raised.cause { Some(rule.clone()) } else { None };
        let customer = raised.customer.as_ref();
        let rank = Urgency::ALL.iter().position(|urgency| *urgency == raised.urgency).unwrap_or_default() + 1;
        Self {
            id: happening.id().to_owned(),
            organization: happening.organization(),
            status: Status::Pending.name().to_owned(),
            subject: raised.subject.key(),
            ticket,
            conversation,
            cause: raised.cause.name().to_owned(),
            rule,
            reason: raised.reason.reveal().cloned(),
            reason_subject: raised.reason.subject.to_string(),
            urgency: raised.urgency.name().to_owned(),
            urgency_rank: i16::try_from(rank).unwrap_or(i16::MAX),
            customer_subject: customer.map(|customer| customer.subject.to_string()),
            customer_name: customer.and_then(|customer| revealed(customer.name.as_ref())),
            customer_phone: customer.and_then(|customer| revealed(customer.phone.as_ref())),
            customer_email: customer
                .and_then(|customer| Some(customer.email.as_ref()?.reveal()?.as_str().to_owned())),
            preferred: customer
                .and_then(|customer| customer.preferred)
                .map(|channel| channel_name(channel).to_owned()),
            raised_by: happening.by().to_string(),
            raised_at: happening.at(),
            assignee: None,
            acknowledged_by: None,
            acknowledged_at: None,
            snoozed_until: None,
            viewers: Vec::new(),
            contacts: 0,
            last_contact_at: None,
            notes: None,
            notes_subject: None,
            ended_by: None,
            ended_at: None,
            updated_at: happening.at(),
            version: happening.version(),
        }
    }

    fn change(&mut self, event: &EscalationEvent, happening: &Happening<'_>) {
        let (at, by) = (happening.at(), happening.by());
        match event {
            EscalationEvent::Raised(_) => {}
            EscalationEvent::Assigned(assigned) => {
                self.assignee = Some(assigned.assignee.to_string());
                if self.status == Status::Pending.name() {
                    self.stand(Status::Assigned);
                }
            }
            EscalationEvent::Started(_) => {
                self.stand(Status::InProgress);
                if self.assignee.is_none() {
                    self.assignee = by.member().map(|member| member.to_string());
                }
            }
            EscalationEvent::CustomerContacted(_) => {
                self.contacts += 1;
                self.last_contact_at = Some(at);
            }
            EscalationEvent::Acknowledged(_) => {
                (self.acknowledged_by, self.acknowledged_at) = (Some(by.to_string()), Some(at));
                self.snoozed_until = None;
            }
            EscalationEvent::Unacknowledged(_) => (self.acknowledged_by, self.acknowledged_at) = (None, None),
            EscalationEvent::Snoozed(snoozed) => self.snoozed_until = Some(snoozed.until),
            EscalationEvent::Woken(_) => self.snoozed_until = None,
            EscalationEvent::Viewed(viewed) => {
                let viewer = viewed.viewer.to_string();
                if !self.viewers.contains(&viewer) {
                    self.viewers.push(viewer);
                }
            }
            EscalationEvent::Resolved(resolved) => self.end(Status::Resolved, &resolved.notes, happening),
            EscalationEvent::Cancelled(cancelled) => {
                self.end(Status::Cancelled, &cancelled.reason, happening);
            }
        }
    }

    fn stand(&mut self, status: Status) {
        status.name().clone_into(&mut self.status);
    }

    fn end(&mut self, status: Status, words: &Personal<String>, happening: &Happening<'_>) {
        self.stand(status);
        self.notes = words.reveal().cloned();
        self.notes_subject = Some(words.subject.to_string());
        self.snoozed_until = None;
        (self.ended_by, self.ended_at) = (Some(happening.by().to_string()), Some(happening.at()));
    }
}

fn revealed(words: Option<&Personal<String>>) -> Option<String> {
    words.and_then(Personal::reveal).cloned()
}

const fn channel_name(channel: ContactChannel) -> &'static str {
    match channel {
        ContactChannel::Sms => "sms",
        ContactChannel::Call => "call",
        ContactChannel::Email => "email",
    }
}
