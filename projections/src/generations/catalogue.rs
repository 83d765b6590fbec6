//! The table of generations, the live checkpoint, and the lock of whoever builds.

use escalon_application::ports::StoreError;
use escalon_infrastructure::{database::Database, store_error};
use sqlx::{Connection, FromRow, PgConnection};

use crate::{error::ProjectionError, projection::subscription};

/// A generation of a projection's tables.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Generation {
    pub(crate) generation: i32,
    pub(crate) version: i32,
    pub(crate) schema: String,
}

pub(super) fn failed(operation: &'static str) -> impl FnOnce(sqlx::Error) -> ProjectionError {
    move |error| ProjectionError::Store(store_error(operation)(error))
}

/// The live generation. Whoever holds the checkpoint's lock sees the one that stays live until the lock is released.
pub(crate) async fn live(
    connection: &mut PgConnection,
    name: &str,
) -> Result<Option<Generation>, StoreError> {
    sqlx::query_as("select generation, version, schema from escalon.projections where name = $1 and live")
        .bind(name)
        .fetch_optional(connection)
        .await
        .map_err(store_error("looking up the live read model"))
}

/// Generations that were begun and never went live.
pub(super) async fn unfinished(
    connection: &mut PgConnection,
    name: &str,
) -> Result<Vec<Generation>, ProjectionError> {
    sqlx::query_as("select generation, version, schema from escalon.projections where name = $1 and not live")
        .bind(name)
        .fetch_all(connection)
        .await
        .map_err(failed("looking up unfinished read models"))
}

/// Registers the next generation.
pub(super) async fn begin(
    connection: &mut PgConnection,
    name: &str,
    version: i32,
) -> Result<Generation, ProjectionError> {
    sqlx::query_as(
        "insert into escalon.projections (name, generation, version, schema)
         select $1, next, $2, 'read_' || $1 || '_' || next
         from (select coalesce(max(generation), 0) + 1 as next from escalon.projections where name = $1) n
         returning generation, version, schema",
    )
    .bind(name)
    .bind(version)
    .fetch_one(connection)
    .await
    .map_err(failed("beginning a read model"))
}

/// Forgets a generation.
pub(super) async fn remove(
    connection: &mut PgConnection,
    name: &str,
    generation: i32,
) -> Result<(), ProjectionError> {
    let removed = sqlx::query("delete from escalon.projections where name = $1 and generation = $2")
        .bind(name)
        .bind(generation)
        .execute(connection)
        .await;
    removed.map(drop).map_err(failed("forgetting a read model"))
}

/// Says that a generation is live from this transaction on; no other may be.
pub(super) async fn go_live(
    connection: &mut PgConnection,
    name: &str,
    generation: i32,
    position: i64,
) -> Result<(), ProjectionError> {
    let operation = "switching a read model";
    sqlx::query(
        "update escalon.projections set live = true, built_at = now() where name = $1 and generation = $2",
    )
    .bind(name)
    .bind(generation)
    .execute(&mut *connection)
    .await
    .map_err(failed(operation))?;
    sqlx::query(
        "update escalon.subscriptions set position = $2, updated_at = now(), error = null where name = $1",
    )
    .bind(subscription(name))
    .bind(position)
    .execute(connection)
    .await
    .map(drop)
    .map_err(failed(operation))
}

/// The live position, with its row locked until the transaction ends: nobody projects live meanwhile.
pub(super) async fn checkpoint(connection: &mut PgConnection, name: &str) -> Result<i64, ProjectionError> {
    let operation = "locking a checkpoint";
    let name = subscription(name);
    sqlx::query("insert into escalon.subscriptions (name, position) values ($1, 0) on conflict do nothing")
        .bind(&name)
        .execute(&mut *connection)
        .await
        .map_err(failed(operation))?;
    sqlx::query_scalar("select position from escalon.subscriptions where name = $1 for update")
        .bind(&name)
        .fetch_one(connection)
        .await
        .map_err(failed(operation))
}

/// That only one process builds a projection at a time. The lock belongs to a connection of its own, so it ends with the
/// process, however that ends.
pub(super) struct Guard(PgConnection);

impl Guard {
    pub(super) async fn release(mut self) {
        // Unlocked first: the server ends a connection some time after it was told to.
        let unlocked = sqlx::query("select pg_advisory_unlock_all()").execute(&mut self.0).await;
        if let Err(error) = unlocked {
            tracing::debug!(%error, "a build's lock is released by the end of its connection");
        }
        if let Err(error) = self.0.close().await {
            tracing::debug!(%error, "the connection of a build's lock did not close properly");
        }
    }
}

/// Takes the lock; when somebody has it, waits for it or says so.
pub(super) async fn lock(
    database: &Database,
    name: &'static str,
    wait: bool,
) -> Result<Guard, ProjectionError> {
    let operation = "locking a read model for building";
    let mut connection = database.engine.acquire().await.map_err(failed(operation))?.detach();
    let key = format!("escalon.projection.{name}");
    let sql = if wait {
        "select true from (select pg_advisory_lock(hashtextextended($1, 0))) locked"
    } else {
        "select pg_try_advisory_lock(hashtextextended($1, 0))"
    };
    let locked: bool =
        sqlx::query_scalar(sql).bind(key).fetch_one(&mut connection).await.map_err(failed(operation))?;
    if locked { Ok(Guard(connection)) } else { Err(ProjectionError::Busy { name }) }
}
