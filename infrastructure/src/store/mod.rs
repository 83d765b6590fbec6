//! The event store on PostgreSQL.

mod append;
mod claim;
mod columns;
mod group;
mod own;
mod row;
mod snapshot;

use std::sync::Arc;

use async_trait::async_trait;
use escalon_application::ports::{
    Append, AppendError, Appended, CommandRecord, EventStore, Snapshot, StoreError, StoredEvent, StreamKey,
    StreamPositions,
};
use escalon_domain::{claim::Claim, organization::OrganizationId};
use sqlx::{PgPool, Row};
use tokio::sync::Notify;
use uuid::Uuid;

pub use own::Own;
pub(crate) use row::stored_event;

use self::append::{Answer, Ready};
use crate::{database::Database, error::store_error, gather::Gather};

/// How many groups of appends are under way at a time: while one waits for the disk, the next is written.
const WRITERS: usize = 2;
/// How many appends share a transaction at most.
const GROUP: usize = 256;

/// The event store on PostgreSQL. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PgEventStore {
    database: Database,
    appends: Gather<Ready, Answer>,
    appended: Arc<Notify>,
    own: Own,
}

impl PgEventStore {
    /// A store over this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        let pool = database.writer.clone();
        let appends = Gather::new(WRITERS, GROUP, move |ready| append::append(pool.clone(), ready));
        Self { database, appends, appended: Arc::new(Notify::new()), own: Own::default() }
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
        rows.iter().map(stored_event).collect()
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
        snapshot::latest(&self.database.app, organization, stream, schema).await
    }

    fn keep(
        &self,
        organization: OrganizationId,
        stream: StreamKey,
        schema: &'static str,
        snapshot: Snapshot,
    ) {
        let pool = self.database.writer.clone();
        tokio::spawn(async move {
            if let Err(error) = snapshot::keep(&pool, organization, &stream, schema, &snapshot).await {
                tracing::warn!(%error, stream = stream.id, "a snapshot was not kept; the stream is folded anew");
            }
        });
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let events = append.events.len() as u64;
        let answer = self.appends.ask(Ready::new(append)?).await;
        let stored = answer.map_err(|gone| StoreError::broken("appending events", gone))??;
        self.own.add(&stored.insertions);
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
