//! Subscriptions: consumers that read the feed in batches and move their checkpoint in the transaction of their output.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use escalon_application::ports::StoreError;
use sqlx::PgConnection;
use tokio::sync::watch;

use crate::{
    database::Database,
    error::store_error,
    feed::{Feed, FeedEvent},
};

const OPERATION: &str = "moving a checkpoint";
/// How many events a consumer gets at once.
const BATCH: i64 = 1_000;
/// How often to look when the feed says nothing.
const LOOK: Duration = Duration::from_secs(1);
/// How long to let events gather after a wake-up: under load a batch costs little more than an event.
const GATHER: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Why a consumer could not take its batch.
pub type ConsumeError = Box<dyn std::error::Error + Send + Sync>;

/// Something that follows the feed.
#[async_trait]
pub trait Consumer: Send + Sync {
    /// Its name, under which its checkpoint is kept.
    fn name(&self) -> String;

    /// Takes a batch, writing only through `tx`: the checkpoint moves in the same transaction.
    ///
    /// # Errors
    /// The batch could not be taken; nothing of it is kept and it comes again.
    async fn consume(&self, tx: &mut PgConnection, events: &[FeedEvent]) -> Result<(), ConsumeError>;
}

/// A consumer on its way through the feed.
#[derive(Clone)]
pub struct Subscription {
    database: Database,
    feed: Feed,
    consumer: Arc<dyn Consumer>,
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// How many events were taken.
    pub events: usize,
    /// The checkpoint now.
    pub position: i64,
}

impl Subscription {
    /// A consumer that follows this feed.
    #[must_use]
    pub const fn new(database: Database, feed: Feed, consumer: Arc<dyn Consumer>) -> Self {
        Self { database, feed, consumer }
    }

    /// Takes one batch, if there is one. The checkpoint's row is locked meanwhile: two processes take turns.
    ///
    /// # Errors
    /// The database cannot be reached, or the consumer could not take the batch.
    pub async fn step(&self) -> Result<Step, StoreError> {
        let mut tx = self.database.engine.begin().await.map_err(store_error(OPERATION))?;
        // Output and checkpoint are in one transaction: if a crash of the database loses it, the batch simply comes again.
        let lazily = sqlx::query("set local synchronous_commit = off").execute(&mut *tx).await;
        lazily.map_err(store_error(OPERATION))?;
        let step = self.step_in_tx(&mut tx).await?;
        tx.commit().await.map_err(store_error(OPERATION))?;
        Ok(step)
    }

    async fn step_in_tx(&self, tx: &mut PgConnection) -> Result<Step, StoreError> {
        let name = self.consumer.name();
        let position: Option<i64> =
            sqlx::query_scalar("select position from escalon.subscriptions where name = $1 for update")
                .bind(&name)
                .fetch_optional(&mut *tx)
                .await
                .map_err(store_error(OPERATION))?;
        let position = match position {
            Some(position) => position,
            None => {
                let begin = "insert into escalon.subscriptions (name, position) values ($1, 0) on conflict do nothing";
                sqlx::query(begin).bind(&name).execute(&mut *tx).await.map_err(store_error(OPERATION))?;
                return Ok(Step { events: 0, position: 0 });
            }
        };
        let events = self.feed.read(&mut *tx, position, BATCH).await?;
        let Some(last) = events.last().map(|last| last.position) else {
            return Ok(Step { events: 0, position });
        };
        let consumed = self.consumer.consume(&mut *tx, &events).await;
        consumed.map_err(|source| StoreError::Broken { operation: "consuming events", source })?;
        sqlx::query("update escalon.subscriptions set position = $2, updated_at = now(), error = null where name = $1")
            .bind(&name)
            .bind(last)
            .execute(&mut *tx)
            .await
            .map_err(store_error(OPERATION))?;
        Ok(Step { events: events.len(), position: last })
    }

    /// Follows the feed until told to stop. A batch that cannot be taken is tried again, later each time, and its error
    /// stands beside the checkpoint meanwhile.
    pub async fn run(self, mut shutdown: watch::Receiver<bool>) {
        let mut head = self.feed.changed();
        let mut failures = 0_u32;
        while !*shutdown.borrow() {
            head.mark_unchanged();
            let pause = match self.step().await {
                Ok(step) if step.events > 0 || step.position < *head.borrow() => {
                    failures = 0;
                    continue;
                }
                Ok(_) => {
                    failures = 0;
                    LOOK
                }
                Err(error) => {
                    failures += 1;
                    tracing::error!(subscription = self.consumer.name(), %error, failures, "a batch could not be taken");
                    self.note(&error).await;
                    Duration::from_millis(100).saturating_mul(1 << failures.min(10)).min(LONGEST_PAUSE)
                }
            };
            let woken = async {
                if head.changed().await.is_ok() {
                    tokio::time::sleep(GATHER).await;
                }
            };
            tokio::select! {
                () = woken, if failures == 0 => {}
                () = tokio::time::sleep(pause) => {}
                _ = shutdown.wait_for(|stop| *stop) => {}
            }
        }
    }

    /// Writes the error beside the checkpoint, for whoever asks why there is a lag.
    async fn note(&self, error: &StoreError) {
        let noted =
            sqlx::query("update escalon.subscriptions set error = $2, updated_at = now() where name = $1")
                .bind(self.consumer.name())
                .bind(error.to_string())
                .execute(&self.database.engine)
                .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "the error could not be noted");
        }
    }
}
