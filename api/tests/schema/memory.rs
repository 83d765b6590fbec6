//! What the schema asks of the feed, answered from memory. Nobody waits there for a position.

use std::sync::Arc;

use async_trait::async_trait;
use escalon_api::schema::{Feed, FeedEvent, Positions};
use escalon_application::ports::StoreError;
use escalon_domain::organization::OrganizationId;
use escalon_memory::Memory;

/// The feed of a memory.
pub(crate) struct MemoryFeed(pub(crate) Arc<Memory>);

#[async_trait]
impl Positions for MemoryFeed {
    async fn position_of(&self, insertion: i64) -> Result<i64, StoreError> {
        self.0.position().map(|_| insertion)
    }

    async fn head(&self) -> Result<i64, StoreError> {
        self.0.position()
    }
}

#[async_trait]
impl Feed for MemoryFeed {
    async fn after(
        &self,
        organization: OrganizationId,
        position: i64,
        limit: usize,
    ) -> Result<Vec<FeedEvent>, StoreError> {
        let found = self.0.after(organization, position, limit)?;
        Ok(found.into_iter().map(|event| FeedEvent { position: event.insertion, event }).collect())
    }

    async fn beyond(&self, position: i64) {
        self.0.head().wait_for(|head| *head > position).await.expect("the sender lives");
    }
}
