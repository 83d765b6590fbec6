//! Filling a generation with the events of its prefix: several workers, each with one shard at a time, in memory that does
//! not grow with the history. A worker keeps whole streams, so the longest stream is what it must hold.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use escalon_application::ports::StoreError;
use escalon_infrastructure::{
    database::Database,
    feed::{BulkEvent, Feed, Positions, Streams},
    subscription::{Poison, Skipped},
};
use sqlx::PgConnection;
use tokio::{task::JoinSet, time::interval};

use super::{
    catalogue::{Generation, failed},
    shards::{self, Range, Shard},
};
use crate::{
    error::ProjectionError,
    happening::Happening,
    projection::{Build, Projection},
    tables::{Fresh, Tables},
};

const OPERATION: &str = "loading a read model";
/// How often the progress is told.
const TELL: Duration = Duration::from_millis(100);

/// What the workers share.
pub(super) struct Load {
    pub(super) database: Database,
    pub(super) feed: Feed,
    pub(super) projection: Arc<dyn Projection>,
    pub(super) generation: Generation,
    /// How many events are taken in one transaction.
    pub(super) chunk: usize,
    /// What operators passed over; it stays out.
    pub(super) skipped: Skipped,
    /// How many events were taken, by former runs, too.
    pub(super) taken: AtomicI64,
}

/// What became of a shard.
enum Ended {
    Done,
    /// It is further than this process thought.
    Elsewhere,
}

impl Load {
    /// Loads what is left of the shards.
    pub(super) async fn run(
        self: Arc<Self>,
        shards: Vec<Shard>,
        progress: impl Fn(i64),
    ) -> Result<(), ProjectionError> {
        // Folds that are not of one stream need the order of all events.
        let workers = match self.projection.build() {
            Build::InOrder => 1,
            // One more than there are cores: each waits for the database while that writes.
            Build::ByStream | Build::ByEvent => {
                std::thread::available_parallelism().map_or(3, |cores| cores.get() + 1).min(4)
            }
        };
        let queue = Arc::new(Mutex::new(VecDeque::from(shards)));
        let mut running = JoinSet::new();
        for _ in 0..workers {
            running.spawn(Arc::clone(&self).work(Arc::clone(&queue)));
        }
        let mut ticks = interval(TELL);
        loop {
            tokio::select! {
                ended = running.join_next() => match ended {
                    None => break,
                    Some(Ok(worked)) => worked?,
                    Some(Err(error)) => return Err(StoreError::broken(OPERATION, error).into()),
                },
                _ = ticks.tick() => progress(self.taken.load(Ordering::Relaxed)),
            }
        }
        Ok(())
    }

