//! Parked sequences in the operator's hands: found, taken up again, or passed over.
//!
//! Whoever takes one up holds the subscription's checkpoint meanwhile, batch by batch, so live events and waiting ones do
//! not meet; any process can do it, whoever owns the subscription.

use std::sync::Arc;

use async_trait::async_trait;
use escalon_application::ports::{Parked, Resumed, Sequences, StoreError, StreamKey};
use escalon_domain::{
    organization::OrganizationId,
    parked_sequence::{ParkedSequenceId, Skip},
};
use sqlx::{PgConnection, Postgres, Row, Transaction, postgres::PgRow};

use super::{
    ConsumeError, Consumer,
    batch::{Begun, begin, consume},
    park::skip,
};
use crate::{database::Database, error::store_error, feed::Feed};

const OPERATION: &str = "resuming a parked sequence";
/// How many waiting events to take at once.
const BATCH: i64 = 1_000;
/// How long this process may stop in the middle of a batch, in milliseconds.
const PATIENCE: i32 = 10_000;

/// Parked sequences in the database, and the consumers to take them up again.
#[derive(Clone)]
pub struct PgSequences {
    database: Database,
    feed: Feed,
    consumers: Arc<[Arc<dyn Consumer>]>,
}

/// A sequence under the checkpoint's lock.
struct Waiting {
    subscription: String,
    stream: StreamKey,
    position: i64,
    begun: Begun,
}

const PARKED: &str =
    "select p.id, p.subscription, p.organization, p.aggregate_type, p.aggregate_id, p.position, p.error,
        p.attempts, p.parked_at, p.tried_at, e.event_type, e.sequence,
        (select count(*) from escalon.events w join escalon.event_positions i on i.insertion = w.insertion
         where w.aggregate_type = p.aggregate_type and w.aggregate_id = p.aggregate_id
            and i.position between p.position and s.position) as waiting
    from escalon.parked_sequences p
    join escalon.subscriptions s on s.name = p.subscription
    join escalon.event_positions n on n.position = p.position
    join escalon.events e on e.insertion = n.insertion";

fn parked(row: &PgRow) -> Result<Parked, StoreError> {
    const OPERATION: &str = "reading a parked sequence";
    let organization: String = row.try_get("organization").map_err(store_error(OPERATION))?;
    let organization = organization.parse().map_err(|error| StoreError::broken(OPERATION, error))?;
    let read = || -> Result<Parked, sqlx::Error> {
        Ok(Parked {
            id: ParkedSequenceId::from_uuid(row.try_get("id")?),
            subscription: row.try_get("subscription")?,
            organization,
            stream: StreamKey { kind: row.try_get("aggregate_type")?, id: row.try_get("aggregate_id")? },
            position: row.try_get("position")?,
            event: row.try_get("event_type")?,
            sequence: row.try_get::<i64, _>("sequence")?.unsigned_abs(),
            error: row.try_get("error")?,
            attempts: row.try_get::<i32, _>("attempts")?.unsigned_abs(),
            waiting: row.try_get::<i64, _>("waiting")?.unsigned_abs(),
            parked_at: row.try_get("parked_at")?,
            tried_at: row.try_get("tried_at")?,
        })
    };
    read().map_err(store_error(OPERATION))
}

#[async_trait]
impl Sequences for PgSequences {
    async fn list(&self, organization: Option<OrganizationId>) -> Result<Vec<Parked>, StoreError> {
        let sql =
            format!("{PARKED} where $1::text is null or p.organization = $1 order by p.parked_at, p.id");
        let query = sqlx::query(&sql).bind(organization.map(|id| id.to_string()));
        let rows = query.fetch_all(&self.database.engine).await;
        rows.map_err(store_error("listing parked sequences"))?.iter().map(parked).collect()
    }

    async fn find(&self, id: ParkedSequenceId) -> Result<Option<Parked>, StoreError> {
        let sql = format!("{PARKED} where p.id = $1");
        let row = sqlx::query(&sql).bind(id.uuid()).fetch_optional(&self.database.engine).await;
        row.map_err(store_error("looking up a parked sequence"))?.as_ref().map(parked).transpose()
    }

