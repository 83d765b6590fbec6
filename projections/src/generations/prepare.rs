//! Bringing the generations up to date with this code. The engine serves meanwhile.

use std::sync::Arc;

use super::{Projections, RebuildReport, catalogue};
use crate::{analytics, error::ProjectionError, projection::Projection, read::head};

/// A history of so many events is built before serving; a longer one meanwhile.
const SHORT: i64 = 20_000;

impl Projections {
    /// Read models that were never built, or that are of an older version, are built at once when there is little history;
    /// otherwise they are begun, and a [`Runner`](crate::Runner) builds them. Until then a read model of an older version
    /// stays as it is, and one that was never built says how far it is.
    ///
    /// # Errors
    /// The database failed, or its read models belong to a newer version of the engine.
    pub async fn prepare_all(&self) -> Result<(), ProjectionError> {
        if head(&self.database).await? > SHORT {
            self.announce_all().await?;
        } else {
            for projection in &self.all {
                self.bring_up(projection).await?;
            }
        }
        // A new version of the code may have further columns.
        analytics::refresh(&self.database).await
    }

    /// Begins the builds that are missing, so that queries are told of them.
    ///
    /// # Errors
    /// The database failed, or its read models belong to a newer version of the engine.
    pub async fn announce_all(&self) -> Result<(), ProjectionError> {
        for projection in &self.all {
            if !self.is_current(projection.as_ref()).await? {
                self.announce(projection.as_ref()).await?;
            }
        }
        Ok(())
    }

    /// Builds the first generation of a projection that has none, or a new one if its definition has a higher version than
    /// the live one. A second process waits until the first is done.
    ///
    /// # Errors
    /// No such projection, the database failed, or its read models belong to a newer version of the engine.
    pub async fn build_missing(&self, name: &str) -> Result<(), ProjectionError> {
        let projection = self.find(name)?;
        if self.is_current(projection.as_ref()).await? {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        self.bring_up(projection).await
    }

    async fn bring_up(&self, projection: &Arc<dyn Projection>) -> Result<(), ProjectionError> {
        if self.is_current(projection.as_ref()).await? {
            return Ok(());
        }
        let guard = catalogue::lock(&self.database, projection.name(), true).await?;
        let built = async {
            // Another process may have built it while this one waited.
            if !self.is_current(projection.as_ref()).await? {
                let report = self.rebuild_and_switch(projection, &|_| {}).await?;
                let RebuildReport { name, generation, events, seconds, .. } = report;
                tracing::info!(projection = name, generation, events, seconds, "a read model was built");
            }
            Ok(())
        };
        guard.during(built).await
    }

    /// Whoever has the lock has begun it already.
    async fn announce(&self, projection: &dyn Projection) -> Result<(), ProjectionError> {
        let guard = match catalogue::lock(&self.database, projection.name(), false).await {
            Err(ProjectionError::Busy { .. }) => return Ok(()),
            guard => guard?,
        };
        guard.during(self.begin(projection)).await.map(drop)
    }

    /// Whether the live generation is of the version of this code.
    async fn is_current(&self, projection: &dyn Projection) -> Result<bool, ProjectionError> {
        let (name, known) = (projection.name(), projection.version());
        match self.live(name).await? {
            Some(live) if live.version > known => {
                Err(ProjectionError::OtherVersion { name, live: live.version, known })
            }
            live => Ok(live.is_some_and(|live| live.version == known)),
        }
    }
}
