//! From a ticket's events to its row.

use escalon_domain::{
    personal::Personal,
    stamp::Timestamp,
    ticket::{Opened, Requester, Status, TicketEvent},
    ticket_type::Priority,
};

use crate::{
    happening::{Happening, What},
    progress::{is_response, status_after},
    row,
    tables::Fold,
};

row! {
    /// A ticket as lists show it.
    pub struct TicketRow in "ticket" {
        /// Its id, `ticket_…`.
        pub id: String,
        /// The organization it belongs to.
        pub organization: String,
        /// Its number.
        pub number: String,
        /// The id of its type.
        pub ticket_type: String,
        /// The short name of its type.
        pub type_name: String,
        /// What it is, in a line; none when forgotten.
        pub title: Option<String>,
        /// What it is, at length; none when forgotten.
        pub description: Option<String>,
        /// Whose data its words are.
        pub requester_subject: String,
        /// The member who asks for it, if it is a member.
        pub requester_member: Option<String>,
        /// The name of whoever asks for it. In the table only a customer's own; queries fill in a member's.
        pub requester_name: Option<String>,
        /// Who opened it: `member_…`, `subject_…` or `system:…`.
        pub opened_by: String,
        /// The brand it is about.
        pub brand: Option<String>,
        /// The word for its priority.
        pub priority: String,
        /// The priority's rank, 1 for the most important.
        pub priority_rank: i16,
        /// The word for its status.
        pub status: String,
        /// The team it belongs to.
        pub team: Option<String>,
        /// The member it belongs to.
        pub assignee: Option<String>,
        /// Its tags, in alphabetical order.
        pub tags: Vec<String>,
        /// For whom or what it waits.
        pub waiting_for: Option<String>,
        /// How often it was reopened.
        pub reopenings: i32,
        /// How many comments the requester can read.
        pub comments: i32,
        /// When it was opened.
        pub opened_at: Timestamp,
        /// When anything last happened to it.
        pub updated_at: Timestamp,
        /// When somebody first answered the requester.
        pub first_response_at: Option<Timestamp>,
        /// When its resolution was last accepted.
        pub resolved_at: Option<Timestamp>,
        /// When it was last closed.
        pub closed_at: Option<Timestamp>,
        /// How many events it has.
        pub version: i64,
    }
}

/// The fold over tickets.
#[derive(Debug, Clone, Copy)]
pub struct TicketFold;

impl Fold for TicketFold {
    type Row = TicketRow;

    fn key<'h>(happening: &'h Happening<'_>) -> Option<&'h str> {
        matches!(happening.what, What::Ticket(_)).then(|| happening.id())
    }

    fn apply(row: Option<TicketRow>, happening: &Happening<'_>) -> Option<TicketRow> {
        let What::Ticket(event) = &happening.what else { return row };
        let mut row = match (row, event) {
            (_, TicketEvent::Opened(opened)) => return Some(TicketRow::opened(opened, happening)),
            (row, _) => row?,
        };
        row.change(event, happening.at());
        row.updated_at = happening.at();
        row.version = happening.version();
        Some(row)
    }
}

impl TicketRow {
    fn opened(opened: &Opened, happening: &Happening<'_>) -> Self {
        let (requester_member, requester_name) = match &opened.requester {
            Requester::Member(member) => (Some(member.to_string()), None),
            Requester::Customer { name, .. } => (None, name.reveal().cloned()),
        };
        Self {
            id: happening.id().to_owned(),
            organization: happening.organization(),
            number: opened.number.to_string(),
            ticket_type: opened.ticket_type.id.to_string(),
            type_name: opened.type_name.to_string(),
            title: opened.title.reveal().cloned(),
            description: opened.description.reveal().cloned(),
            requester_subject: opened.requester.subject().to_string(),
            requester_member,
            requester_name,
            opened_by: happening.by().to_string(),
            brand: opened.brand.clone(),
            priority: opened.priority.name.to_string(),
            priority_rank: opened.priority.rank.into(),
            status: Status::Open.name().to_owned(),
            team: opened.team.map(|team| team.to_string()),
            assignee: opened.assignee.map(|assignee| assignee.to_string()),
            tags: Vec::new(),
            waiting_for: None,
            reopenings: 0,
            comments: 0,
            opened_at: happening.at(),
            updated_at: happening.at(),
            first_response_at: None,
            resolved_at: None,
            closed_at: None,
            version: happening.version(),
        }
    }

    fn change(&mut self, event: &TicketEvent, at: Timestamp) {
        match event {
            TicketEvent::Edited(edited) => {
                set(&mut self.title, edited.title.as_ref());
                set(&mut self.description, edited.description.as_ref());
                if edited.brand.is_some() {
                    self.brand.clone_from(&edited.brand);
                }
            }
            TicketEvent::Prioritized(prioritized) => self.prioritize(&prioritized.priority),
            TicketEvent::Assigned(assigned) => {
                self.team = assigned.team.map(|team| team.to_string());
                self.assignee = assigned.assignee.map(|assignee| assignee.to_string());
            }
            TicketEvent::Unassigned(_) => (self.team, self.assignee) = (None, None),
            TicketEvent::Commented(_) => self.comments += 1,
            TicketEvent::Tagged(tagged) => {
                self.tags.extend(tagged.tags.iter().map(ToString::to_string));
                self.tags.sort_unstable();
                self.tags.dedup();
            }
            TicketEvent::Untagged(untagged) => {
                self.tags.retain(|tag| !untagged.tags.iter().any(|gone| gone.as_str() == tag));
            }
            TicketEvent::Waiting(waiting) => self.waiting_for = Some(waiting.reason.to_string()),
            TicketEvent::ResolutionAccepted(_) => self.resolved_at = Some(at),
            TicketEvent::Reopened(_) => {
                self.reopenings += 1;
                (self.resolved_at, self.closed_at) = (None, None);
            }
            TicketEvent::Closed(_) => self.closed_at = Some(at),
            TicketEvent::Opened(_)
            | TicketEvent::Noted(_)
            | TicketEvent::Resumed(_)
            | TicketEvent::ResolutionProposed(_)
            | TicketEvent::ProofSubmitted(_)
            | TicketEvent::ProofApproved(_)
            | TicketEvent::ProofRejected(_)
            | TicketEvent::DeadlineSet(_)
            | TicketEvent::ThresholdsSet(_)
            | TicketEvent::SlaScheduled(_)
            | TicketEvent::ThresholdReached(_)
            | TicketEvent::SlaAtRisk(_)
            | TicketEvent::SlaBreached(_)
            | TicketEvent::SlaMet(_) => {}
        }
        if is_response(event) {
            self.first_response_at.get_or_insert(at);
        }
        if let Some(status) = status_after(event, self.reopenings) {
            status.name().clone_into(&mut self.status);
            if status != Status::Waiting {
                self.waiting_for = None;
            }
        }
    }

    fn prioritize(&mut self, priority: &Priority) {
        self.priority = priority.name.to_string();
        self.priority_rank = priority.rank.into();
    }
}

/// The new words, if there are new ones; words that were forgotten are new, too.
fn set(words: &mut Option<String>, new: Option<&Personal<String>>) {
    if let Some(new) = new {
        *words = new.reveal().cloned();
    }
}
