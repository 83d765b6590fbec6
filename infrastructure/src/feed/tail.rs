//! The latest events, read once for all who follow the feed in this process.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use escalon_application::ports::StoreError;

use super::FeedEvent;

/// How many events are kept.
const MOST_EVENTS: usize = 10_000;
/// How much their payloads may weigh together, in bytes.
const MOST_BYTES: usize = 32 << 20;

/// The latest events. Whoever is further behind reads for itself.
#[derive(Debug, Default)]
pub(super) struct Tail {
    latest: Mutex<Latest>,
    /// One reads what is new, and the others wait for it.
    turn: tokio::sync::Mutex<()>,
}

/// A run of events without a gap.
#[derive(Debug, Default)]
struct Latest {
    events: VecDeque<Arc<FeedEvent>>,
    bytes: usize,
}

impl Tail {
    /// Up to `limit` events after a position: those that are here, or else what `read` finds, which is kept for the
    /// others.
    pub(super) async fn after(
        &self,
        after: i64,
        limit: i64,
        read: impl AsyncFnOnce() -> Result<Vec<FeedEvent>, StoreError>,
    ) -> Result<Vec<Arc<FeedEvent>>, StoreError> {
        if let Some(found) = self.with(|latest| latest.after(after, limit)) {
            return Ok(found);
        }
        let turn = self.turn.lock().await;
        if let Some(found) = self.with(|latest| latest.after(after, limit)) {
            return Ok(found);
        }
        if self.with(|latest| latest.is_past(after)) {
            drop(turn);
            return Ok(read().await?.into_iter().map(Arc::new).collect());
        }
        let found: Vec<_> = read().await?.into_iter().map(Arc::new).collect();
        self.with(|latest| latest.add(&found));
        Ok(found)
    }

    /// Forgets everything: the database may hold other events by now.
    pub(super) fn clear(&self) {
        self.with(|latest| *latest = Latest::default());
    }

    fn with<T>(&self, work: impl FnOnce(&mut Latest) -> T) -> T {
        work(&mut self.latest.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Latest {
    /// Events after a position that is within, or just before, the run; none when there are none of these here.
    fn after(&self, after: i64, limit: i64) -> Option<Vec<Arc<FeedEvent>>> {
        let first = self.events.front()?.position;
        let place = usize::try_from(after + 1 - first).ok().filter(|place| *place < self.events.len())?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Some(self.events.range(place..).take(limit).cloned().collect())
    }

    /// Whether the run begins later than the event after this position.
    fn is_past(&self, after: i64) -> bool {
        self.events.front().is_some_and(|first| after + 1 < first.position)
    }

    /// Goes on with these; what does not follow begins a new run.
    fn add(&mut self, found: &[Arc<FeedEvent>]) {
        let Some(first) = found.first() else { return };
        if self.events.back().is_some_and(|last| last.position + 1 != first.position) {
            *self = Self::default();
        }
        self.bytes += found.iter().map(|event| event.event.payload.len()).sum::<usize>();
        self.events.extend(found.iter().cloned());
        while self.events.len() > MOST_EVENTS || self.bytes > MOST_BYTES {
            let Some(gone) = self.events.pop_front() else { break };
            self.bytes -= gone.event.payload.len();
        }
    }
}