    async fn work(self: Arc<Self>, queue: Arc<Mutex<VecDeque<Shard>>>) -> Result<(), ProjectionError> {
        // Not given back to the pool: it may be in the middle of a copy when this ends.
        let mut reading = self.database.engine.acquire().await.map_err(failed(OPERATION))?.detach();
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(mut shard) = next else { return Ok(()) };
            let name = self.projection.name();
            while let Ended::Elsewhere = self.load(&mut reading, &mut shard).await? {
                // Read anew on a connection of its own; the other one still has rows to come.
                reading = self.database.engine.acquire().await.map_err(failed(OPERATION))?.detach();
                let open = shards::open(&mut reading, name, &self.generation).await?;
                match open.into_iter().find(|found| found.shard == shard.shard) {
                    Some(found) => shard = found,
                    None => break,
                }
            }
        }
    }

    async fn load(&self, reading: &mut PgConnection, shard: &mut Shard) -> Result<Ended, ProjectionError> {
        match shard.range() {
            Range::Streams { kind, after, until } => {
                let streams = Streams { kind: &kind, after: after.as_deref(), until: until.as_deref() };
                self.load_streams(reading, shard, streams).await
            }
            Range::Positions { after, until } => self.load_positions(reading, shard, after, until).await,
        }
    }

    /// One long copy out of the database, cut between streams.
    async fn load_streams(
        &self,
        reading: &mut PgConnection,
        shard: &mut Shard,
        streams: Streams<'_>,
    ) -> Result<Ended, ProjectionError> {
        let mut events = self.feed.read_streams(reading, streams, self.generation.prefix()).await?;
        let mut chunk: Vec<BulkEvent> = Vec::with_capacity(self.chunk);
        loop {
            let next = events.next().await?;
            let whole = match (chunk.last(), &next) {
                (Some(last), Some(next)) => last.stream != next.stream,
                _ => true,
            };
            if next.is_none() || (whole && chunk.len() >= self.chunk) {
                let mut moved = shard.clone();
                if let Some(last) = chunk.last() {
                    moved.after_id = Some(last.stream.clone());
                }
                self.open(&mut chunk).await?;
                if !self.take(shard, moved, &chunk, next.is_none()).await? {
                    return Ok(Ended::Elsewhere);
                }
                chunk.clear();
            }
            match next {
                Some(event) => chunk.push(event),
                None => return Ok(Ended::Done),
            }
        }
    }

    /// A copy for each chunk: positions can be counted.
    async fn load_positions(
        &self,
        reading: &mut PgConnection,
        shard: &mut Shard,
        mut after: i64,
        end: i64,
    ) -> Result<Ended, ProjectionError> {
        let kinds = self.projection.reads();
        while after < end {
            let until = end.min(after.saturating_add(i64::try_from(self.chunk).unwrap_or(i64::MAX)));
            let events = self
                .feed
                .read_positions(reading, Positions { kinds, ..Positions::between(after, until) })
                .await?;
            let mut chunk = events.rest().await?;
            self.open(&mut chunk).await?;
            chunk.sort_unstable_by_key(|event| event.position);
            let mut moved = shard.clone();
            moved.after_position = Some(until);
            if !self.take(shard, moved, &chunk, until == end).await? {
                return Ok(Ended::Elsewhere);
            }
            after = until;
        }
        Ok(Ended::Done)
    }

    async fn open(&self, chunk: &mut [BulkEvent]) -> Result<(), ProjectionError> {
        let sealed = self.projection.leaves_sealed();
        let shown = chunk.iter_mut().filter(|event| !sealed.contains(&event.name.as_str()));
        Ok(self.feed.open(shown).await?)
    }

    /// Writes the rows of a chunk and moves the shard, in one transaction; false when the shard is elsewhere.
    async fn take(
        &self,
        shard: &mut Shard,
        mut moved: Shard,
        chunk: &[BulkEvent],
        done: bool,
    ) -> Result<bool, ProjectionError> {
        let (name, schema) = (self.projection.name(), &self.generation.schema);
        let mut happenings = Vec::with_capacity(chunk.len());
        for event in chunk.iter().filter(|event| !self.skipped.has(&event.stream, event.sequence)) {
            match Happening::bulk(event) {
                Ok(read) => happenings.extend(read),
                Err(error) => return Err(self.located(error, event).await?),
            }
        }
        let in_order = self.projection.build() == Build::InOrder;
        let mut fresh = Fresh::default();
        if !in_order {
            self.projection.project(&mut Tables::fresh(&mut fresh), &happenings).await?;
        }
        let mut tx = self.database.engine.begin().await.map_err(failed(OPERATION))?;
        // Rows and progress are in one transaction: if a crash of the database loses it, the chunk comes again.
        let lazily = sqlx::query("set local synchronous_commit = off").execute(&mut *tx).await;
        lazily.map_err(failed(OPERATION))?;
        if !shards::hold(&mut tx, name, &self.generation, shard).await? {
            return Ok(false);
        }
        if in_order {
            self.projection.project(&mut Tables::new(&mut tx, schema), &happenings).await?;
        } else {
            fresh.write(&mut tx, schema).await?;
        }
        let events = i64::try_from(chunk.len()).unwrap_or_default();
        shards::advance(&mut tx, name, &self.generation, &mut moved, (events, done)).await?;
        tx.commit().await.map_err(failed(OPERATION))?;
        self.taken.fetch_add(events, Ordering::Relaxed);
        *shard = moved;
        Ok(true)
    }

    /// The error with the event's position, which is not read with streams.
    async fn located(
        &self,
        error: ProjectionError,
        event: &BulkEvent,
    ) -> Result<ProjectionError, ProjectionError> {
        let ProjectionError::Poison(Poison::Unreadable { stream, source, .. }) = error else {
            return Ok(error);
        };
        let position: Option<i64> = sqlx::query_scalar(
            "select p.position from escalon.event_positions p join escalon.events e on e.insertion = p.insertion
             where e.aggregate_type = $1 and e.aggregate_id = $2 and e.sequence = $3",
        )
        .bind(&event.kind)
        .bind(&event.stream)
        .bind(event.sequence)
        .fetch_optional(&self.database.engine)
        .await
        .map_err(failed(OPERATION))?;
        Ok(Poison::Unreadable { position: position.unwrap_or_default(), stream, source }.into())
    }
}
