//! A stored event as projections see it: parsed once for a whole batch, whatever reads it.

use std::borrow::Cow;

use escalon_application::{ports::Metadata, recorded::Recorded};
use escalon_domain::{
    access::Role,
    aggregate::{Event, UnreadableEvent},
    customer::{Customer, CustomerEvent},
    definition::DefinitionEvent,
    escalation::{Escalation, EscalationEvent},
    id::Named,
    member::{Member, MemberEvent},
    organization::{Organization, OrganizationEvent},
    personal::SubjectId,
    stamp::{Actor, Stamp, Timestamp},
    team::Team,
    ticket::{Ticket, TicketEvent},
    ticket_type::TicketType,
};
use escalon_infrastructure::{
    feed::{BulkEvent, FeedEvent},
    subscription::Poison,
    vault::Vault,
};
use serde::Deserialize;

use crate::error::ProjectionError;

/// A stored event with its place and its parsed form.
#[derive(Debug)]
pub struct Happening<'a> {
    /// Its position; 0 where a build reads streams and not positions.
    pub position: i64,
    /// The kind of its stream.
    pub kind: &'a str,
    /// Its stored name.
    pub name: &'a str,
    /// What happened, as it is stored.
    pub payload: &'a str,
    /// When it was stored.
    pub recorded_at: Timestamp,
    /// What happened.
    pub what: What,
    /// Whether this is the first of what the stored event means today; one of a retired shape may mean several things.
    pub first: bool,
    id: &'a str,
    version: i64,
    organization: Cow<'a, str>,
    stamp: Stamp,
    origin: Origin<'a>,
}

/// Where an event came from.
#[derive(Debug)]
enum Origin<'a> {
    Parsed(&'a Metadata),
    Text(&'a str),
}

/// The part of the metadata that says so.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Traces {
    source: String,
    correlation: String,
}

/// The part of the metadata that says when and by whom; a payload that can be read says so, too.
#[derive(Deserialize)]
struct Stamped {
    actor: Actor,
    occurred_at: Timestamp,
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
    /// To a customer.
    Customer(CustomerEvent),
    /// To a ticket type.
    TicketType(DefinitionEvent<TicketType>),
    /// Something that this projection does not read, or that this version of the engine does not know.
    Unknown,
}

impl<'a> Happening<'a> {
    /// Parses events; those whose kind is not among those that are `read` (all, when that is empty) are unknown. There is at
    /// least one happening of each.
    ///
    /// # Errors
    /// One does not have the shape it should.
    pub fn parse_all(
        events: impl IntoIterator<Item = &'a FeedEvent>,
        read: &[&str],
    ) -> Result<Vec<Self>, ProjectionError> {
        let events = events.into_iter();
        let mut happenings = Vec::with_capacity(events.size_hint().0);
        for event in events {
            happenings.extend(Self::parse(event, read)?);
        }
        Ok(happenings)
    }

    /// Parses one event.
    ///
    /// # Errors
    /// It does not have the shape it should.
    pub fn parse(event: &'a FeedEvent, read: &[&str]) -> Result<Vec<Self>, ProjectionError> {
        let stored = &event.event;
        let kind = stored.stream.kind.as_str();
        let wanted = read.is_empty() || read.contains(&kind);
        let read = if wanted { what(kind, &stored.payload) } else { Ok(None) };
        let read = read.map_err(|source| unreadable(event.position, &stored.stream.id, source))?;
        let written = || Stamp::new(stored.metadata.occurred_at, stored.metadata.actor.clone());
        let (stamp, what) = read.unwrap_or_else(|| (written(), vec![What::Unknown]));
        let happening = |(place, what)| Self {
            position: event.position,
            kind,
            name: &stored.name,
            payload: &stored.payload,
            recorded_at: stored.recorded_at,
            what,
            first: place == 0,
            id: &stored.stream.id,
            version: i64::try_from(stored.sequence).unwrap_or(i64::MAX),
            organization: Cow::Owned(stored.metadata.organization.to_string()),
            stamp: stamp.clone(),
            origin: Origin::Parsed(&stored.metadata),
        };
        Ok(what.into_iter().enumerate().map(happening).collect())
    }

