//! Subscriptions: consumers that follow the feed, each owned by one process at a time.
//!
//! | module | what it is |
//! | --- | --- |
//! | [`lease`] | which process works for which subscription |
//! | `batch` | one batch: its output and its checkpoint, in one transaction |
//! | `poison` | why an event cannot be taken, without anything of what it says |
//! | `run` | following the feed: pace, retries, and finding the event that a batch fails on |
//! | [`progress`] | how far the subscriptions of this process are, for whoever waits for a position |
//! | [`sequences`] | parked sequences: listed, retried and skipped by operators |
//! | [`mod@status`] | lag |
//!
//! # Adding a consumer
//! 1. Implement [`Consumer`]; write through `tx` only, and say [`ConsumeError::Poison`] only where the event is at fault.
//! 2. Give its [`Subscription`] a [`Lease`] for all subscriptions of the process, and run both.

mod batch;
pub mod lease;
mod park;
mod poison;
pub mod progress;
mod run;
pub mod sequences;
pub mod status;

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::PgConnection;

pub use self::{
    lease::{Held, Lease},
    park::{Skipped, skipped},
    poison::{Panicked, Poison},
    progress::Progress,
    sequences::PgSequences,
    status::{SubscriptionStatus, status},
};
use crate::{
    database::Database,
    feed::{Feed, FeedEvent},
};

/// Why a consumer could not take its batch. Nothing of the batch is kept, and it comes again.
#[derive(Debug, thiserror::Error)]
pub enum ConsumeError {
    /// An event of the batch is at fault: it cannot be taken, however often it is tried.
    #[error(transparent)]
    Poison(Poison),
    /// Something else is: the database is away, or tables are missing. No event is blamed for that.
    #[error(transparent)]
    Hindered(Box<dyn std::error::Error + Send + Sync>),
}

/// Where the output of a projection goes: its live generation. It stays so until the batch's transaction ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The schema of its tables.
    pub schema: String,
    /// The version of its definition.
    pub version: i32,
}

/// Something that follows the feed.
#[async_trait]
pub trait Consumer: Send + Sync {
    /// Its name, under which its checkpoint is kept.
    fn name(&self) -> &str;

    /// Whether it has any use for the event. A batch without one that it wants costs a single statement.
    fn wants(&self, event: &FeedEvent) -> bool {
        let _ = event;
        true
    }

    /// Takes a batch, writing only through `tx`: the checkpoint moves in the same transaction.
    ///
    /// # Errors
    /// The batch could not be taken.
    async fn consume(
        &self,
        tx: &mut PgConnection,
        target: Option<&Target>,
        events: &[Arc<FeedEvent>],
    ) -> Result<(), ConsumeError>;
}

/// A consumer on its way through the feed.
#[derive(Clone)]
pub struct Subscription {
    database: Database,
    feed: Feed,
    lease: Lease,
    consumer: Arc<dyn Consumer>,
}

impl Subscription {
    /// A consumer that follows this feed while this process holds its lease.
    #[must_use]
    pub const fn new(database: Database, feed: Feed, lease: Lease, consumer: Arc<dyn Consumer>) -> Self {
        Self { database, feed, lease, consumer }
    }
}
