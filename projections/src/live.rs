//! The live side of a projection: a consumer that writes into whichever generation is live.

use std::sync::Arc;

use async_trait::async_trait;
use escalon_infrastructure::{
    feed::{Feed, FeedEvent},
    subscription::{ConsumeError, Consumer, Target},
    vault::Vault,
};
use sqlx::PgConnection;

use crate::{
    error::ProjectionError,
    forgetting,
    happening::Happening,
    projection::{Projection, subscription},
    tables::Tables,
};

/// Keeps a projection's live generation up to date.
pub(crate) struct Live {
    projection: Arc<dyn Projection>,
    name: String,
    feed: Feed,
}

impl Live {
    pub(crate) fn new(projection: Arc<dyn Projection>, feed: Feed) -> Self {
        let name = subscription(projection.name());
        Self { projection, name, feed }
    }

    /// The batch holds the checkpoint's lock, which a switch takes, too: what is live now is so until the commit.
    async fn project(
        &self,
        tx: &mut PgConnection,
        target: Option<&Target>,
        events: &[Arc<FeedEvent>],
    ) -> Result<(), ProjectionError> {
        let (name, known) = (self.projection.name(), self.projection.version());
        let live = target.ok_or(ProjectionError::NotPrepared { name })?;
        if live.version != known {
            return Err(ProjectionError::OtherVersion { name, live: live.version, known });
        }
        let reads = self.projection.reads();
        let happenings = Happening::parse_all(events.iter().map(Arc::as_ref), reads)?;
        self.projection.project(&mut Tables::new(&mut *tx, &live.schema), &happenings).await?;
        forgetting::erase(tx, &self.feed, self.projection.as_ref(), &live.schema, &happenings).await
    }
}

#[async_trait]
impl Consumer for Live {
    fn name(&self) -> &str {
        &self.name
    }

    fn wants(&self, event: &FeedEvent) -> bool {
        let reads = self.projection.reads();
        let kind = event.event.stream.kind.as_str();
        // Whoever keeps something of people has to hear who was forgotten.
        reads.is_empty() || reads.contains(&kind) || Vault::forgotten_by(&event.event.payload).is_some()
    }

    async fn consume(
        &self,
        tx: &mut PgConnection,
        target: Option<&Target>,
        events: &[Arc<FeedEvent>],
    ) -> Result<(), ConsumeError> {
        Ok(self.project(tx, target, events).await?)
    }
}
