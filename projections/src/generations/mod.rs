//! Generations: each build of a projection's tables lives in a schema of its own, beside the live one until it is switched,
//! and afterwards until it is dropped, so that one can go back.
//!
//! A build has three stages, each of which goes on where a killed process left it:
//! 1. *Loading*: the events at positions 1 to P, in shards that are read side by side; a shard's progress is stored with
//!    its rows. P and the events below it never change, so the shards fit together whenever they are read.
//! 2. *Indexing*: what was put off while loading.
//! 3. *Following*: what came after P, as the live projector takes it, until the live position is reached.

mod build;
mod catalogue;
mod checksum;
mod compare;
mod follow;
mod indexes;
mod kept;
mod load;
mod prepare;
mod replay;
mod schema;
mod shards;
mod switch;

use std::sync::Arc;

use escalon_infrastructure::{
    database::Database,
    feed::Feed,
    subscription::{Consumer, PgSequences},
};
use serde::Serialize;
use sqlx::PgConnection;
use tokio::{sync::Mutex, time::Instant};

pub use checksum::Checksum;
pub use compare::{Comparison, Difference};
pub use kept::{GenerationState, Kept};
pub use replay::{Replay, Until};

use crate::{
    error::ProjectionError,
    live::Live,
    projection::{Projection, catalogue as every},
};

/// How many events a build takes in one transaction. A build that is killed repeats up to so many for each worker.
const CHUNK: usize = 10_000;

/// The size in bytes up to which a scrub rewrites the tables of a projection in place, which keeps readers waiting for a
/// second or so; larger ones are built anew beside the live ones.
const IN_PLACE: i64 = 64 << 20;

/// The projections and their generations. Cheap to clone.
#[derive(Clone)]
pub struct Projections {
    database: Database,
    feed: Feed,
    all: Vec<Arc<dyn Projection>>,
    chunk: usize,
    in_place: i64,
    /// Builds that nobody waits for take turns.
    turn: Arc<Mutex<()>>,
}

/// How far a build is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it does.
    pub stage: Stage,
    /// How many events were taken.
    pub events: i64,
    /// About how many there are to take; grows while others are appended.
    pub of: i64,
}

/// What a build does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It fills the tables.
    Loading,
    /// It makes the indexes.
    Indexing,
    /// It takes what happened meanwhile.
    Following,
    /// It compares with the live tables.
    Comparing,
}

impl Stage {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Indexing => "indexing",
            Self::Following => "following",
            Self::Comparing => "comparing",
        }
    }
}

/// What a rebuild did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RebuildReport {
    /// The projection.
    pub name: &'static str,
    /// The generation that is live now.
    pub generation: i32,
    /// The position at which it went live.
    pub position: i64,
    /// How many events were taken: those that it reads, without what a former build had taken that was cut off.
    pub events: i64,
    /// How long that took with indexes and the switch, and without comparing, in seconds.
    pub seconds: f64,
    /// The tables that were replaced against the new ones; none when there were none, or they were of another version.
    pub comparison: Option<Comparison>,
}

/// What a switch did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Switched {
    /// The projection.
    pub name: &'static str,
    /// The generation that is live now.
    pub generation: i32,
    /// The position at which it went live.
    pub position: i64,
    /// How many positions it was behind before.
    pub taken: i64,
}

impl Projections {
    /// The projections over this database, as they are.
    #[must_use]
    pub fn new(database: Database, feed: Feed) -> Self {
        Self::of(database, feed, every())
    }

    /// The same for some projections of one's own.
    #[must_use]
    pub fn of(database: Database, feed: Feed, all: Vec<Arc<dyn Projection>>) -> Self {
        Self { database, feed, all, chunk: CHUNK, in_place: IN_PLACE, turn: Arc::default() }
    }

    /// The same with builds that take so many events in one transaction.
    #[must_use]
    pub fn in_chunks_of(self, events: usize) -> Self {
        Self { chunk: events.max(1), ..self }
    }

    /// The same with scrubs that rewrite tables of up to so many bytes in place.
    #[must_use]
    pub fn rewriting_in_place(self, bytes: i64) -> Self {
        Self { in_place: bytes, ..self }
    }

