//! A group of appends as the columns that `escalon.append` takes.

use escalon_application::ports::StoreError;
use escalon_domain::{
    claim::{Claim, ClaimChange},
    organization::OrganizationId,
    stamp::Timestamp,
};
use sqlx::{Postgres, postgres::PgArguments, query::Query};
use uuid::Uuid;

use super::{
    append::Ready,
    claim::{claim_id, claim_organization},
};

/// The columns; each place is the number of an append, from 1.
#[derive(Default)]
pub(super) struct Columns<'g> {
    kinds: Vec<&'g str>,
    ids: Vec<&'g str>,
    organizations: Vec<String>,
    versions: Vec<i64>,
    heads: Vec<&'g [u8]>,
    metadata: Vec<&'g str>,
    occurred_at: Vec<Timestamp>,
    commands: Vec<Option<Uuid>>,
    inputs: Vec<Option<Vec<u8>>>,
    events: Events<'g>,
    take: Claims<'g>,
    release: (Vec<i32>, Vec<Uuid>),
}

#[derive(Default)]
struct Events<'g> {
    places: Vec<i32>,
    sequences: Vec<i64>,
    names: Vec<&'g str>,
    versions: Vec<&'g str>,
    payloads: Vec<&'g str>,
    hashes: Vec<&'g [u8]>,
}

#[derive(Default)]
struct Claims<'g> {
    places: Vec<i32>,
    ids: Vec<Uuid>,
    organizations: Vec<String>,
    kinds: Vec<&'g str>,
    keys: Vec<&'g str>,
}

impl<'g> Columns<'g> {
    /// The columns of a group.
    ///
    /// # Errors
    /// A version or the digest of an input is not one.
    pub(super) fn of(group: &[&'g Ready]) -> Result<Self, StoreError> {
        let mut columns = Self::default();
        for (place, ready) in (1..).zip(group) {
            columns
                .push(place, ready)
                .map_err(|error| StoreError::Broken { operation: "appending events", source: error })?;
        }
        Ok(columns)
    }

    fn push(&mut self, place: i32, ready: &'g Ready) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let append = &ready.append;
        let version = i64::try_from(append.after.version)?;
        self.kinds.push(&append.stream.kind);
        self.ids.push(&append.stream.id);
        self.organizations.push(append.metadata.organization.to_string());
        self.versions.push(version);
        self.heads.push(&append.after.hash.0);
        self.metadata.push(&ready.metadata);
        self.occurred_at.push(append.metadata.occurred_at);
        self.commands.push(append.input.as_ref().map(|_| append.metadata.command));
        self.inputs.push(append.input.as_ref().map(hex::decode).transpose()?);
        let events = &mut self.events;
        for ((sequence, event), (shape, hash)) in
            (version + 1..).zip(&append.events).zip(ready.versions.iter().zip(&ready.hashes))
        {
            events.places.push(place);
            events.sequences.push(sequence);
            events.names.push(&event.name);
            events.versions.push(shape);
            events.payloads.push(&event.payload);
            events.hashes.push(&hash.0);
        }
        for change in &append.claims {
            match change {
                ClaimChange::Take(claim) => self.take.push(place, append.metadata.organization, claim),
                ClaimChange::Release(claim) => {
                    self.release.0.push(place);
                    self.release.1.push(claim_id(append.metadata.organization, claim));
                }
            }
        }
        Ok(())
    }

    /// The call of the database function.
    pub(super) fn append(&self) -> Query<'_, Postgres, PgArguments> {
        let Self { events, take, release, .. } = self;
        sqlx::query(
            "select place, outcome, insertions, detail from escalon.append($1, $2, $3, $4, $5, $6, $7, $8, $9,
                $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)",
        )
        .bind(&self.kinds)
        .bind(&self.ids)
        .bind(&self.organizations)
        .bind(&self.versions)
        .bind(&self.heads)
        .bind(&self.metadata)
        .bind(&self.occurred_at)
        .bind(&self.commands)
        .bind(&self.inputs)
        .bind(&events.places)
        .bind(&events.sequences)
        .bind(&events.names)
        .bind(&events.versions)
        .bind(&events.payloads)
        .bind(&events.hashes)
        .bind(&take.places)
        .bind(&take.ids)
        .bind(&take.organizations)
        .bind(&take.kinds)
        .bind(&take.keys)
        .bind(&release.0)
        .bind(&release.1)
    }
}

impl<'g> Claims<'g> {
    fn push(&mut self, place: i32, organization: OrganizationId, claim: &'g Claim) {
        self.places.push(place);
        self.ids.push(claim_id(organization, claim));
        self.organizations.push(claim_organization(organization, claim));
        self.kinds.push(&claim.kind);
        self.keys.push(&claim.key);
    }
}
