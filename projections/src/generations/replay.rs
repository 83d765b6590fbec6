//! Whole organizations as they stood at a moment: every read model of one organization in a schema of its own, beside the
//! live ones, for an auditor to query with the same queries.

use std::sync::Arc;

use escalon_domain::{organization::OrganizationId, stamp::Timestamp};
use escalon_infrastructure::feed::Positions;
use serde::Serialize;
use sqlx::{Connection, Executor, FromRow, PgConnection};

use super::{Progress, Projections, Stage, catalogue::failed, indexes, schema};
use crate::{
    error::ProjectionError,
    happening::Happening,
    projection::{Build, Projection},
    read::head,
    tables::{Fresh, Tables},
};

const OPERATION: &str = "replaying an organization";
/// How many positions are looked at for one transaction.
const STEP: i64 = 20_000;

/// Up to where to replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Up to this position, inclusive.
    Position(i64),
    /// What had happened in the world by this time; what was imported later counts.
    At(Timestamp),
    /// What was recorded by this time.
    RecordedBy(Timestamp),
}

/// An organization as it stood at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Replay {
    /// Its number.
    pub id: i32,
    /// The organization.
    pub organization: String,
    /// No event beyond this position is in it.
    pub position: i64,
    /// The moment that its queries speak of.
    pub moment: Timestamp,
    /// How many events were taken.
    pub events: i64,
    /// Whether it is finished.
    pub ready: bool,
    /// Whether somebody makes it now. One that is neither was cut off, and has to be begun again.
    pub making: bool,
    /// When it was made.
    pub made_at: Timestamp,
    /// The schema of its tables.
    pub schema: String,
    /// The space it takes, in bytes.
    pub bytes: i64,
}

/// The first half of the lock that whoever makes a replay holds; the other half is its number.
const LOCK: i32 = 7_012_030;

const COLUMNS: &str = "id, organization, position, moment, events, ready, made_at, 'replay_' || id as schema,
    not ready and exists (select 1 from pg_locks l where l.locktype = 'advisory' and l.objsubid = 2 and l.granted
        and l.database = (select oid from pg_database where datname = current_database())
        and l.classid = 7012030 and l.objid = id::oid) as making,
    (select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint from pg_class c
        where c.relnamespace = to_regnamespace('replay_' || id) and c.relkind = 'r') as bytes";

impl Projections {
    /// Replays an organization up to a moment.
    ///
    /// # Errors
    /// A position beyond the last one, an event that cannot be read, or the database failed.
    pub async fn replay(
        &self,
        organization: OrganizationId,
        until: Until,
        progress: impl Fn(Progress) + Send + Sync,
    ) -> Result<Replay, ProjectionError> {
        let (organization, head) = (organization.to_string(), head(&self.database).await?);
        let mut positions = Positions { organization: Some(&organization), ..Positions::between(0, head) };
        match until {
            Until::Position(position) if position > head || position < 0 => {
                return Err(ProjectionError::Beyond { position, head });
            }
            Until::Position(position) => positions.until = position,
            Until::At(time) => positions.occurred_until = Some(time),
            Until::RecordedBy(time) => positions.recorded_until = Some(time),
        }
        let mut making = self.database.engine.acquire().await.map_err(failed(OPERATION))?.detach();
        let id = begin_replay(&mut making, &organization, positions).await?;
        let filled = self.fill_replay(&mut making, id, positions, &progress).await;
        // The lock ends with the connection.
        if let Err(error) = making.close().await {
            tracing::debug!(%error, "the connection of a replay did not close properly");
        }
        if filled.is_err() {
            // The first error is the one that matters; what cannot be dropped now is listed as unfinished.
            if let Err(error) = self.drop_replay(id).await {
                tracing::warn!(%error, id, "an unfinished replay could not be dropped");
            }
        }
        filled?;
        self.found(id).await
    }

