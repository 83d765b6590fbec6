//! From a ticket's events to the facts about it.

use escalon_domain::{
    member::MemberId,
    stamp::Timestamp,
    team::TeamId,
    ticket::{Opened, Status, TicketEvent},
};

use crate::{
    happening::{Happening, What},
    progress::{is_response, status_after},
    row,
    tables::Fold,
};

row! {
    /// The facts about a ticket.
    pub struct FactRow in "ticket_fact" {
        /// The ticket.
        pub id: String,
        /// The organization it belongs to.
        pub organization: String,
        /// The word for its status.
        pub status: String,
        /// The short name of its type.
        pub type_name: String,
        /// The word for its priority.
        pub priority: String,
        /// The brand it is about.
        pub brand: Option<String>,
        /// The team it belongs to.
        pub team: Option<String>,
        /// The member it belongs to.
        pub assignee: Option<String>,
        /// When it was opened.
        pub opened_at: Timestamp,
        /// When somebody first answered the requester.
        pub first_response_at: Option<Timestamp>,
        /// When its resolution was last accepted; none while it is reopened.
        pub resolved_at: Option<Timestamp>,
        /// When it was last closed; none while it is reopened.
        pub closed_at: Option<Timestamp>,
        /// How often it was reopened.
        pub reopenings: i32,
        /// How often its team changed, from and to none included.
        pub team_changes: i32,
        /// How often its assignee changed, from and to nobody included.
        pub assignee_changes: i32,
        /// How often it went from one member to another.
        pub reassignments: i32,
        /// For how long it waited for somebody, in milliseconds, the present waiting excluded.
        pub paused_ms: i64,
        /// Since when it waits now.
        pub waiting_since: Option<Timestamp>,
    }
}

/// The fold over the facts of tickets.
#[derive(Debug, Clone, Copy)]
pub struct FactFold;

impl Fold for FactFold {
    type Row = FactRow;

    fn key<'h>(happening: &'h Happening<'_>) -> Option<&'h str> {
        matches!(happening.what, What::Ticket(_)).then(|| happening.id())
    }

    fn apply(row: Option<FactRow>, happening: &Happening<'_>) -> Option<FactRow> {
        let What::Ticket(event) = &happening.what else { return row };
        let mut row = match (row, event) {
            (_, TicketEvent::Opened(opened)) => return Some(FactRow::opened(opened, happening)),
            (row, _) => row?,
        };
        row.change(event, happening.at());
        Some(row)
    }
}

impl FactRow {
    fn opened(opened: &Opened, happening: &Happening<'_>) -> Self {
        Self {
            id: happening.id().to_owned(),
            organization: happening.organization(),
            status: Status::Open.name().to_owned(),
            type_name: opened.type_name.to_string(),
            priority: opened.priority.name.to_string(),
            brand: opened.brand.clone(),
            team: opened.team.map(|team| team.to_string()),
            assignee: opened.assignee.map(|assignee| assignee.to_string()),
            opened_at: happening.at(),
            first_response_at: None,
            resolved_at: None,
            closed_at: None,
            reopenings: 0,
            team_changes: 0,
            assignee_changes: 0,
            reassignments: 0,
            paused_ms: 0,
            waiting_since: None,
        }
    }

    fn change(&mut self, event: &TicketEvent, at: Timestamp) {
        match event {
            TicketEvent::Edited(edited) if edited.brand.is_some() => self.brand.clone_from(&edited.brand),
            TicketEvent::Prioritized(prioritized) => self.priority = prioritized.priority.name.to_string(),
            TicketEvent::Assigned(assigned) => self.assign(
                (assigned.previous_team, assigned.team),
                (assigned.previous_assignee, assigned.assignee),
            ),
            TicketEvent::Unassigned(gone) => {
                self.assign((gone.previous_team, None), (gone.previous_assignee, None));
            }
            TicketEvent::ResolutionAccepted(_) => self.resolved_at = Some(at),
            TicketEvent::Reopened(_) => {
                self.reopenings += 1;
                (self.resolved_at, self.closed_at) = (None, None);
            }
            TicketEvent::Closed(_) => self.closed_at = Some(at),
            _ => {}
        }
        if is_response(event) {
            self.first_response_at.get_or_insert(at);
        }
        if let Some(status) = status_after(event, self.reopenings) {
            status.name().clone_into(&mut self.status);
            self.wait(status == Status::Waiting, at);
        }
    }

    fn assign(
        &mut self,
        team: (Option<TeamId>, Option<TeamId>),
        assignee: (Option<MemberId>, Option<MemberId>),
    ) {
        self.team_changes += i32::from(team.0 != team.1);
        self.assignee_changes += i32::from(assignee.0 != assignee.1);
        self.reassignments += i32::from(matches!(assignee, (Some(before), Some(now)) if before != now));
        self.team = team.1.map(|team| team.to_string());
        self.assignee = assignee.1.map(|assignee| assignee.to_string());
    }

    /// Waiting for somebody else is still the same pause.
    fn wait(&mut self, waiting: bool, at: Timestamp) {
        if waiting {
            self.waiting_since.get_or_insert(at);
        } else if let Some(since) = self.waiting_since.take() {
            // Imported events may be out of order by their own clock; a pause never shortens the sum.
            self.paused_ms += (at - since).num_milliseconds().max(0);
        }
    }
}
