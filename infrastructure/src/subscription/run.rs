//! Following the feed: at once when something happened, in batches under load, and past what cannot be taken.
//!
//! A batch that fails over an event is halved until the event stands alone; what precedes it is taken meanwhile. The event
//! is tried a few times, later each time, and then its sequence is parked. A hindrance, such as a database that is away,
//! blames no event: the subscription stands still and tries again.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time::Instant};

use super::{ConsumeError, Held, Subscription};
use crate::{feed::FeedEvent, pace::Pace};

/// How many events a consumer gets at once.
const BATCH: i64 = 1_000;
/// How often to look when nobody says that there is something: a lost wake-up costs no more than this.
const LOOK: Duration = Duration::from_secs(1);
/// How often to begin at most, so that events gather under load: a batch costs little more than an event.
const PACE: Duration = Duration::from_millis(10);
/// How often an event is tried before its sequence is parked.
const TRIES: i32 = 5;
/// After how many hindrances to let another process try.
const YIELD: u32 = 4;
/// The pause after a failure; it doubles with each.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Where a subscription is, and what it has met there.
#[derive(Debug, Default)]
struct Cursor {
    /// The checkpoint, when it is known.
    position: Option<i64>,
    /// The end of a batch that failed over one of its events.
    suspect: Option<i64>,
    /// How often the next event failed alone.
    tries: i32,
    /// How often it was hindered.
    hindrances: u32,
    /// Whether there is more to take than was taken, as far as is known.
    more: bool,
    /// When it last looked whether there is something, asked or not.
    looked: Option<Instant>,
}

/// What came of an attempt to go on.
#[derive(Debug, PartialEq, Eq)]
enum Gone {
    /// A step was made, and there may be more to do.
    On,
    /// Nothing is left to do.
    Idle,
    /// Nothing can be done before some time has passed.
    Wait(Duration),
}

impl Cursor {
    /// How many events to take at once: fewer while the one that a batch fails over is looked for.
    fn limit(&self, position: i64) -> i64 {
        self.suspect.map_or(BATCH, |end| ((end - position) / 2).clamp(1, BATCH))
    }

    fn moved(&mut self, position: i64) {
        self.position = Some(position);
        self.suspect = self.suspect.filter(|end| position < *end);
        (self.tries, self.hindrances) = (0, 0);
    }
}

impl Subscription {
    /// Follows the feed while this process holds the lease, until told to stop.
    pub async fn run(self, mut shutdown: watch::Receiver<bool>) {
        let (mut head, mut held) = (self.feed.changed(), self.lease.held());
        let mut pace = Pace::new(PACE);
        let mut cursor = Cursor::default();
        while !*shutdown.borrow() {
            if !held.borrow_and_update().contains(self.consumer.name()) {
                cursor = Cursor::default();
                self.feed.progress().lost(self.consumer.name());
                tokio::select! {
                    _ = held.changed() => {}
                    _ = shutdown.wait_for(|stop| *stop) => {}
                }
                continue;
            }
            head.mark_unchanged();
            pace.turn().await;
            let pause = loop {
                match self.advance(&mut cursor).await {
                    Gone::On if *shutdown.borrow() || !holds(&held, self.consumer.name()) => {
                        break Duration::ZERO;
                    }
                    Gone::On => {}
                    Gone::Idle => break LOOK,
                    Gone::Wait(pause) => break pause,
                }
            };
            tokio::select! {
                _ = head.changed(), if pause == LOOK => {}
                _ = held.changed() => {}
                () = tokio::time::sleep(pause) => {}
                _ = shutdown.wait_for(|stop| *stop) => {}
            }
        }
    }

