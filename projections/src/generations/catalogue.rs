//! The table of generations, the live checkpoint, and the lock of whoever builds.

use std::time::Duration;

use escalon_application::ports::StoreError;
use escalon_infrastructure::{database::Database, feed::Prefix, store_error};
use sqlx::{Connection, FromRow, PgConnection};
use tokio::time::{Instant, sleep};

use crate::{error::ProjectionError, projection::subscription};

/// How long a lock may outlive its process.
const MOMENT: Duration = Duration::from_secs(2);
/// How often to look whether it is free.
const LOOK: Duration = Duration::from_millis(100);

/// A generation of a projection's tables.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Generation {
    pub(crate) generation: i32,
    pub(crate) version: i32,
    pub(crate) schema: String,
    pub(crate) state: State,
    /// Up to where its tables go; of the live one the subscription knows.
    pub(crate) position: i64,
    pub(super) live: bool,
    prefix: i64,
    settled: i64,
    highest: i64,
    /// About how many events there are to load.
    pub(super) events: i64,
}

/// How far a generation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub(crate) enum State {
    /// Its shards are being filled.
    Loading,
    /// Its indexes are being made.
    Indexing,
    /// It takes what happened meanwhile.
    Following,
    /// It is finished.
    Built,
}

impl Generation {
    /// The events that are loaded in bulk.
    pub(super) const fn prefix(&self) -> Prefix {
        Prefix { position: self.prefix, settled: self.settled, highest: self.highest }
    }
}

const COLUMNS: &str = "generation, version, schema, state, position, live, prefix, settled, highest, events";

pub(super) fn failed(operation: &'static str) -> impl FnOnce(sqlx::Error) -> ProjectionError {
    move |error| ProjectionError::Store(store_error(operation)(error))
}

/// The live generation.
pub(crate) async fn live(
    connection: &mut PgConnection,
    name: &str,
) -> Result<Option<Generation>, StoreError> {
    sqlx::query_as(&format!("select {COLUMNS} from escalon.projections where name = $1 and live"))
        .bind(name)
        .fetch_optional(connection)
        .await
        .map_err(store_error("looking up the live read model"))
}

/// All generations of a projection, the oldest first.
pub(super) async fn all(
    connection: &mut PgConnection,
    name: &str,
) -> Result<Vec<Generation>, ProjectionError> {
    sqlx::query_as(&format!("select {COLUMNS} from escalon.projections where name = $1 order by generation"))
        .bind(name)
        .fetch_all(connection)
        .await
        .map_err(failed("looking up the generations of a read model"))
}

/// The generation that was live before the present one, if it is still there.
pub(super) async fn former(
    connection: &mut PgConnection,
    name: &str,
) -> Result<Option<Generation>, ProjectionError> {
    let sql = format!(
        "select {COLUMNS} from escalon.projections where name = $1 and not live and live_until is not null order by live_until desc limit 1"
    );
    let found = sqlx::query_as(&sql).bind(name).fetch_optional(connection).await;
    found.map_err(failed("looking up the former read model"))
}

/// Registers the next generation.
pub(super) async fn begin(
    connection: &mut PgConnection,
    name: &str,
    version: i32,
    prefix: Prefix,
    events: i64,
) -> Result<Generation, ProjectionError> {
    let sql = format!(
        "with begun as (
            insert into escalon.projections (name, generation, version, schema, state, prefix, settled, highest, events)
            select $1, next, $2, 'read_' || $1 || '_' || next, 'loading', $3, $4, $5, $6
            from (select coalesce(max(generation), 0) + 1 as next from escalon.projections where name = $1) n
            returning *)
         select {COLUMNS} from begun"
    );
    sqlx::query_as(&sql)
        .bind(name)
        .bind(version)
        .bind(prefix.position)
        .bind(prefix.settled)
        .bind(prefix.highest)
        .bind(events)
        .fetch_one(connection)
        .await
        .map_err(failed("beginning a read model"))
}

