//! From an event to its line.

use escalon_domain::{escalation::EscalationEvent, stamp::Timestamp, ticket::TicketEvent};
use serde_json::Value;

use crate::{
    happening::{Happening, What},
    plain::plain,
    row,
};

row! {
    /// One thing that happened.
    pub struct TimelineRow in "timeline" {
        /// Its position.
        pub position: i64,
        /// The organization it belongs to.
        pub organization: String,
        /// The ticket or escalation it happened to.
        pub stream: String,
        /// `ticket` or `escalation`.
        pub stream_kind: String,
        /// Its place in that stream, from 1.
        pub sequence: i64,
        /// What happened: the event's stored name, for example `ticket.reopened`.
        pub kind: String,
        /// Who did it.
        pub actor: String,
        /// When it happened.
        pub at: Timestamp,
        /// Whether it is among ourselves: the requester does not read it.
        pub internal: bool,
        /// The event's data; personal values are bare values, null when forgotten.
        pub data: Value,
        /// Whose personal values are in the data.
        pub subjects: Vec<String>,
    }
}

row! {
    /// What an escalation is about.
    pub struct TimelineEscalation in "timeline_escalation" {
        /// The escalation.
        pub escalation: String,
        /// The organization it belongs to.
        pub organization: String,
        /// `ticket_…` or `conversation:…`.
        pub subject: String,
    }
}

impl TimelineRow {
    /// The line of an event, if it belongs to a timeline. An event of a newer version than this has one, too.
    #[must_use]
    pub fn of(happening: &Happening<'_>) -> Option<Self> {
        if !super::Timeline::follows(happening.kind) {
            return None;
        }
        let plain = plain(happening);
        Some(Self {
            position: happening.position,
            organization: happening.organization(),
            stream: happening.id().to_owned(),
            stream_kind: happening.kind.to_owned(),
            sequence: happening.version(),
            kind: happening.name.to_owned(),
            actor: happening.by().to_string(),
            at: happening.at(),
            internal: is_internal(&happening.what),
            data: plain.data,
            subjects: plain.subjects,
        })
    }
}

/// Whether it is among ourselves: notes, and how the ticket stands by its SLA.
const fn is_internal(what: &What) -> bool {
    let What::Ticket(event) = what else { return false };
    matches!(
        event,
        TicketEvent::Noted(_)
            | TicketEvent::ThresholdsSet(_)
            | TicketEvent::SlaScheduled(_)
            | TicketEvent::ThresholdReached(_)
            | TicketEvent::SlaAtRisk(_)
            | TicketEvent::SlaBreached(_)
            | TicketEvent::SlaMet(_)
    )
}

impl TimelineEscalation {
    /// What is known of an escalation when it is raised.
    #[must_use]
    pub fn of(happening: &Happening<'_>) -> Option<Self> {
        let What::Escalation(EscalationEvent::Raised(raised)) = &happening.what else { return None };
        Some(Self {
            escalation: happening.id().to_owned(),
            organization: happening.organization(),
            subject: raised.subject.key(),
        })
    }
}
