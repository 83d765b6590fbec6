//! A stored event as projections see it: parsed once for a whole batch, whatever reads it.

use escalon_application::{ports::StoredEvent, recorded::Recorded};
use escalon_domain::{
    access::Role,
    aggregate::{Event, UnreadableEvent},
    definition::DefinitionEvent,
    escalation::{Escalation, EscalationEvent},
    id::Named,
    member::{Member, MemberEvent},
    organization::{Organization, OrganizationEvent},
    stamp::{Actor, Timestamp},
    team::Team,
    ticket::{Ticket, TicketEvent},
    ticket_type::TicketType,
};
use escalon_infrastructure::feed::FeedEvent;

use crate::error::ProjectionError;

/// A stored event with its place and its parsed form.
#[derive(Debug)]
pub struct Happening<'a> {
    /// Its position.
    pub position: i64,
    /// As it is stored.
    pub stored: &'a StoredEvent,
    /// What happened.
    pub what: What,
}

/// What happened, by the kind of its stream.
#[derive(Debug)]
pub enum What {
    /// To a ticket.
    Ticket(TicketEvent),
    /// To an escalation.
    Escalation(EscalationEvent),
    /// To a member.
    Member(MemberEvent),
    /// To an organization.
    Organization(OrganizationEvent),
    /// To a role.
    Role(DefinitionEvent<Role>),
    /// To a team.
    Team(DefinitionEvent<Team>),
    /// To a ticket type.
    TicketType(DefinitionEvent<TicketType>),
    /// Something that this projection does not read, or that this version of the engine does not know.
    Unknown,
}

impl<'a> Happening<'a> {
    /// Parses an event, if its kind is among those that are `read` (all, when that is empty).
    ///
    /// # Errors
    /// It does not have the shape it should.
    pub fn parse(event: &'a FeedEvent, read: &[&str]) -> Result<Self, ProjectionError> {
        let stored = &event.event;
        let kind = stored.stream.kind.as_str();
        let wanted = read.is_empty() || read.contains(&kind);
        let what = if wanted { what(kind, &stored.payload) } else { Ok(What::Unknown) };
        let what = what.map_err(|source| ProjectionError::Unreadable {
            position: event.position,
            stream: stored.stream.id.clone(),
            source,
        })?;
        Ok(Self { position: event.position, stored, what })
    }

    /// The stream's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.stored.stream.id
    }

    /// The organization's id as text.
    #[must_use]
    pub fn organization(&self) -> String {
        self.stored.metadata.organization.to_string()
    }

    /// When it happened in the world.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.stored.metadata.occurred_at
    }

    /// Who did it.
    #[must_use]
    pub const fn by(&self) -> &Actor {
        &self.stored.metadata.actor
    }

    /// Its place in its stream: the version of the aggregate after it.
    #[must_use]
    pub fn version(&self) -> i64 {
        i64::try_from(self.stored.sequence).unwrap_or(i64::MAX)
    }
}

fn what(kind: &str, payload: &str) -> Result<What, UnreadableEvent> {
    match kind {
        Ticket::PREFIX => read(payload, What::Ticket),
        Escalation::PREFIX => read(payload, What::Escalation),
        Member::PREFIX => read(payload, What::Member),
        Organization::PREFIX => read(payload, What::Organization),
        Role::PREFIX => read(payload, What::Role),
        Team::PREFIX => read(payload, What::Team),
        TicketType::PREFIX => read(payload, What::TicketType),
        _ => Ok(What::Unknown),
    }
}

/// An event of a newer version is unknown, not wrong: whoever wrote it projects it.
fn read<E: Event>(payload: &str, wrap: fn(E) -> What) -> Result<What, UnreadableEvent> {
    match Recorded::from_json(payload) {
        Ok(recorded) => Ok(wrap(recorded.event)),
        Err(UnreadableEvent::Unknown { .. }) => Ok(What::Unknown),
        Err(malformed) => Err(malformed),
    }
}