    async fn resume(&self, id: ParkedSequenceId, skip: Option<(Skip, i64)>) -> Result<Resumed, StoreError> {
        let mut resumed = Resumed { taken: 0, skipped: 0, parked: false };
        if let Some((what, position)) = skip {
            resumed.skipped = self.pass_over(id, what, position).await?;
        }
        let mut limit = BATCH;
        loop {
            let mut tx = self.database.engine.begin().await.map_err(store_error(OPERATION))?;
            let Some(waiting) = lock(&mut tx, id).await? else { return Ok(resumed) };
            let (count, error) = match self.take(&mut tx, &waiting, limit).await {
                Ok((taken, next)) => {
                    settle(&mut tx, id, next).await?;
                    tx.commit().await.map_err(store_error(OPERATION))?;
                    resumed.taken += taken;
                    continue;
                }
                Err((_, ConsumeError::Hindered(source))) => {
                    return Err(StoreError::Broken { operation: OPERATION, source });
                }
                Err((count, ConsumeError::Poison(error))) => (count, error),
            };
            tx.rollback().await.map_err(store_error(OPERATION))?;
            // What precedes the event at fault is taken, as in a live batch.
            if count > 1 {
                limit = count / 2;
                continue;
            }
            self.note(id, waiting.position, &error.to_string()).await?;
            return Ok(Resumed { parked: true, ..resumed });
        }
    }
}

impl PgSequences {
    /// The sequences of these consumers.
    #[must_use]
    pub fn new(database: Database, feed: Feed, consumers: Vec<Arc<dyn Consumer>>) -> Self {
        Self { database, feed, consumers: consumers.into() }
    }

    /// Takes waiting events: how many, and the position of the next that waits. On failure, how many were tried.
    async fn take(
        &self,
        tx: &mut PgConnection,
        waiting: &Waiting,
        limit: i64,
    ) -> Result<(u64, Option<i64>), (i64, ConsumeError)> {
        let consumer = self.consumer(&waiting.subscription).map_err(|error| (0, error))?;
        let checkpoint = waiting.begun.checkpoint.unwrap_or_default();
        let from = waiting.position;
        let events = self.feed.read_stream(tx, &waiting.stream, from, checkpoint, limit).await;
        let events = events.map_err(|error| (limit, error.into()))?;
        let count = i64::try_from(events.len()).unwrap_or(limit);
        let last = events.last().map_or(checkpoint, |last| last.position);
        let wanted: Vec<_> = events.into_iter().filter(|event| consumer.wants(event)).map(Arc::new).collect();
        if !wanted.is_empty() {
            let target = waiting.begun.target();
            consume(&**consumer, tx, target.as_ref(), &wanted).await.map_err(|error| (count, error))?;
        }
        let next = next(tx, &waiting.stream, last, checkpoint).await;
        let next = next.map_err(|error| (count, super::batch::hindered(error)))?;
        Ok((count.unsigned_abs(), next))
    }

    fn consumer(&self, subscription: &str) -> Result<&Arc<dyn Consumer>, ConsumeError> {
        let found = self.consumers.iter().find(|consumer| consumer.name() == subscription);
        found.ok_or_else(|| {
            let unknown = format!("this version of the engine does not know the subscription {subscription}");
            ConsumeError::Hindered(unknown.into())
        })
    }

    /// Passes over the event at this position, or everything that waits; says how many.
    async fn pass_over(&self, id: ParkedSequenceId, what: Skip, position: i64) -> Result<u64, StoreError> {
        let mut tx = self.database.engine.begin().await.map_err(store_error(OPERATION))?;
        let Some(waiting) = lock(&mut tx, id).await? else { return Ok(0) };
        if waiting.position != position {
            return Ok(0);
        }
        let checkpoint = waiting.begun.checkpoint.unwrap_or_default();
        let (positions, following) = match what {
            Skip::Event => (vec![position], next(&mut tx, &waiting.stream, position, checkpoint).await?),
            Skip::Waiting => (all(&mut tx, &waiting.stream, position, checkpoint).await?, None),
        };
        skip(&mut tx, &waiting.subscription, &positions).await?;
        settle(&mut tx, id, following).await?;
        tx.commit().await.map_err(store_error(OPERATION))?;
        Ok(positions.len() as u64)
    }