/// Says how far a generation is now.
pub(super) async fn stand(
    connection: &mut PgConnection,
    name: &str,
    generation: &mut Generation,
    state: State,
    position: i64,
) -> Result<(), ProjectionError> {
    let stood = sqlx::query(
        "update escalon.projections set state = $3, position = $4 where name = $1 and generation = $2",
    )
    .bind(name)
    .bind(generation.generation)
    .bind(state)
    .bind(position)
    .execute(connection)
    .await;
    stood.map_err(failed("noting how far a read model is"))?;
    (generation.state, generation.position) = (state, position);
    Ok(())
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

/// Says that a generation is live from this transaction on, and that the one before is kept as it stands.
pub(super) async fn go_live(
    connection: &mut PgConnection,
    name: &str,
    generation: i32,
    before: i64,
    position: i64,
) -> Result<(), ProjectionError> {
    let retire = "update escalon.projections set live = false, live_until = clock_timestamp(), position = $2
        where name = $1 and live";
    let go_live = "update escalon.projections set live = true, live_until = null, state = 'built',
            built_at = coalesce(built_at, clock_timestamp()) where name = $1 and generation = $2";
    let follow =
        "update escalon.subscriptions set position = $2, updated_at = now(), error = null where name = $1";
    let failed = || failed("switching a read model");
    sqlx::query(retire).bind(name).bind(before).execute(&mut *connection).await.map_err(failed())?;
    sqlx::query(go_live).bind(name).bind(generation).execute(&mut *connection).await.map_err(failed())?;
    let moved = sqlx::query(follow).bind(subscription(name)).bind(position).execute(connection).await;
    moved.map(drop).map_err(failed())
}

/// The live position, with its row locked until the transaction ends: nobody projects live meanwhile.
pub(super) async fn checkpoint(connection: &mut PgConnection, name: &str) -> Result<i64, ProjectionError> {
    let begin = "insert into escalon.subscriptions (name, position) values ($1, 0) on conflict do nothing";
    let lock = "select from escalon.subscriptions where name = $1 for update";
    for statement in [begin, lock] {
        sqlx::query(statement)
            .bind(subscription(name))
            .execute(&mut *connection)
            .await
            .map_err(failed("locking a checkpoint"))?;
    }
    // A statement of its own: one that waited for the lock would see the sequencer as it was before the wait.
    live_position(connection, name).await
}

/// The checkpoint; one that lies where no event is can only have taken those that are there.
const TAKEN: &str = "greatest(0, least(position, (select position from escalon.sequencer)))";

/// The live position, of nobody knows which moment.
pub(super) async fn live_position(connection: &mut PgConnection, name: &str) -> Result<i64, ProjectionError> {
    let taken: Option<i64> =
        sqlx::query_scalar(&format!("select {TAKEN} from escalon.subscriptions where name = $1"))
            .bind(subscription(name))
            .fetch_optional(connection)
            .await
            .map_err(failed("reading a checkpoint"))?;
    Ok(taken.unwrap_or_default())
}

/// That only one process builds a projection at a time. The lock belongs to a connection of its own, so it ends with the
/// process, however that ends.
pub(super) struct Guard(PgConnection);

impl Guard {
    /// Does the work, and gives the lock back whatever came of it.
    pub(super) async fn during<T>(
        self,
        work: impl Future<Output = Result<T, ProjectionError>>,
    ) -> Result<T, ProjectionError> {
        let done = work.await;
        self.release().await;
        done
    }

    async fn release(mut self) {
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
    let begin = Instant::now();
    loop {
        let locked: bool = sqlx::query_scalar("select pg_try_advisory_lock(hashtextextended($1, 0))")
            .bind(format!("escalon.projection.{name}"))
            .fetch_one(&mut connection)
            .await
            .map_err(failed(operation))?;
        if locked {
            return Ok(Guard(connection));
        }
        // The server learns a moment later that a process was killed.
        if !wait && begin.elapsed() > MOMENT {
            return Err(ProjectionError::Busy { name });
        }
        sleep(LOOK).await;
    }
}