    /// The replays that are there, the oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn replays(&self) -> Result<Vec<Replay>, ProjectionError> {
        sqlx::query_as(&format!("select {COLUMNS} from escalon.replays order by id"))
            .fetch_all(&self.database.engine)
            .await
            .map_err(failed("looking up replays"))
    }

    /// Drops those that were cut off, by a kill perhaps, and answers their numbers. They cannot go on: an organization is
    /// replayed in a while, and is then begun anew.
    ///
    /// # Errors
    /// The database failed.
    pub async fn drop_cut_off(&self) -> Result<Vec<i32>, ProjectionError> {
        let mut dropped = Vec::new();
        for replay in self.replays().await? {
            if !replay.ready && !replay.making {
                self.drop_replay(replay.id).await?;
                dropped.push(replay.id);
            }
        }
        Ok(dropped)
    }

    /// Drops a replay.
    ///
    /// # Errors
    /// There is no such replay, or the database failed.
    pub async fn drop_replay(&self, id: i32) -> Result<(), ProjectionError> {
        const OPERATION: &str = "dropping a replay";
        let mut tx = self.database.engine.begin().await.map_err(failed(OPERATION))?;
        let gone = sqlx::query("delete from escalon.replays where id = $1").bind(id).execute(&mut *tx).await;
        if gone.map_err(failed(OPERATION))?.rows_affected() == 0 {
            return Err(ProjectionError::NoReplay { id });
        }
        schema::remove(&mut tx, &format!("replay_{id}")).await?;
        tx.commit().await.map_err(failed(OPERATION))
    }

    async fn found(&self, id: i32) -> Result<Replay, ProjectionError> {
        let sql = format!("select {COLUMNS} from escalon.replays where id = $1");
        let found = sqlx::query_as(&sql).bind(id).fetch_optional(&self.database.engine).await;
        found.map_err(failed("looking up a replay"))?.ok_or(ProjectionError::NoReplay { id })
    }

    async fn fill_replay(
        &self,
        reading: &mut PgConnection,
        id: i32,
        positions: Positions<'_>,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<(), ProjectionError> {
        let schema = format!("replay_{id}");
        let mut tx = self.database.engine.begin().await.map_err(failed(OPERATION))?;
        schema::begin(&mut tx, &schema).await?;
        for projection in &self.all {
            schema::create(&mut tx, &schema, projection.as_ref()).await?;
        }
        let put_off = indexes::put_off(&mut tx, &schema).await?;
        tx.commit().await.map_err(failed(OPERATION))?;

        let (mut after, mut events, position) = (0, 0, positions.until);
        while after < position {
            progress(Progress { stage: Stage::Loading, events: after, of: position });
            let until = position.min(after + STEP);
            let step = Positions { after, until, ..positions };
            events += self.replay_some(reading, &schema, step).await?;
            after = until;
        }
        progress(Progress { stage: Stage::Indexing, events: position, of: position });
        let mut tx = self.database.engine.begin().await.map_err(failed(OPERATION))?;
        for index in put_off {
            tx.execute(index.as_str()).await.map_err(failed(OPERATION))?;
        }
        for projection in &self.all {
            schema::analyze(&mut tx, &schema, projection.as_ref()).await?;
            for searched in projection.searched() {
                let function = schema::matching(&schema, &schema, *searched);
                tx.execute(sqlx::raw_sql(&function)).await.map_err(failed(OPERATION))?;
            }
        }
        let ready = "update escalon.replays set ready = true, events = $2 where id = $1";
        let done = sqlx::query(ready).bind(id).bind(events).execute(&mut *tx).await;
        done.map_err(failed(OPERATION))?;
        tx.commit().await.map_err(failed(OPERATION))
    }

    /// Takes the organization's events at these positions into every projection's tables.
    async fn replay_some(
        &self,
        reading: &mut PgConnection,
        schema: &str,
        positions: Positions<'_>,
    ) -> Result<i64, ProjectionError> {
        let mut events = self.feed.read_positions(reading, positions).await?.rest().await?;
        self.feed.open(&mut events).await?;
        events.sort_unstable_by_key(|event| event.position);
        let mut happenings = Vec::with_capacity(events.len());
        for event in &events {
            happenings.extend(Happening::bulk(event)?);
        }
        let mut tx = self.database.engine.begin().await.map_err(failed(OPERATION))?;
        for projection in &self.all {
            // Those that it does not read go to the end, and stay out.
            let reads = projection.reads();
            let wanted = |happening: &Happening<'_>| reads.is_empty() || reads.contains(&happening.kind);
            happenings.sort_by_key(|happening| (!wanted(happening), happening.position));
            let count = happenings.partition_point(wanted);
            project(&mut tx, schema, projection, &happenings[..count]).await?;
        }
        tx.commit().await.map_err(failed(OPERATION))?;
        Ok(i64::try_from(events.len()).unwrap_or_default())
    }
}

/// Begins a replay, which this connection holds the lock of from the moment on in which others see it.
async fn begin_replay(
    connection: &mut PgConnection,
    organization: &str,
    positions: Positions<'_>,
) -> Result<i32, ProjectionError> {
    let mut tx = connection.begin().await.map_err(failed(OPERATION))?;
    // The moment of a position is when its event was stored.
    let id: i32 = sqlx::query_scalar(
        "insert into escalon.replays (organization, position, moment)
         select $1, $2, coalesce($3, (select e.recorded_at from escalon.event_positions p
            join escalon.events e on e.insertion = p.insertion where p.position = $2), now())
         returning id",
    )
    .bind(organization)
    .bind(positions.until)
    .bind(positions.occurred_until.or(positions.recorded_until))
    .fetch_one(&mut *tx)
    .await
    .map_err(failed(OPERATION))?;
    let lock = sqlx::query("select pg_advisory_lock($1, $2)").bind(LOCK).bind(id).execute(&mut *tx).await;
    lock.map_err(failed(OPERATION))?;
    tx.commit().await.map_err(failed(OPERATION))?;
    Ok(id)
}

async fn project(
    tx: &mut PgConnection,
    schema: &str,
    projection: &Arc<dyn Projection>,
    happenings: &[Happening<'_>],
) -> Result<(), ProjectionError> {
    if projection.build() != Build::ByEvent {
        return projection.project(&mut Tables::new(tx, schema), happenings).await;
    }
    let mut fresh = Fresh::default();
    projection.project(&mut Tables::fresh(&mut fresh), happenings).await?;
    fresh.write(tx, schema).await.map(drop)
}
