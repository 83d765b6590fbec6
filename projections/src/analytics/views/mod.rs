//! The views.

mod daily;
mod escalations;
mod people;
mod tickets;

use super::definition::View;

/// Every view there is.
pub static VIEWS: &[View] = &[
    tickets::TICKETS,
    tickets::TICKET_EVENTS,
    escalations::ESCALATIONS,
    escalations::ESCALATION_EVENTS,
    people::MEMBERS,
    people::TEAMS,
    people::TEAM_MEMBERS,
    people::TICKET_TYPES,
    daily::SERVICE_DAILY,
    daily::ESCALATIONS_DAILY,
];
