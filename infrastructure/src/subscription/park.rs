//! What a subscription writes about itself: its first checkpoint, what stops it, and the sequences it cannot get past.

use std::collections::{BTreeMap, BTreeSet};

use escalon_application::ports::StoreError;
use sqlx::{PgConnection, PgExecutor};

use super::Subscription;
use crate::error::store_error;

/// How many sequences of a subscription may be parked. When more would be, the events are hardly at fault.
const MOST: i64 = 1_000;

impl Subscription {
    /// Where it stands; at the beginning when it is new.
    pub(super) async fn checkpoint(&self) -> Result<i64, StoreError> {
        const OPERATION: &str = "reading a checkpoint";
        let (position, head): (i64, i64) = sqlx::query_as(
            "with begun as (
                 insert into escalon.subscriptions (name, position) values ($1, 0) on conflict do nothing
                 returning position)
             select c.position, (select position from escalon.sequencer) from (
                 select position from begun union all select position from escalon.subscriptions where name = $1 limit 1
             ) c",
        )
        .bind(self.consumer.name())
        .fetch_one(&self.database.engine)
        .await
        .map_err(store_error(OPERATION))?;
        if position > head || position < 0 {
            // It would wait for that position and leave out whatever comes until then.
            let name = self.consumer.name().trim_start_matches("projection.");
            return Err(StoreError::broken(
                OPERATION,
                format!(
                    "the checkpoint is {position} and the last event is {head}: it was restored apart from the events, or \
                 changed by hand; `escalon projections rebuild {name}` builds it anew"
                ),
            ));
        }
        Ok(position)
    }

    /// Parks the sequence of the event after this position and moves past it. False when this process may not.
    ///
    /// # Errors
    /// The database cannot be reached, or too many sequences are parked already.
    pub(super) async fn park(&self, position: i64, error: &str, attempts: i32) -> Result<bool, StoreError> {
        const OPERATION: &str = "parking a sequence";
        let name = self.consumer.name();
        let mut tx = self.database.engine.begin().await.map_err(store_error(OPERATION))?;
        let parked: i64 =
            sqlx::query_scalar("select count(*) from escalon.parked_sequences where subscription = $1")
                .bind(name)
                .fetch_one(&mut *tx)
                .await
                .map_err(store_error(OPERATION))?;
        if parked >= MOST {
            let many = format!(
                "{parked} sequences are parked already, so it is hardly the events that are wrong: mend {name} or \
                 its tables, restart, and retry them; the last error was: {error}"
            );
            return Err(StoreError::broken(OPERATION, many));
        }
        sqlx::query(
            "insert into escalon.parked_sequences
                 (subscription, aggregate_type, aggregate_id, organization, position, error, attempts)
             select $1, e.aggregate_type, e.aggregate_id, e.organization, p.position, $3, $4
             from escalon.event_positions p join escalon.events e on e.insertion = p.insertion where p.position = $2
             on conflict do nothing",
        )
        .bind(name)
        .bind(position + 1)
        .bind(error)
        .bind(attempts)
        .execute(&mut *tx)
        .await
        .map_err(store_error(OPERATION))?;
        let moved: bool = sqlx::query_scalar("select escalon.move_checkpoint($1, $2, $3, $4, null)")
            .bind(name)
            .bind(self.lease.owner())
            .bind(position)
            .bind(position + 1)
            .fetch_one(&mut *tx)
            .await
            .map_err(store_error(OPERATION))?;
        if moved {
            tx.commit().await.map_err(store_error(OPERATION))?;
        }
        Ok(moved)
    }

    /// Writes what stops it beside the checkpoint, for whoever asks why there is a lag.
    pub(super) async fn note(&self, error: &str) {
        let noted = sqlx::query("update escalon.subscriptions set error = $2 where name = $1")
            .bind(self.consumer.name())
            .bind(error)
            .execute(&self.database.engine)
            .await;
        if let Err(error) = noted {
            tracing::debug!(%error, "the error could not be noted");
        }
    }
}

/// Events that operators passed over for a subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped(BTreeMap<String, BTreeSet<i64>>);

impl Skipped {
    /// Whether this event of this stream is among them.
    #[must_use]
    pub fn has(&self, stream: &str, sequence: i64) -> bool {
        self.0.get(stream).is_some_and(|sequences| sequences.contains(&sequence))
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.values().map(BTreeSet::len).sum()
    }
}

/// What operators passed over for this subscription. Whoever builds its read model anew passes over it, too.
///
/// # Errors
/// The database cannot be reached.
pub async fn skipped(database: impl PgExecutor<'_>, subscription: &str) -> Result<Skipped, StoreError> {
    let events: Vec<(String, i64)> = sqlx::query_as(
        "select e.aggregate_id, e.sequence from escalon.skipped_events s
         join escalon.event_positions p on p.position = s.position
         join escalon.events e on e.insertion = p.insertion where s.subscription = $1",
    )
    .bind(subscription)
    .fetch_all(database)
    .await
    .map_err(store_error("reading skipped events"))?;
    let mut skipped = Skipped::default();
    for (stream, sequence) in events {
        skipped.0.entry(stream).or_default().insert(sequence);
    }
    Ok(skipped)
}

/// Remembers that these were passed over.
pub(super) async fn skip(
    tx: &mut PgConnection,
    subscription: &str,
    positions: &[i64],
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into escalon.skipped_events (subscription, position)
         select $1, position from unnest($2::bigint[]) as p (position) on conflict do nothing",
    )
    .bind(subscription)
    .bind(positions)
    .execute(tx)
    .await
    .map(drop)
    .map_err(store_error("skipping events"))
}
