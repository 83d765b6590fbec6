//! Building a generation beside the live one.

use escalon_infrastructure::feed::Feed;
use sqlx::PgConnection;
use tokio::time::Instant;

use super::{
    Progress, Projections, RebuildReport,
    catalogue::{self, Generation, failed},
    checksum, schema,
};
use crate::{
    analytics,
    error::ProjectionError,
    happening::Happening,
    projection::{Projection, subscription},
    read::head,
    tables::Tables,
};

/// How many events are taken at once.
const BATCH: i64 = 5_000;
/// How near to the live position a build must be before the live projector has to wait for the rest.
const NEAR: i64 = 1_000;

/// A generation on its way.
struct Build<'p> {
    feed: &'p Feed,
    projection: &'p dyn Projection,
    generation: Generation,
    position: i64,
}

impl Projections {
    /// Builds a generation and switches to it; the caller holds the lock.
    pub(super) async fn build(
        &self,
        projection: &dyn Projection,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<RebuildReport, ProjectionError> {
        let start = Instant::now();
        let engine = &self.database.engine;
        let (feed, generation) = (&self.feed, self.begin(projection).await?);
        let mut build = Build { feed, projection, generation, position: 0 };
        loop {
            let goal = self.goal(projection).await?;
            progress(Progress { events: build.position, of: goal });
            if goal - build.position <= NEAR {
                break;
            }
            let mut tx = engine.begin().await.map_err(failed("building a read model"))?;
            build.advance(&mut tx, goal).await?;
            tx.commit().await.map_err(failed("building a read model"))?;
        }
        let mut connection = engine.acquire().await.map_err(failed("building a read model"))?;
        schema::analyze(&mut connection, &build.generation, projection).await?;
        drop(connection);

        let mut tx = engine.begin().await.map_err(failed("switching a read model"))?;
        let report = self.switch(&mut tx, &mut build).await?;
        tx.commit().await.map_err(failed("switching a read model"))?;
        progress(Progress { events: report.events, of: report.events });
        Ok(RebuildReport { seconds: start.elapsed().as_secs_f64(), ..report })
    }

    /// Makes the tables, and removes those that a former build left behind.
    async fn begin(&self, projection: &dyn Projection) -> Result<Generation, ProjectionError> {
        let name = projection.name();
        let mut tx = self.database.engine.begin().await.map_err(failed("beginning a read model"))?;
        for leftover in catalogue::unfinished(&mut tx, name).await? {
            schema::remove(&mut tx, &leftover).await?;
            catalogue::remove(&mut tx, name, leftover.generation).await?;
        }
        let generation = catalogue::begin(&mut tx, name, projection.version()).await?;
        schema::create(&mut tx, &generation, projection).await?;
        tx.commit().await.map_err(failed("beginning a read model"))?;
        Ok(generation)
    }

    /// Up to where to build: where the live generation of the same version is, so that the two can be compared; to the
    /// head when there is none.
    async fn goal(&self, projection: &dyn Projection) -> Result<i64, ProjectionError> {
        let mut connection = self.database.engine.acquire().await.map_err(failed("building a read model"))?;
        let live = catalogue::live(&mut connection, projection.name()).await?;
        if live.is_none_or(|live| live.version != projection.version()) {
            drop(connection);
            return Ok(head(&self.database).await?);
        }
        sqlx::query_scalar("select coalesce(max(position), 0) from escalon.subscriptions where name = $1")
            .bind(subscription(projection.name()))
            .fetch_one(&mut *connection)
            .await
            .map_err(failed("building a read model"))
    }

    /// Takes the last events, compares, and switches, while the live projector waits.
    async fn switch(
        &self,
        tx: &mut PgConnection,
        build: &mut Build<'_>,
    ) -> Result<RebuildReport, ProjectionError> {
        let (name, tables) = (build.projection.name(), build.projection.tables());
        let checkpoint = catalogue::checkpoint(tx, name).await?;
        let before = catalogue::live(tx, name).await?;
        let comparable = before.as_ref().filter(|before| before.version == build.generation.version);
        let goal =
            if comparable.is_some() { checkpoint } else { head(&self.database).await?.max(checkpoint) };
        while build.position < goal {
            build.advance(tx, goal).await?;
        }
        let checksum_before = match comparable {
            Some(before) => Some(checksum::of(tx, &before.schema, tables).await?),
            None => None,
        };
        let checksum_after = checksum::of(tx, &build.generation.schema, tables).await?;
        schema::show(tx, &build.generation, before.as_ref(), build.projection).await?;
        if let Some(before) = &before {
            catalogue::remove(tx, name, before.generation).await?;
        }
        let generation = build.generation.generation;
        catalogue::go_live(tx, name, generation, build.position).await?;
        analytics::refresh_in_tx(tx).await?;
        Ok(RebuildReport {
            name,
            generation,
            events: build.position,
            seconds: 0.0,
            checksum_before,
            checksum_after,
        })
    }
}

impl Build<'_> {
    /// Takes one batch, at most up to the goal: positions are dense.
    async fn advance(&mut self, tx: &mut PgConnection, goal: i64) -> Result<(), ProjectionError> {
        let events = self.feed.read(tx, self.position, BATCH.min(goal - self.position)).await?;
        let Some(last) = events.last().map(|last| last.position) else {
            let missing =
                format!("there is no event after position {} although {goal} was reached", self.position);
            return Err(ProjectionError::Store(escalon_application::ports::StoreError::broken(
                "reading the feed",
                missing,
            )));
        };
        let reads = self.projection.reads();
        let happenings: Vec<_> =
            events.iter().map(|event| Happening::parse(event, reads)).collect::<Result<_, _>>()?;
        self.projection.project(&mut Tables::new(tx, &self.generation.schema), &happenings).await?;
        self.position = last;
        Ok(())
    }
}
