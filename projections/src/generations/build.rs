//! Building a generation beside the live one, from nothing or from where a former build was cut off.

use std::sync::{Arc, atomic::AtomicI64};

use escalon_infrastructure::subscription::skipped;

use super::{
    Progress, Projections, Stage,
    catalogue::{self, Generation, State, failed},
    indexes,
    load::Load,
    schema, shards,
};
use crate::{
    error::ProjectionError,
    projection::{Build, Projection, subscription},
    read::head,
};

const OPERATION: &str = "building a read model";
/// Into about how many shards a build is cut, so that workers end at about the same time.
const SHARDS: i64 = 16;
/// How many events a shard has at least: each is a query of its own.
const SMALLEST: i64 = 5_000;
/// How many it has at most.
const LARGEST: i64 = 250_000;

impl Projections {
    /// Builds a generation up to near the live position; the caller holds the lock. Says how many events were taken now.
    pub(super) async fn build(
        &self,
        projection: &Arc<dyn Projection>,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<(Generation, i64), ProjectionError> {
        let name = projection.name();
        let engine = &self.database.engine;
        let mut generation = self.begin(projection.as_ref()).await?;
        let mut taken = 0;
        if generation.state == State::Loading {
            taken = self.load(projection, &generation, progress).await?;
            let mut connection = engine.acquire().await.map_err(failed(OPERATION))?;
            catalogue::stand(&mut connection, name, &mut generation, State::Indexing, 0).await?;
        }
        let events = generation.events;
        if generation.state == State::Indexing {
            progress(Progress { stage: Stage::Indexing, events, of: events });
            indexes::make(&self.database, name, &generation).await?;
            let mut connection = engine.acquire().await.map_err(failed(OPERATION))?;
            schema::analyze(&mut connection, &generation.schema, projection.as_ref()).await?;
            let position = generation.prefix().position;
            catalogue::stand(&mut connection, name, &mut generation, State::Following, position).await?;
        }
        let before = generation.position;
        loop {
            let goal = self.goal(projection.as_ref()).await?;
            let (events, of) = (generation.position - before, goal - before);
            progress(Progress { stage: Stage::Following, events, of: of.max(events) });
            if !self.follow(projection.as_ref(), &mut generation, goal).await? {
                return Ok((generation, taken + events));
            }
        }
    }

    /// The generation that a former build left behind, or a new one.
    pub(super) async fn begin(&self, projection: &dyn Projection) -> Result<Generation, ProjectionError> {
        let (name, version) = (projection.name(), projection.version());
        let mut connection = self.database.engine.acquire().await.map_err(failed(OPERATION))?;
        let all = catalogue::all(&mut connection, name).await?;
        drop(connection);
        let mut resumed = None;
        for unfinished in all.iter().filter(|one| one.state != State::Built) {
            if unfinished.version == version && resumed.is_none() {
                resumed = Some(unfinished.clone());
            } else {
                self.remove(name, unfinished).await?;
            }
        }
        if let Some(resumed) = resumed {
            tracing::info!(projection = name, generation = resumed.generation, "a build goes on");
            return Ok(resumed);
        }
        let prefix = self.feed.prefix().await?;
        let size = (prefix.position / SHARDS).clamp(SMALLEST, LARGEST);
        let parts = match projection.build() {
            Build::ByStream => Some(self.feed.parts(projection.reads(), prefix, size).await?),
            Build::ByEvent | Build::InOrder => None,
        };
        let events = parts.as_ref().map_or(prefix.position, |parts| parts.events);
        let mut tx = self.database.engine.begin().await.map_err(failed(OPERATION))?;
        let generation = catalogue::begin(&mut tx, name, version, prefix, events).await?;
        schema::begin(&mut tx, &generation.schema).await?;
        schema::create(&mut tx, &generation.schema, projection).await?;
        let put_off = indexes::put_off(&mut tx, &generation.schema).await?;
        indexes::note(&mut tx, name, &generation, &put_off).await?;
        match parts {
            Some(parts) => shards::streams(&mut tx, name, &generation, &parts.parts).await?,
            None => {
                let size = if projection.build() == Build::InOrder { prefix.position.max(1) } else { size };
                shards::positions(&mut tx, name, &generation, prefix, size).await?;
            }
        }
        if !all.iter().any(|one| one.live) {
            schema::show(&mut tx, &generation, projection).await?;
        }
        tx.commit().await.map_err(failed(OPERATION))?;
        Ok(generation)
    }

    async fn load(
        &self,
        projection: &Arc<dyn Projection>,
        generation: &Generation,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<i64, ProjectionError> {
        let mut connection = self.database.engine.acquire().await.map_err(failed(OPERATION))?;
        let open = shards::open(&mut connection, projection.name(), generation).await?;
        let before = shards::taken(&mut connection, projection.name(), generation).await?;
        let skipped = skipped(&mut *connection, &subscription(projection.name())).await?;
        drop(connection);
        let load = Arc::new(Load {
            database: self.database.clone(),
            feed: self.feed.clone(),
            projection: Arc::clone(projection),
            generation: generation.clone(),
            chunk: self.chunk,
            skipped,
            taken: AtomicI64::new(before),
        });
        let tell = |events: i64| {
            progress(Progress { stage: Stage::Loading, events, of: generation.events.max(events) });
        };
        tell(before);
        Arc::clone(&load).run(open, tell).await?;
        Ok(load.taken.load(std::sync::atomic::Ordering::Relaxed) - before)
    }

    /// Up to where to build: where the live generation of the same version is, so that the two can be compared; to the
    /// head when there is none.
    async fn goal(&self, projection: &dyn Projection) -> Result<i64, ProjectionError> {
        let mut connection = self.database.engine.acquire().await.map_err(failed(OPERATION))?;
        let live = catalogue::live(&mut connection, projection.name()).await?;
        if live.is_none_or(|live| live.version != projection.version()) {
            drop(connection);
            return Ok(head(&self.database).await?);
        }
        catalogue::live_position(&mut connection, projection.name()).await
    }
}
