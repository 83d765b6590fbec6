//! The live side of a projection: a consumer that writes into whichever generation is live.

use std::sync::Arc;

use async_trait::async_trait;
use escalon_infrastructure::{
    feed::FeedEvent,
    subscription::{ConsumeError, Consumer},
};
use sqlx::PgConnection;

use crate::{
    error::ProjectionError,
    generations,
    happening::Happening,
    projection::{Projection, subscription},
    tables::Tables,
};

/// Keeps a projection's live generation up to date.
pub(crate) struct Live {
    projection: Arc<dyn Projection>,
}

impl Live {
    pub(crate) const fn new(projection: Arc<dyn Projection>) -> Self {
        Self { projection }
    }

    /// Nobody switches between the look at what is live and the commit: a switch takes the row that is looked at.
    async fn project(&self, tx: &mut PgConnection, events: &[FeedEvent]) -> Result<(), ProjectionError> {
        let (name, known) = (self.projection.name(), self.projection.version());
        let live = generations::live_held(tx, name).await?.ok_or(ProjectionError::NotPrepared { name })?;
        if live.version != known {
            return Err(ProjectionError::OtherVersion { name, live: live.version, known });
        }
        let reads = self.projection.reads();
        let happenings = Happening::parse_all(events, reads)?;
        self.projection.project(&mut Tables::new(tx, &live.schema), &happenings).await
    }
}

#[async_trait]
impl Consumer for Live {
    fn name(&self) -> String {
        subscription(self.projection.name())
    }

    async fn consume(&self, tx: &mut PgConnection, events: &[FeedEvent]) -> Result<(), ConsumeError> {
        self.project(tx, events).await?;
        let count = u64::try_from(events.len()).unwrap_or_default();
        metrics::counter!("escalon_projection_events_total", "projection" => self.projection.name())
            .increment(count);
        Ok(())
    }
}
