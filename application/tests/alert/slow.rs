//! A store that lets others go on before it stores.

use std::sync::Arc;

use async_trait::async_trait;
use escalon_application::{
    Engine,
    engine::Ports,
    ports::{
        Append, AppendError, Appended, CommandRecord, EventStore, StoreError, StoredEvent, StreamKey,
        StreamPositions,
    },
};
use escalon_domain::{claim::Claim, organization::OrganizationId};
use uuid::Uuid;

use escalon_memory::Memory;

struct Slow(Arc<Memory>);

/// An engine over such a store.
pub(crate) fn engine() -> (Engine, Arc<Memory>) {
    let memory = Arc::new(Memory::default());
    let ports = Ports {
        store: Arc::new(Slow(Arc::clone(&memory))),
        clock: memory.clone(),
        ids: memory.clone(),
        numbers: memory.clone(),
        directory: memory.clone(),
        credentials: memory.clone(),
        passwords: memory.clone(),
        tokens: memory.clone(),
        sequences: memory.clone(),
        people: memory.clone(),
    };
    (Engine::new(ports), memory)
}

#[async_trait]
impl EventStore for Slow {
    async fn load(
        &self,
        organization: OrganizationId,
        stream: &StreamKey,
        after: u64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.0.load(organization, stream, after).await
    }

    async fn positions(
        &self,
        organization: OrganizationId,
        stream: &StreamKey,
    ) -> Result<StreamPositions, StoreError> {
        self.0.positions(organization, stream).await
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let mut waited = false;
        futures::future::poll_fn(|context| {
            if std::mem::replace(&mut waited, true) {
                return std::task::Poll::Ready(());
            }
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        })
        .await;
        self.0.append(append).await
    }

    async fn command(
        &self,
        organization: OrganizationId,
        command: Uuid,
    ) -> Result<Option<CommandRecord>, StoreError> {
        self.0.command(organization, command).await
    }

    async fn holder(
        &self,
        organization: OrganizationId,
        claim: &Claim,
    ) -> Result<Option<String>, StoreError> {
        self.0.holder(organization, claim).await
    }
}
