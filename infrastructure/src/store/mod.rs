//! The event store on PostgreSQL.

mod append;
mod row;

use std::sync::Arc;

use async_trait::async_trait;
use escalon_application::ports::{
    Append, AppendError, Appended, CommandRecord, EventStore, StoreError, StoredEvent, StreamKey,
};
use escalon_domain::{
    claim::{Claim, ClaimScope},
    organization::OrganizationId,
};
use sqlx::Row;
use tokio::sync::Notify;
use uuid::Uuid;

pub(crate) use row::stored_event;

use crate::{database::Database, error::store_error};

/// The event store on PostgreSQL. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PgEventStore {
    database: Database,
    appended: Arc<Notify>,
}

impl PgEventStore {
    /// A store over this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { database, appended: Arc::new(Notify::new()) }
    }

    /// Is notified after each append of this process, so that the sequencer need not wait for its next look.
    #[must_use]
    pub fn appended(&self) -> Arc<Notify> {
        Arc::clone(&self.appended)
    }
}

/// The organization that a claim is made in; the platform is ''.
fn claim_organization(organization: OrganizationId, claim: &Claim) -> String {
    match claim.scope {
        ClaimScope::Organization => organization.to_string(),
        ClaimScope::Platform => String::new(),
    }
}

#[async_trait]
impl EventStore for PgEventStore {
    async fn load(
        &self,
        organization: OrganizationId,
        stream: &StreamKey,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let rows = sqlx::query(
            "select aggregate_type, aggregate_id, sequence, event_type, event_version, payload::text as payload,
                metadata::text as metadata, recorded_at, insertion from escalon.load($1, $2, $3)",
        )
        .bind(organization.to_string())
        .bind(&stream.kind)
        .bind(&stream.id)
        .fetch_all(&self.database.app)
        .await
        .map_err(store_error("loading a stream"))?;
        rows.iter().map(stored_event).collect()
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let appended = append::append(&self.database.app, &append).await?;
        metrics::counter!("escalon_events_appended_total").increment(append.events.len() as u64);
        self.appended.notify_one();
        Ok(appended)
    }

    async fn command(
        &self,
        organization: OrganizationId,
        command: Uuid,
    ) -> Result<Option<CommandRecord>, StoreError> {
        let row = sqlx::query(
            "select input, aggregate_type, aggregate_id, version, insertion from escalon.find_command($1, $2)",
        )
        .bind(organization.to_string())
        .bind(command)
        .fetch_optional(&self.database.app)
        .await
        .map_err(store_error("looking up a command"))?;
        let Some(row) = row else { return Ok(None) };
        let read = || -> Result<CommandRecord, sqlx::Error> {
            Ok(CommandRecord {
                input: row.try_get("input")?,
                stream: StreamKey { kind: row.try_get("aggregate_type")?, id: row.try_get("aggregate_id")? },
                version: row.try_get::<i64, _>("version")?.unsigned_abs(),
                insertion: row.try_get("insertion")?,
            })
        };
        read().map(Some).map_err(store_error("reading a command"))
    }

    async fn holder(
        &self,
        organization: OrganizationId,
        claim: &Claim,
    ) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar("select escalon.claim_holder($1, $2, $3, $4)")
            .bind(organization.to_string())
            .bind(claim_organization(organization, claim))
            .bind(&claim.kind)
            .bind(&claim.key)
            .fetch_one(&self.database.app)
            .await
            .map_err(store_error("looking up a claim"))
    }
}
