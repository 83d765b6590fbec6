//! Generations: each build of a projection's tables lives in a schema of its own, beside the live one until it is switched.

mod build;
mod catalogue;
mod checksum;
mod schema;

use std::{sync::Arc, time::Duration};

use escalon_application::ports::StoreError;
use escalon_infrastructure::{database::Database, feed::Feed, subscription::Subscription};
use serde::Serialize;

pub(crate) use catalogue::live;
pub use checksum::Checksum;

use crate::{
    analytics,
    error::ProjectionError,
    live::Live,
    projection::{Projection, catalogue as every},
    read::{head, present},
};

/// How long a tool waits for the sequencer to number what is stored.
const NUMBERING: Duration = Duration::from_secs(10);

/// The projections and their generations. Cheap to clone.
#[derive(Clone)]
pub struct Projections {
    database: Database,
    feed: Feed,
    all: Vec<Arc<dyn Projection>>,
}

/// How far a build is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// How many events were taken.
    pub events: i64,
    /// How many there are to take; grows while others are appended.
    pub of: i64,
}

/// What a rebuild did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RebuildReport {
    /// The projection.
    pub name: &'static str,
    /// The generation that is live now.
    pub generation: i32,
    /// How many events it was built from.
    pub events: i64,
    /// How long that took, in seconds.
    pub seconds: f64,
    /// The checksum of the tables that were replaced; none when there were none, or they were of another version.
    pub checksum_before: Option<Checksum>,
    /// The checksum of the new ones, at the same position.
    pub checksum_after: Checksum,
}

impl Projections {
    /// The projections over this database, as they are.
    #[must_use]
    pub fn new(database: Database, feed: Feed) -> Self {
        Self::of(database, feed, every())
    }

    /// The same for some projections of one's own.
    #[must_use]
    pub const fn of(database: Database, feed: Feed, all: Vec<Arc<dyn Projection>>) -> Self {
        Self { database, feed, all }
    }

    /// The projections over this database, up to date with this code: see [`Self::build_missing`].
    ///
    /// # Errors
    /// The database failed, or its read models belong to a newer version of the engine.
    pub async fn prepare(database: &Database, feed: &Feed) -> Result<Self, ProjectionError> {
        let projections = Self::new(database.clone(), feed.clone());
        projections.build_missing().await?;
        Ok(projections)
    }

    /// Builds the first generation of each projection that has none, and a new one of each whose definition has a higher
    /// version than the live one. A second process waits until the first is done.
    ///
    /// # Errors
    /// The database failed, or its read models belong to a newer version of the engine.
    pub async fn build_missing(&self) -> Result<(), ProjectionError> {
        for projection in &self.all {
            self.prepare_one(projection.as_ref()).await?;
        }
        // A new version of the code may have further columns.
        analytics::refresh(&self.database).await
    }

    /// The names of all projections.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.all.iter().map(|projection| projection.name()).collect()
    }

    /// Builds a projection anew beside the live one, which goes on meanwhile, and switches to it. Old and new are
    /// compared at the very position of the switch.
    ///
    /// # Errors
    /// No such projection, somebody builds it already, an event that cannot be read, or the database failed.
    pub async fn rebuild(
        &self,
        name: &str,
        progress: impl Fn(Progress) + Send + Sync,
    ) -> Result<RebuildReport, ProjectionError> {
        let projection = self.find(name)?;
        let guard = catalogue::lock(&self.database, projection.name(), false).await?;
        let report = self.build(projection, &progress).await;
        guard.release().await;
        report
    }

    /// The checksum of a projection's live tables, and the position at which they stand.
    ///
    /// # Errors
    /// No such projection, no tables yet, or the database failed.
    pub async fn checksum(&self, name: &str) -> Result<(i64, Checksum), ProjectionError> {
        let projection = self.find(name)?;
        let mut tx = self.database.engine.begin().await.map_err(catalogue::failed("reading a checksum"))?;
        let position = catalogue::checkpoint(&mut tx, projection.name()).await?;
        let found = live(&mut tx, projection.name()).await?;
        let live = found.ok_or(ProjectionError::NotPrepared { name: projection.name() })?;
        Ok((position, checksum::of(&mut tx, &live.schema, projection.tables()).await?))
    }

    /// Takes every event there is into every projection, for tools that run without an engine. Beside one, they take turns.
    ///
    /// # Errors
    /// The database failed, or a projection could not take an event.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        let head = match present(&self.database, &self.feed, NUMBERING).await? {
            Some(present) => present,
            None => head(&self.database).await?,
        };
        for subscription in self.subscriptions() {
            while subscription.step().await?.position < head {}
        }
        Ok(())
    }

    /// A subscription for each projection.
    pub(crate) fn subscriptions(&self) -> Vec<Subscription> {
        let subscription = |projection: &Arc<dyn Projection>| {
            let consumer = Arc::new(Live::new(Arc::clone(projection)));
            Subscription::new(self.database.clone(), self.feed.clone(), consumer)
        };
        self.all.iter().map(subscription).collect()
    }

    pub(crate) const fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) const fn feed(&self) -> &Feed {
        &self.feed
    }

    fn find(&self, name: &str) -> Result<&dyn Projection, ProjectionError> {
        let found = self.all.iter().find(|projection| projection.name() == name);
        let unknown =
            || ProjectionError::Unknown { name: name.chars().take(80).collect(), known: self.names() };
        found.map(AsRef::as_ref).ok_or_else(unknown)
    }

    async fn prepare_one(&self, projection: &dyn Projection) -> Result<(), ProjectionError> {
        if self.is_current(projection).await? {
            return Ok(());
        }
        let guard = catalogue::lock(&self.database, projection.name(), true).await?;
        let prepared = async {
            // Another process may have built it while this one waited.
            if !self.is_current(projection).await? {
                let report = self.build(projection, &|_| {}).await?;
                let RebuildReport { name, generation, events, seconds, .. } = report;
                tracing::info!(projection = name, generation, events, seconds, "a read model was built");
            }
            Ok(())
        };
        let prepared = prepared.await;
        guard.release().await;
        prepared
    }

    /// Whether the live generation is of the version of this code.
    async fn is_current(&self, projection: &dyn Projection) -> Result<bool, ProjectionError> {
        let (name, known) = (projection.name(), projection.version());
        let mut connection =
            self.database.engine.acquire().await.map_err(catalogue::failed("reading the catalogue"))?;
        match live(&mut connection, name).await? {
            Some(live) if live.version > known => {
                Err(ProjectionError::OtherVersion { name, live: live.version, known })
            }
            live => Ok(live.is_some_and(|live| live.version == known)),
        }
    }
}
