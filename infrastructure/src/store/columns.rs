//! A group of appends as the columns that `escalon.append` takes.

use escalon_application::ports::{Append, StoreError};
use escalon_domain::{
    claim::{Claim, ClaimChange},
    stamp::Timestamp,
};
use sqlx::{Postgres, postgres::PgArguments, query::Query};
use uuid::Uuid;

use super::{
    append::Ready,
    claim::{claim_id, claim_organization},
};

/// The columns. A place is the number of an append, from 1.
#[derive(Default)]
pub(super) struct Columns<'g> {
    versions: Vec<i64>,
    kinds: Vec<&'g str>,
    ids: Vec<&'g str>,
    heads: Vec<&'g [u8]>,
    commands: Vec<Option<Uuid>>,
    pub(super) events: Events<'g>,
    pub(super) take: Claims<'g>,
    pub(super) release: Releases,
}

/// A row for each event. What is the same for all events of an append is repeated: a flat row is read faster than a place
/// is looked up.
#[derive(Default)]
pub(super) struct Events<'g> {
    places: Vec<i32>,
    pub(super) kinds: Vec<&'g str>,
    pub(super) ids: Vec<&'g str>,
    pub(super) sequences: Vec<i64>,
    pub(super) names: Vec<&'g str>,
    pub(super) versions: Vec<&'g str>,
    pub(super) payloads: Vec<&'g str>,
    pub(super) metadata: Vec<&'g str>,
    pub(super) organizations: Vec<String>,
    pub(super) occurred_at: Vec<Timestamp>,
    pub(super) hashes: Vec<&'g [u8]>,
    /// Only for the first event of an append with a key.
    pub(super) commands: Vec<Option<Uuid>>,
    pub(super) inputs: Vec<Option<Vec<u8>>>,
    /// The hash of the event before it, only for the first event of an append that goes on.
    pub(super) after: Vec<Option<&'g [u8]>>,
}

/// A row for each claim that is taken.
#[derive(Default)]
pub(super) struct Claims<'g> {
    places: Vec<i32>,
    pub(super) ids: Vec<Uuid>,
    pub(super) organizations: Vec<String>,
    pub(super) kinds: Vec<&'g str>,
    pub(super) keys: Vec<&'g str>,
    pub(super) holders: Vec<&'g str>,
}

/// A row for each claim that is given up.
#[derive(Default)]
pub(super) struct Releases {
    places: Vec<i32>,
    pub(super) ids: Vec<Uuid>,
}

impl<'g> Columns<'g> {
    /// The columns of a group.
    ///
    /// # Errors
    /// A version or the digest of an input is not one.
    pub(super) fn of(group: &[&'g Ready]) -> Result<Self, StoreError> {
        let mut columns = Self::default();
        for (place, ready) in (1..).zip(group) {
            let pushed = columns.push(place, ready);
            pushed.map_err(|source| StoreError::Broken { operation: "appending events", source })?;
        }
        Ok(columns)
    }

    fn push(&mut self, place: i32, ready: &'g Ready) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let append = &ready.append;
        let version = i64::try_from(append.after.version)?;
        let organization = append.metadata.organization;
        let mut input = append.input.as_ref().map(hex::decode).transpose()?;
        let mut command = input.is_some().then_some(append.metadata.command);
        self.kinds.push(&append.stream.kind);
        self.ids.push(&append.stream.id);
        self.versions.push(version);
        self.heads.push(&append.after.hash.0);
        self.commands.push(command);
        let mut after = (version > 0).then_some(append.after.hash.0.as_slice());
        let events = &mut self.events;
        for ((sequence, event), (shape, hash)) in
            (version + 1..).zip(&append.events).zip(ready.versions.iter().zip(&ready.hashes))
        {
            events.places.push(place);
            events.kinds.push(&append.stream.kind);
            events.ids.push(&append.stream.id);
            events.sequences.push(sequence);
            events.names.push(&event.name);
            events.versions.push(shape);
            events.payloads.push(&event.payload);
            events.metadata.push(&ready.metadata);
            events.organizations.push(organization.to_string());
            events.occurred_at.push(append.metadata.occurred_at);
            events.hashes.push(&hash.0);
            events.commands.push(command.take());
            events.inputs.push(input.take());
            events.after.push(after.take());
        }
        for change in &append.claims {
            match change {
                ClaimChange::Take(claim) => self.take.push(place, append, claim),
                ClaimChange::Release(claim) => {
                    self.release.places.push(place);
                    self.release.ids.push(claim_id(organization, claim));
                }
            }
        }
        Ok(())
    }

    /// The call of the database function that does or refuses each on its own.
    pub(super) fn each(&self) -> Query<'_, Postgres, PgArguments> {
        let Self { events, take, release, .. } = self;
        sqlx::query(
            "select outcome, place, stream, insertion, detail from escalon.append($1, $2, $3, $4, $5, $6, $7, $8, $9,
                $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)",
        )
        .bind(&self.kinds)
        .bind(&self.ids)
        .bind(&self.versions)
        .bind(&self.heads)
        .bind(&self.commands)
        .bind(&events.places)
        .bind(&events.kinds)
        .bind(&events.ids)
        .bind(&events.sequences)
        .bind(&events.names)
        .bind(&events.versions)
        .bind(&events.payloads)
        .bind(&events.metadata)
        .bind(&events.organizations)
        .bind(&events.occurred_at)
        .bind(&events.hashes)
        .bind(&events.commands)
        .bind(&events.inputs)
        .bind(&take.places)
        .bind(&take.ids)
        .bind(&take.organizations)
        .bind(&take.kinds)
        .bind(&take.keys)
        .bind(&release.places)
        .bind(&release.ids)
    }
}

impl<'g> Claims<'g> {
    fn push(&mut self, place: i32, append: &'g Append, claim: &'g Claim) {
        let organization = append.metadata.organization;
        self.places.push(place);
        self.ids.push(claim_id(organization, claim));
        self.organizations.push(claim_organization(organization, claim));
        self.kinds.push(&claim.kind);
        self.keys.push(&claim.key);
        self.holders.push(&append.stream.id);
    }
}