    /// Remembers that the event was tried once more.
    async fn note(&self, id: ParkedSequenceId, position: i64, error: &str) -> Result<(), StoreError> {
        sqlx::query(
            "update escalon.parked_sequences set attempts = attempts + 1, error = $3, tried_at = clock_timestamp()
             where id = $1 and position = $2",
        )
        .bind(id.uuid())
        .bind(position)
        .bind(error)
        .execute(&self.database.engine)
        .await
        .map(drop)
        .map_err(store_error(OPERATION))
    }
}

/// Locks the checkpoint of a sequence's subscription, so that nothing of it is taken elsewhere, and then looks at it.
async fn lock(
    tx: &mut Transaction<'static, Postgres>,
    id: ParkedSequenceId,
) -> Result<Option<Waiting>, StoreError> {
    let find = "select subscription, aggregate_type, aggregate_id, position from escalon.parked_sequences where id = $1";
    let look = async |tx: &mut PgConnection| {
        let row = sqlx::query(find).bind(id.uuid()).fetch_optional(tx).await;
        let Some(row) = row.map_err(store_error(OPERATION))? else { return Ok(None) };
        let read = || -> Result<(String, StreamKey, i64), sqlx::Error> {
            let stream = StreamKey { kind: row.try_get("aggregate_type")?, id: row.try_get("aggregate_id")? };
            Ok((row.try_get("subscription")?, stream, row.try_get("position")?))
        };
        read().map(Some).map_err(store_error(OPERATION))
    };
    let Some((subscription, ..)) = look(tx).await? else { return Ok(None) };
    let begun = begin(tx, &subscription, PATIENCE).await?;
    let found = look(tx).await?;
    Ok(found.map(|(subscription, stream, position)| Waiting { subscription, stream, position, begun }))
}

/// The position of the first waiting event after this one.
async fn next(
    tx: &mut PgConnection,
    stream: &StreamKey,
    after: i64,
    checkpoint: i64,
) -> Result<Option<i64>, StoreError> {
    sqlx::query_scalar(
        "select min(p.position) from escalon.events e join escalon.event_positions p on p.insertion = e.insertion
         where e.aggregate_type = $1 and e.aggregate_id = $2 and p.position > $3 and p.position <= $4",
    )
    .bind(&stream.kind)
    .bind(&stream.id)
    .bind(after)
    .bind(checkpoint)
    .fetch_one(tx)
    .await
    .map_err(store_error(OPERATION))
}

/// The positions of a stream's events from this one up to the checkpoint.
async fn all(
    tx: &mut PgConnection,
    stream: &StreamKey,
    from: i64,
    checkpoint: i64,
) -> Result<Vec<i64>, StoreError> {
    sqlx::query_scalar(
        "select p.position from escalon.events e join escalon.event_positions p on p.insertion = e.insertion
         where e.aggregate_type = $1 and e.aggregate_id = $2 and p.position between $3 and $4 order by p.position",
    )
    .bind(&stream.kind)
    .bind(&stream.id)
    .bind(from)
    .bind(checkpoint)
    .fetch_all(tx)
    .await
    .map_err(store_error(OPERATION))
}

/// The sequence stands before this event now, or is not parked any more.
async fn settle(tx: &mut PgConnection, id: ParkedSequenceId, next: Option<i64>) -> Result<(), StoreError> {
    let query = match next {
        Some(position) => sqlx::query(
            "update escalon.parked_sequences set position = $2, attempts = 0, tried_at = clock_timestamp() where id = $1",
        )
        .bind(id.uuid())
        .bind(position),
        None => sqlx::query("delete from escalon.parked_sequences where id = $1").bind(id.uuid()),
    };
    query.execute(tx).await.map(drop).map_err(store_error(OPERATION))
}