    /// Parses an event that was read in bulk. Its metadata are only looked at where they are needed; where they were not
    /// read, what is not known is left out.
    ///
    /// # Errors
    /// It does not have the shape it should.
    pub(crate) fn bulk(event: &'a BulkEvent) -> Result<Vec<Self>, ProjectionError> {
        let failed = |source| unreadable(event.position, &event.stream, source);
        let (stamp, what) = match what(&event.kind, &event.payload).map_err(failed)? {
            Some(read) => read,
            None if event.metadata.is_empty() => return Ok(Vec::new()),
            None => {
                let malformed =
                    |error| failed(UnreadableEvent::malformed(&event.name, 0, &error, &event.metadata));
                let stamped: Stamped = serde_json::from_str(&event.metadata).map_err(malformed)?;
                (Stamp::new(stamped.occurred_at, stamped.actor), vec![What::Unknown])
            }
        };
        let happening = |(place, what)| Self {
            position: event.position,
            kind: &event.kind,
            name: &event.name,
            payload: &event.payload,
            recorded_at: event.recorded_at,
            what,
            first: place == 0,
            id: &event.stream,
            version: event.sequence,
            organization: Cow::Borrowed(&event.organization),
            stamp: stamp.clone(),
            origin: Origin::Text(&event.metadata),
        };
        Ok(what.into_iter().enumerate().map(happening).collect())
    }

    /// The person who was forgotten, if that is what happened. Every projection asks, whatever it reads.
    #[must_use]
    pub fn forgotten(&self) -> Option<SubjectId> {
        Vault::forgotten_by(self.payload)
    }

    /// The stream's id.
    #[must_use]
    pub const fn id(&self) -> &str {
        self.id
    }

    /// The organization's id as text.
    #[must_use]
    pub fn organization(&self) -> String {
        self.organization.to_string()
    }

    /// When it happened in the world.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.stamp.at
    }

    /// Who did it.
    #[must_use]
    pub const fn by(&self) -> &Actor {
        &self.stamp.by
    }

    /// Its place in its stream: the version of the aggregate after it.
    #[must_use]
    pub const fn version(&self) -> i64 {
        self.version
    }

    /// Where the call came from, and what everything that followed from one request shares.
    pub(crate) fn traces(&self) -> (String, String) {
        match self.origin {
            Origin::Parsed(metadata) => (metadata.source.clone(), metadata.correlation.to_string()),
            Origin::Text(text) => {
                // What the store wrote has both.
                let traces: Traces = serde_json::from_str(text).unwrap_or_default();
                (traces.source, traces.correlation)
            }
        }
    }
}

fn unreadable(position: i64, stream: &str, source: UnreadableEvent) -> ProjectionError {
    Poison::Unreadable { position, stream: stream.to_owned(), source }.into()
}

/// What happened, and when and by whom; none for what this version of the engine does not know, or what means nothing today.
fn what(kind: &str, payload: &str) -> Result<Option<(Stamp, Vec<What>)>, UnreadableEvent> {
    match kind {
        Ticket::PREFIX => read(payload, What::Ticket),
        Escalation::PREFIX => read(payload, What::Escalation),
        Member::PREFIX => read(payload, What::Member),
        Organization::PREFIX => read(payload, What::Organization),
        Role::PREFIX => read(payload, What::Role),
        Team::PREFIX => read(payload, What::Team),
        Customer::PREFIX => read(payload, What::Customer),
        TicketType::PREFIX => read(payload, What::TicketType),
        _ => Ok(None),
    }
}

/// An event of a newer version is unknown, not wrong: whoever wrote it projects it.
fn read<E: Event>(payload: &str, wrap: fn(E) -> What) -> Result<Option<(Stamp, Vec<What>)>, UnreadableEvent> {
    match Recorded::read(payload) {
        Ok(recorded) => {
            let stamp = recorded.first().map(|first| first.stamp.clone());
            Ok(stamp.map(|stamp| (stamp, recorded.into_iter().map(|one| wrap(one.event)).collect())))
        }
        Err(UnreadableEvent::Unknown { .. }) => Ok(None),
        Err(malformed) => Err(malformed),
    }
}
