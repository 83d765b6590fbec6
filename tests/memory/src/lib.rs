//! The ports in memory, for tests that need an engine and no database.
//!
//! `store` keeps events as the real one does: expected versions, claims, commands done once. `people` and `others` answer the
//! other ports as simply as can be. Time stands still, ids count, and the database goes away when a test says so.
#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

mod others;
mod people;
mod store;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
};

use escalon_application::{
    Engine, Ports,
    ports::{CommandRecord, StoreError, StoredEvent},
};
use escalon_domain::{member::MemberId, organization::OrganizationId, stamp::Timestamp};
use tokio::sync::watch;
use uuid::Uuid;

#[derive(Default)]
struct Kept {
    /// In the order in which they were stored.
    events: Vec<StoredEvent>,
    /// Which of them belong to a stream.
    streams: HashMap<String, Vec<usize>>,
    holders: HashMap<(Option<OrganizationId>, String, String), String>,
    commands: HashMap<(OrganizationId, Uuid), CommandRecord>,
    passwords: HashMap<(OrganizationId, MemberId), String>,
    /// Appends that may still be done before the database goes away.
    left: Option<u64>,
}

/// Everything in memory. Insertion numbers are positions.
#[derive(Default)]
pub struct Memory {
    kept: Mutex<Kept>,
    head: watch::Sender<i64>,
    ids: AtomicU64,
    numbers: AtomicU32,
    away: AtomicBool,
}

/// The moment at which time stands still.
#[must_use]
pub fn now() -> Timestamp {
    "2026-01-05T09:00:00Z".parse().expect("a time")
}

impl Memory {
    /// An engine over an empty one.
    #[must_use]
    pub fn engine() -> (Engine, Arc<Self>) {
        let memory = Arc::<Self>::default();
        let ports = Ports {
            store: memory.clone(),
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

    fn kept(&self) -> Result<MutexGuard<'_, Kept>, StoreError> {
        if self.away.load(Ordering::Relaxed) {
            return Err(away());
        }
        Ok(self.all())
    }

    fn all(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().expect("no test panics in here")
    }

    /// Takes the database away, or brings it back.
    pub fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::Relaxed);
    }

    /// Lets the database go away after so many more appends.
    pub fn fail_after(&self, appends: Option<u64>) {
        self.all().left = appends;
    }

    /// The last position.
    ///
    /// # Errors
    /// The database is away.
    pub fn position(&self) -> Result<i64, StoreError> {
        self.kept().map(|_| *self.head.borrow())
    }

    /// The last position, and each that follows.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<i64> {
        self.head.subscribe()
    }

    /// How many events there are.
    #[must_use]
    pub fn events(&self) -> i64 {
        *self.head.borrow()
    }

    /// How many streams of a kind there are.
    #[must_use]
    pub fn streams(&self, kind: &str) -> usize {
        let kept = self.all();
        kept.streams.values().filter(|places| kept.events[places[0]].stream.kind == kind).count()
    }

    /// Up to so many events of an organization after a position.
    ///
    /// # Errors
    /// The database is away.
    pub fn after(
        &self,
        organization: OrganizationId,
        position: i64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let kept = self.kept()?;
        let of =
            |event: &&StoredEvent| event.metadata.organization == organization && event.insertion > position;
        Ok(kept.events.iter().filter(of).take(limit).cloned().collect())
    }
}

/// What a database says that is away; callers of the API are not to see the word.
fn away() -> StoreError {
    StoreError::Unavailable { operation: "testing", source: "swordfish".into() }
}
