//! Snapshots, read together with the events after them.

use escalon_application::ports::{Head, Snapshot, StoreError, StoredEvent, StreamKey};
use escalon_domain::organization::OrganizationId;
use escalon_proof::Hash;
use sqlx::PgPool;

use super::row::{read, stored_event};
use crate::error::store_error;

const OPERATION: &str = "loading a stream";

/// A stream's snapshot, if this schema has one, and its events after that.
pub(super) async fn latest(
    pool: &PgPool,
    organization: OrganizationId,
    stream: &StreamKey,
    schema: &str,
) -> Result<(Option<Snapshot>, Vec<StoredEvent>), StoreError> {
    let rows = sqlx::query("select * from escalon.latest($1, $2, $3, $4)")
        .bind(organization.to_string())
        .bind(&stream.kind)
        .bind(&stream.id)
        .bind(schema)
        .fetch_all(pool)
        .await
        .map_err(store_error(OPERATION))?;
    let Some((first, rest)) = rows.split_first() else { return Ok((None, Vec::new())) };
    let state: Option<String> = read(first, "state", OPERATION)?;
    let Some(state) = state else {
        return Ok((None, rows.iter().map(stored_event).collect::<Result<_, _>>()?));
    };
    let version = read::<i64>(first, "sequence", OPERATION)?.unsigned_abs();
    let head = Head { version, hash: Hash(read(first, "hash", OPERATION)?) };
    let events = rest.iter().map(stored_event).collect::<Result<_, _>>()?;
    Ok((Some(Snapshot { head, state }), events))
}

/// Keeps a snapshot, unless a newer one of the same schema is there.
pub(super) async fn keep(
    pool: &PgPool,
    organization: OrganizationId,
    stream: &StreamKey,
    schema: &str,
    snapshot: &Snapshot,
) -> Result<(), StoreError> {
    let kept = sqlx::query(
        "insert into escalon.snapshots as s (aggregate_type, aggregate_id, organization, schema, version, hash, state)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (aggregate_type, aggregate_id) do update
         set schema = excluded.schema, version = excluded.version, hash = excluded.hash, state = excluded.state,
            recorded_at = now()
         where s.schema <> excluded.schema or s.version < excluded.version",
    )
    .bind(&stream.kind)
    .bind(&stream.id)
    .bind(organization.to_string())
    .bind(schema)
    .bind(i64::try_from(snapshot.head.version).unwrap_or(i64::MAX))
    .bind(snapshot.head.hash.0)
    .bind(&snapshot.state)
    .execute(pool)
    .await;
    kept.map(drop).map_err(store_error("keeping a snapshot"))
}
