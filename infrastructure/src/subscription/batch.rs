//! One batch: what the consumer writes and the checkpoint move in one transaction, or neither does.

use std::{collections::HashSet, panic::AssertUnwindSafe, sync::Arc};

use escalon_application::ports::{StoreError, StreamKey};
use futures::FutureExt;
use sqlx::{FromRow, PgConnection, PgExecutor};

use super::{
    ConsumeError, Consumer, Subscription, Target,
    poison::{Panicked, Poison},
};
use crate::{error::store_error, feed::FeedEvent};

const OPERATION: &str = "taking events";

/// How a batch begins: under the checkpoint's lock.
#[derive(FromRow)]
pub(super) struct Begun {
    pub(super) checkpoint: Option<i64>,
    parked: Option<Vec<String>>,
    schema: Option<String>,
    version: Option<i32>,
}

impl Begun {
    /// Where the output goes.
    pub(super) fn target(&self) -> Option<Target> {
        Some(Target { schema: self.schema.clone()?, version: self.version? })
    }

    fn is_parked(&self, stream: &StreamKey, parked: &HashSet<&str>) -> bool {
        !parked.is_empty() && parked.contains(format!("{}/{}", stream.kind, stream.id).as_str())
    }

    /// Those events whose streams are not parked for this subscription.
    fn open<'e>(&self, events: impl Iterator<Item = &'e Arc<FeedEvent>>) -> Vec<Arc<FeedEvent>> {
        let parked: HashSet<&str> = self.parked.iter().flatten().map(String::as_str).collect();
        events.filter(|event| !self.is_parked(&event.event.stream, &parked)).cloned().collect()
    }
}

/// Locks a subscription's checkpoint until the transaction ends.
pub(super) async fn begin(tx: &mut PgConnection, name: &str, patience: i32) -> Result<Begun, StoreError> {
    sqlx::query_as("select * from escalon.begin_batch($1, $2)")
        .bind(name)
        .bind(patience)
        .fetch_one(tx)
        .await
        .map_err(store_error(OPERATION))
}

/// A hindrance of whoever takes a batch.
pub(super) fn hindered(error: StoreError) -> ConsumeError {
    ConsumeError::Hindered(Box::new(error))
}

impl Subscription {
    /// Takes these events, which follow the position `from`. False when this process may not: the checkpoint is elsewhere
    /// by now, or the lease is somebody else's, or the database holds another event at that position; nothing of the
    /// batch is kept then.
    pub(super) async fn take(&self, from: i64, events: &[Arc<FeedEvent>]) -> Result<bool, ConsumeError> {
        let Some(last) = events.last() else { return Ok(true) };
        let wanted = || events.iter().filter(|event| self.consumer.wants(event));
        if wanted().next().is_none() {
            return self.move_checkpoint(&self.database.engine, from, last).await.map_err(hindered);
        }
        let failed = |error| hindered(store_error(OPERATION)(error));
        let mut tx = self.database.engine.begin().await.map_err(failed)?;
        let begun = begin(&mut tx, self.consumer.name(), self.lease.patience()).await.map_err(hindered)?;
        if begun.checkpoint != Some(from) {
            return Ok(false);
        }
        let open = begun.open(wanted());
        if !open.is_empty() {
            consume(&*self.consumer, &mut tx, begun.target().as_ref(), &open).await?;
        }
        if !self.move_checkpoint(&mut *tx, from, last).await.map_err(hindered)? {
            return Ok(false);
        }
        tx.commit().await.map_err(failed)?;
        Ok(true)
    }

    async fn move_checkpoint(
        &self,
        database: impl PgExecutor<'_>,
        from: i64,
        to: &FeedEvent,
    ) -> Result<bool, StoreError> {
        sqlx::query_scalar("select escalon.move_checkpoint($1, $2, $3, $4, $5)")
            .bind(self.consumer.name())
            .bind(self.lease.owner())
            .bind(from)
            .bind(to.position)
            .bind(to.event.recorded_at)
            .fetch_one(database)
            .await
            .map_err(store_error("moving a checkpoint"))
    }
}

/// Hands events to a consumer. One that panics over an event has met poison, too.
pub(super) async fn consume(
    consumer: &dyn Consumer,
    tx: &mut PgConnection,
    target: Option<&Target>,
    events: &[Arc<FeedEvent>],
) -> Result<(), ConsumeError> {
    let consumed = AssertUnwindSafe(consumer.consume(tx, target, events)).catch_unwind().await;
    consumed.unwrap_or_else(|panic| Err(ConsumeError::Poison(Poison::Panicked(Panicked::with(&*panic)))))
}
