//! Stored rows as the ports' types, and metadata as the flat JSON object of strings that postgres-es reads.

use escalon_application::ports::{Metadata, StoreError, StoredEvent, StreamKey};
use escalon_domain::{
    organization::OrganizationId,
    stamp::{Actor, Timestamp},
};
use escalon_proof::Hash;
use serde::{Deserialize, Serialize};
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use crate::error::store_error;

#[derive(Serialize, Deserialize)]
struct StoredMetadata {
    organization: OrganizationId,
    actor: Actor,
    command: Uuid,
    correlation: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    causation: Option<String>,
    occurred_at: Timestamp,
    source: String,
}

pub(super) fn metadata_json(metadata: &Metadata) -> Result<String, StoreError> {
    let Metadata { organization, actor, command, correlation, causation, occurred_at, source } =
        metadata.clone();
    let stored = StoredMetadata { organization, actor, command, correlation, causation, occurred_at, source };
    serde_json::to_string(&stored).map_err(|error| StoreError::broken("writing metadata", error))
}

fn read_metadata(text: &str) -> Result<Metadata, StoreError> {
    let stored: StoredMetadata =
        serde_json::from_str(text).map_err(|error| StoreError::broken("reading metadata", error))?;
    let StoredMetadata { organization, actor, command, correlation, causation, occurred_at, source } = stored;
    Ok(Metadata { organization, actor, command, correlation, causation, occurred_at, source })
}

/// A column of a row.
pub(super) fn read<'r, T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>>(
    row: &'r PgRow,
    name: &str,
    operation: &'static str,
) -> Result<T, StoreError> {
    row.try_get(name).map_err(store_error(operation))
}

/// A row with the columns of `events`, payload and metadata as text.
pub(crate) fn stored_event(row: &PgRow) -> Result<StoredEvent, StoreError> {
    let metadata: String = row.try_get("metadata").map_err(store_error("reading an event"))?;
    let metadata = read_metadata(&metadata)?;
    let read = || -> Result<StoredEvent, sqlx::Error> {
        let version: String = row.try_get("event_version")?;
        Ok(StoredEvent {
            stream: StreamKey { kind: row.try_get("aggregate_type")?, id: row.try_get("aggregate_id")? },
            sequence: row.try_get::<i64, _>("sequence")?.unsigned_abs(),
            name: row.try_get("event_type")?,
            version: version.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            payload: row.try_get("payload")?,
            metadata,
            recorded_at: row.try_get("recorded_at")?,
            insertion: row.try_get("insertion")?,
            hash: Hash(row.try_get("hash")?),
        })
    };
    read().map_err(store_error("reading an event"))
}
