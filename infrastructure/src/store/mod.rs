//! The event store on PostgreSQL.

mod append;
mod claim;
mod columns;
mod group;
mod insert;
mod own;
mod row;
mod snapshot;

use std::sync::Arc;

use async_trait::async_trait;
use escalon_application::ports::{
    Append, AppendError, Appended, CommandRecord, EventStore, Snapshot, StoreError, StoredEvent, StreamKey,
    StreamPositions,
};
use escalon_domain::{claim::Claim, organization::OrganizationId, personal::ForgottenSubject};
use sqlx::{PgPool, Row};
use tokio::sync::Notify;
use uuid::Uuid;

pub use own::Own;
pub(crate) use row::stored_event;

use self::append::{Answer, Ready, Writer};
use crate::{
    database::Database,
    error::store_error,
    gather::Gather,
    vault::{Vault, VaultError},
};

/// How many groups of appends are under way at a time: while one waits for the disk, the next is written.
const WRITERS: usize = 2;
/// How many appends share a transaction at most.
const GROUP: usize = 128;

/// The event store on PostgreSQL. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PgEventStore {
    database: Database,
    vault: Vault,
    appends: Gather<Ready, Answer>,
    appended: Arc<Notify>,
    own: Own,
}

impl PgEventStore {
    /// A store over this database, which keeps personal values sealed.
    #[must_use]
    pub fn new(database: Database, vault: Vault) -> Self {
        let appends = Gather::new([(); WRITERS].map(|()| Writer(database.line())), GROUP);
        Self { database, vault, appends, appended: Arc::new(Notify::new()), own: Own::default() }
    }

    /// Is notified after each append of this process, so that the sequencer need not wait for its next look.
    #[must_use]
    pub fn appended(&self) -> Arc<Notify> {
        Arc::clone(&self.appended)
    }

    /// What this process appended lately.
    #[must_use]
    pub fn own(&self) -> Own {
        self.own.clone()
    }
}

fn unsealed(error: VaultError) -> AppendError {
    match error {
        VaultError::Forgotten { subject } => AppendError::Forgotten(ForgottenSubject(subject)),
        other => AppendError::Store(other.into()),
    }
}

#[async_trait]
impl EventStore for PgEventStore {
    async fn load(
        &self,
        organization: OrganizationId,
        stream: &StreamKey,
        after: u64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let rows = sqlx::query(
            "select aggregate_type, aggregate_id, sequence, event_type, event_version, payload::text as payload,
                metadata::text as metadata, recorded_at, insertion, hash from escalon.load($1, $2, $3, $4)",
        )
        .bind(organization.to_string())
        .bind(&stream.kind)
        .bind(&stream.id)
        .bind(i64::try_from(after).unwrap_or(i64::MAX))
        .fetch_all(&self.database.app)
        .await
        .map_err(store_error("loading a stream"))?;
        let mut events: Vec<_> = rows.iter().map(stored_event).collect::<Result<_, _>>()?;
        self.vault.open(events.iter_mut().map(|event| (organization, &mut event.payload))).await?;
        Ok(events)
    }

    async fn positions(
        &self,
        organization: OrganizationId,
        stream: &StreamKey,
    ) -> Result<StreamPositions, StoreError> {
        let (positions, head) =
            sqlx::query_as("select positions, head from escalon.stream_positions($1, $2, $3)")
                .bind(organization.to_string())
                .bind(&stream.kind)
                .bind(&stream.id)
                .fetch_one(&self.database.app)
                .await
                .map_err(store_error("looking up positions"))?;
        Ok(StreamPositions { positions, head })
    }

    async fn latest(
        &self,
        organization: OrganizationId,
        stream: &StreamKey,
        schema: &str,
    ) -> Result<(Option<Snapshot>, Vec<StoredEvent>), StoreError> {
        let (mut snapshot, mut events) =
            snapshot::latest(&self.database.app, organization, stream, schema).await?;
        let states = snapshot.iter_mut().map(|snapshot| (organization, &mut snapshot.state));
        let payloads = events.iter_mut().map(|event| (organization, &mut event.payload));
        self.vault.open(states.chain(payloads)).await?;
        Ok((snapshot, events))
    }

    fn keep(
        &self,
        organization: OrganizationId,
        stream: StreamKey,
        schema: &'static str,
        mut snapshot: Snapshot,
    ) {
        let (pool, vault) = (self.database.writer.clone(), self.vault.clone());
        tokio::spawn(async move {
            let sealed = vault.seal([(organization, &mut snapshot.state)]).await;
            let kept = match sealed {
                Ok(()) => snapshot::keep(&pool, organization, &stream, schema, &snapshot).await,
                Err(error) => Err(error.into()),
            };
            if let Err(error) = kept {
                tracing::warn!(%error, stream = stream.id, "a snapshot was not kept; the stream is folded anew");
            }
        });
    }

    async fn append(&self, mut append: Append) -> Result<Appended, AppendError> {
        let organization = append.metadata.organization;
        let payloads = append.events.iter_mut().map(|event| (organization, &mut event.payload));
        self.vault.seal(payloads).await.map_err(unsealed)?;
        let forgotten = append.events.iter().find_map(|event| Vault::forgotten_by(&event.payload));
        let events = append.events.len() as u64;
        let answer = self.appends.ask(Ready::new(append)?).await;
        let stored = answer.map_err(|gone| StoreError::broken("appending events", gone))??;
        self.own.add(&stored.insertions);
        if let Some(subject) = forgotten {
            self.vault.forget(organization, subject);
        }
        metrics::counter!("escalon_events_appended_total").increment(events);
        self.appended.notify_one();
        Ok(stored.appended)
    }

    async fn command(
        &self,
        organization: OrganizationId,
        command: Uuid,
    ) -> Result<Option<CommandRecord>, StoreError> {
        let found = commands(&self.database.writer, &[command]).await?;
        let own =
            |(owner, record): (String, CommandRecord)| (owner == organization.to_string()).then_some(record);
        Ok(found.into_iter().find_map(own))
    }

    async fn holder(
        &self,
        organization: OrganizationId,
        claim: &Claim,
    ) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar("select escalon.claim_holder($1, $2)")
            .bind(organization.to_string())
            .bind(claim::claim_id(organization, claim))
            .fetch_one(&self.database.app)
            .await
            .map_err(store_error("looking up a claim"))
    }
}

/// What is remembered of these commands, with the organization of each.
async fn commands(pool: &PgPool, ids: &[Uuid]) -> Result<Vec<(String, CommandRecord)>, StoreError> {
    let rows = sqlx::query("select * from escalon.find_commands($1)")
        .bind(ids)
        .fetch_all(pool)
        .await
        .map_err(store_error("looking up a command"))?;
    let read = |row: &sqlx::postgres::PgRow| -> Result<_, sqlx::Error> {
        let record = CommandRecord {
            input: row.try_get("input")?,
            stream: StreamKey { kind: row.try_get("aggregate_type")?, id: row.try_get("aggregate_id")? },
            version: row.try_get::<i64, _>("version")?.unsigned_abs(),
            insertion: row.try_get("insertion")?,
        };
        Ok((row.try_get("organization")?, record))
    };
    rows.iter().map(read).collect::<Result<_, _>>().map_err(store_error("reading a command"))
}