    /// Takes the next batch, if there is one.
    async fn advance(&self, cursor: &mut Cursor) -> Gone {
        let position = match cursor.position {
            Some(position) => position,
            None => match self.checkpoint().await {
                Ok(position) => position,
                Err(error) => return self.hindered(cursor, &error).await,
            },
        };
        cursor.position = Some(position);
        // What the feed says is at hand needs no look at the database; the rest is for the tick of the clock.
        let due = cursor.looked.is_none_or(|looked| looked.elapsed() >= LOOK);
        if position >= self.feed.head() && !cursor.more && !due {
            return Gone::Idle;
        }
        cursor.looked = Some(Instant::now());
        cursor.more = true;
        let limit = cursor.limit(position);
        let events = match self.feed.follow(position, limit).await {
            Ok(events) => events,
            Err(error) => return self.failed(cursor, position, limit, error.into()).await,
        };
        let Some(last) = events.last().map(|last| last.position) else {
            self.feed.progress().moved(self.consumer.name(), position, 0);
            cursor.more = false;
            return Gone::Idle;
        };
        match self.take(position, &events).await {
            Ok(true) => {
                cursor.moved(last);
                self.moved(last, &events);
                // Events that came meanwhile gather until the next turn.
                cursor.more =
                    cursor.suspect.is_some() || i64::try_from(events.len()).is_ok_and(|count| count >= limit);
                if cursor.more { Gone::On } else { Gone::Idle }
            }
            Ok(false) => {
                self.feed.forget();
                *cursor = Cursor::default();
                Gone::Wait(PAUSE)
            }
            Err(error) => {
                let count = i64::try_from(events.len()).unwrap_or(limit);
                self.failed(cursor, position, count, error).await
            }
        }
    }

    fn moved(&self, position: i64, events: &[Arc<FeedEvent>]) {
        let name = self.consumer.name();
        self.feed.progress().moved(name, position, events.len());
        metrics::counter!("escalon_subscription_events_total", "subscription" => name.to_owned())
            .increment(events.len() as u64);
    }

    /// A batch of so many events failed.
    async fn failed(&self, cursor: &mut Cursor, position: i64, count: i64, error: ConsumeError) -> Gone {
        let error = match error {
            ConsumeError::Hindered(error) => return self.hindered(cursor, &*error).await,
            ConsumeError::Poison(error) => error,
        };
        if count > 1 {
            cursor.suspect = Some(position + count);
            return Gone::On;
        }
        cursor.tries += 1;
        let (name, tries) = (self.consumer.name(), cursor.tries);
        if tries < TRIES {
            tracing::warn!(subscription = name, position = position + 1, tries, %error, "an event could not be taken");
            self.note(&error.to_string()).await;
            return Gone::Wait(pause(tries.unsigned_abs()));
        }
        match self.park(position, &error.to_string(), tries).await {
            Ok(true) => {
                tracing::error!(subscription = name, position = position + 1, tries, %error,
                    "a sequence is parked; `escalon subscriptions parked` lists what to do");
                cursor.moved(position + 1);
                self.feed.progress().moved(name, position + 1, 1);
                Gone::On
            }
            Ok(false) => {
                *cursor = Cursor::default();
                Gone::Wait(PAUSE)
            }
            Err(error) => self.hindered(cursor, &error).await,
        }
    }

    /// Something is in the way that is no event's fault.
    async fn hindered(&self, cursor: &mut Cursor, error: &(dyn std::error::Error + Send + Sync)) -> Gone {
        cursor.hindrances += 1;
        cursor.position = None;
        let (name, times) = (self.consumer.name(), cursor.hindrances);
        tracing::error!(subscription = name, times, %error, "a subscription cannot go on; it tries again");
        self.note(&error.to_string()).await;
        if times.is_multiple_of(YIELD) {
            self.lease.rest(name).await;
        }
        Gone::Wait(pause(times))
    }
}

fn holds(held: &watch::Receiver<Held>, name: &str) -> bool {
    held.borrow().contains(name)
}

/// The pause after so many failures in a row.
fn pause(failures: u32) -> Duration {
    PAUSE.saturating_mul(1 << failures.min(10)).min(LONGEST_PAUSE)
}