    /// The names of all projections.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.all.iter().map(|projection| projection.name()).collect()
    }

    /// Builds a projection anew beside the live one, which goes on meanwhile, compares them and switches. The former
    /// tables are kept. A build that was cut off goes on.
    ///
    /// # Errors
    /// No such projection, somebody builds it already, an event that cannot be read, or the database failed.
    pub async fn rebuild(
        &self,
        name: &str,
        progress: impl Fn(Progress) + Send + Sync,
    ) -> Result<RebuildReport, ProjectionError> {
        let projection = self.find(name)?;
        self.guarded(projection.name(), self.rebuild_and_switch(projection, &progress)).await
    }

    async fn rebuild_and_switch(
        &self,
        projection: &Arc<dyn Projection>,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<RebuildReport, ProjectionError> {
        let start = Instant::now();
        let (mut generation, events) = self.build(projection, progress).await?;
        let built = start.elapsed();
        let comparison = self.compare(projection.as_ref(), &mut generation, 0, progress).await?;
        let start = Instant::now();
        let live = self.switch_to(projection.as_ref(), &generation).await?;
        Ok(RebuildReport {
            name: projection.name(),
            generation: live.generation,
            position: live.position,
            events,
            seconds: (built + start.elapsed()).as_secs_f64(),
            comparison,
        })
    }

    /// Compares the live tables with a fresh build at the same position, and drops that build. Up to `limit` rows of each
    /// table that differ are named.
    ///
    /// # Errors
    /// No such projection, no live tables of this version, somebody builds it already, or the database failed.
    pub async fn diff(
        &self,
        name: &str,
        limit: u32,
        progress: impl Fn(Progress) + Send + Sync,
    ) -> Result<Comparison, ProjectionError> {
        let projection = self.find(name)?;
        self.guarded(projection.name(), self.diff_and_drop(projection, limit, &progress)).await
    }

    async fn diff_and_drop(
        &self,
        projection: &Arc<dyn Projection>,
        limit: u32,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Comparison, ProjectionError> {
        let (name, known) = (projection.name(), projection.version());
        let live = self.live(name).await?.ok_or(ProjectionError::NotPrepared { name })?;
        let other = ProjectionError::OtherVersion { name, live: live.version, known };
        if live.version != known {
            return Err(other);
        }
        let (mut generation, _) = self.build(projection, progress).await?;
        let comparison = self.compare(projection.as_ref(), &mut generation, limit, progress).await;
        self.remove(name, &generation).await?;
        comparison?.ok_or(other)
    }

    async fn compare(
        &self,
        projection: &dyn Projection,
        generation: &mut catalogue::Generation,
        limit: u32,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Option<Comparison>, ProjectionError> {
        progress(Progress {
            stage: Stage::Comparing,
            events: generation.position,
            of: generation.position.max(1),
        });
        match self.moment(projection, generation).await? {
            Some(moment) => moment.compare(projection, generation, limit.into()).await.map(Some),
            None => Ok(None),
        }
    }

    /// The sequences that projections could not get past.
    #[must_use]
    pub fn sequences(&self) -> PgSequences {
        let consumers = self.consumers().into_iter().map(|(_, consumer)| consumer).collect();
        PgSequences::new(self.database.clone(), self.feed.clone(), consumers)
    }

    /// A consumer for each projection.
    pub(crate) fn consumers(&self) -> Vec<(&'static str, Arc<dyn Consumer>)> {
        let consumer = |projection: &Arc<dyn Projection>| -> (&'static str, Arc<dyn Consumer>) {
            (projection.name(), Arc::new(Live::new(Arc::clone(projection), self.feed.clone())))
        };
        self.all.iter().map(consumer).collect()
    }

    pub(crate) fn projections(&self) -> &[Arc<dyn Projection>] {
        &self.all
    }

    /// Locks the checkpoint of a projection until the transaction ends: nobody projects or switches meanwhile.
    pub(crate) async fn hold(&self, tx: &mut PgConnection, name: &str) -> Result<(), ProjectionError> {
        catalogue::checkpoint(tx, name).await.map(drop)
    }

    pub(crate) const fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) const fn feed(&self) -> &Feed {
        &self.feed
    }

    pub(crate) const fn in_place(&self) -> i64 {
        self.in_place
    }

    /// Does this while nobody else builds, switches or drops generations of the projection.
    async fn guarded<T>(
        &self,
        name: &'static str,
        work: impl Future<Output = Result<T, ProjectionError>>,
    ) -> Result<T, ProjectionError> {
        catalogue::lock(&self.database, name, false).await?.during(work).await
    }

    fn find(&self, name: &str) -> Result<&Arc<dyn Projection>, ProjectionError> {
        let found = self.all.iter().find(|projection| projection.name() == name);
        let unknown =
            || ProjectionError::Unknown { name: name.chars().take(80).collect(), known: self.names() };
        found.ok_or_else(unknown)
    }
}
