//! Gives committed events their dense positions 1, 2, 3 …
//!
//! Appends draw an *insertion number* before they commit, so numbers become visible out of order, and some never do
//! (their transaction was rolled back). The sequencer looks for committed events without a position and numbers them, in
//! insertion order within what it sees. A late event simply gets a later position, so readers by position skip nothing.
//!
//! One row, `escalon.sequencer`, is locked while numbering: two sequencers take turns. A missing insertion number is
//! remembered until every transaction that could own it has ended. An append writes its stream's head, and so has a
//! transaction id, before it draws its number; so its id is smaller than any that is given out after the gap was seen,
//! such as the sequencer's own in its next step. Once everything below that id has ended and a later look does not find
//! the number, it will never come. Below the first gap that may still close lies the *floor*, where a sequencer starts.
//! (The snapshot's own bound, `pg_snapshot_xmax`, will not do: it follows the latest transaction that has *ended*, and a
//! running one may have a higher id.)

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use escalon_application::ports::StoreError;
use sqlx::{Row, postgres::PgConnection};
use tokio::sync::{Notify, watch};

use escalon_application::cache::Cache;

use crate::{database::Database, error::store_error, feed, pace::Pace, store::Own};

/// How many events are numbered in one transaction.
const BATCH: i64 = 10_000;
/// How often to look when nobody says that something was appended: other processes append, too.
const LOOK: Duration = Duration::from_millis(25);
/// How often to number at most: each numbering waits for the disk once, and wakes consumers in every process.
const PACE: Duration = Duration::from_millis(10);

/// Gives committed events their positions.
pub struct Sequencer {
    database: Database,
    appended: Arc<Notify>,
    head: watch::Sender<i64>,
    /// The highest insertion number met; none before the first look.
    met: Option<i64>,
    /// Missing numbers below it, each with a transaction id that is higher than its owner's, known from the next step on.
    gaps: BTreeMap<i64, Option<i64>>,
    /// Who wants to know what other processes append.
    others: Option<(Own, Cache)>,
}

impl Sequencer {
    /// A sequencer that is woken by `appended`.
    #[must_use]
    pub fn new(database: Database, appended: Arc<Notify>) -> Self {
        let (head, gaps) = (watch::Sender::new(0), BTreeMap::new());
        Self { database, appended, head, met: None, gaps, others: None }
    }

    /// The same, telling the cache of every stream that another process appended to.
    #[must_use]
    pub fn telling(mut self, cache: Cache, own: Own) -> Self {
        self.others = Some((own, cache));
        self
    }

    /// Sees the last position whenever it moves.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<i64> {
        self.head.subscribe()
    }

    /// The same to write to, for whoever hears of positions that another process gave.
    #[must_use]
    pub fn heads(&self) -> watch::Sender<i64> {
        self.head.clone()
    }

    /// Numbers until told to stop.
    pub async fn run(mut self, mut shutdown: watch::Receiver<bool>) {
        let appended = Arc::clone(&self.appended);
        let mut pace = Pace::new(PACE);
        loop {
            match self.step().await {
                Ok(full) if full => continue,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "the sequencer could not number; trying again");
                    self.met = None;
                    if let Some((_, cache)) = &self.others {
                        cache.clear();
                    }
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
            let woken = async {
                appended.notified().await;
                pace.turn().await;
            };
            tokio::select! {
                () = woken => {}
                () = tokio::time::sleep(LOOK) => {}
                _ = shutdown.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Numbers what is there now, one batch; says whether there may be more.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn step(&mut self) -> Result<bool, StoreError> {
        const OPERATION: &str = "numbering events";
        let mut tx = self.database.engine.begin().await.map_err(store_error(OPERATION))?;
        let row = sqlx::query("select position, floor from escalon.sequencer for update")
            .fetch_one(&mut *tx)
            .await
            .map_err(store_error(OPERATION))?;
        let read = |name| row.try_get::<i64, _>(name).map_err(store_error(OPERATION));
        let (position, floor) = (read("position")?, read("floor")?);
        if self.met.is_none() {
            self.gaps.clear();
        }
        let met = self.met.unwrap_or(floor);
        let (oldest, own) = horizon(&mut tx).await?;
        self.gaps.values_mut().for_each(|bound| _ = bound.get_or_insert(own));
        let missing: Vec<i64> = self.gaps.keys().copied().collect();

        // Written so that each part is a look into an index, however many events there are.
        let seen: Vec<(i64, bool)> = sqlx::query_as(
            "select e.insertion, p.position is not null
             from (
                 (select insertion from escalon.events where insertion > $1 order by insertion limit $3)
                 union all
                 select insertion from escalon.events where insertion = any($2)
             ) e
             left join lateral (
                 select position from escalon.event_positions p where p.insertion = e.insertion limit 1
             ) p on true
             order by e.insertion limit $3",
        )
        .bind(met)
        .bind(&missing)
        .bind(BATCH)
        .fetch_all(&mut *tx)
        .await
        .map_err(store_error(OPERATION))?;

        let settled = met;
        self.tell_others(&mut tx, &seen, settled).await?;
        let fresh: Vec<i64> =
            seen.iter().filter(|(_, numbered)| !numbered).map(|(insertion, _)| *insertion).collect();
        let (met, mut gaps) = self.after(met, &seen);
        // Whoever could own these had ended before this look, and the look did not find them: they will never come.
        gaps.retain(|_, bound| bound.is_none_or(|bound| bound > oldest));
        let head = position + i64::try_from(fresh.len()).unwrap_or_default();
        let settled = gaps.keys().next().map_or(met, |first| first - 1).max(floor);
        if !fresh.is_empty() || settled > floor {
            sqlx::query(
                "with numbered as (
                     insert into escalon.event_positions (position, insertion)
                     select $1 + place, insertion from unnest($2::bigint[]) with ordinality as n (insertion, place))
                 update escalon.sequencer set position = $3, floor = $4",
            )
            .bind(position)
            .bind(&fresh)
            .bind(head)
            .bind(settled)
            .execute(&mut *tx)
            .await
            .map_err(store_error(OPERATION))?;
        }
        tx.commit().await.map_err(store_error(OPERATION))?;
        (self.met, self.gaps) = (Some(met), gaps);
        self.head.send_if_modified(|known| std::mem::replace(known, head) != head);
        if !fresh.is_empty() {
            feed::tell(&self.database, head).await;
        }
        metrics::gauge!("escalon_feed_position").set(head as f64);
        Ok(i64::try_from(seen.len()).is_ok_and(|count| count >= BATCH))
    }

    /// Tells the cache which streams others appended to.
    async fn tell_others(
        &self,
        connection: &mut PgConnection,
        seen: &[(i64, bool)],
        settled: i64,
    ) -> Result<(), StoreError> {
        // At the first look everything may be new, and nothing older is in the cache.
        let Some((own, cache)) = self.others.as_ref().filter(|_| self.met.is_some()) else { return Ok(()) };
        let others = own.others(seen.iter().map(|(insertion, _)| *insertion), settled);
        if others.is_empty() {
            return Ok(());
        }
        let streams: Vec<(String, i64)> =
            sqlx::query_as("select aggregate_id, sequence from escalon.events where insertion = any($1)")
                .bind(&others)
                .fetch_all(connection)
                .await
                .map_err(store_error("numbering events"))?;
        streams.iter().for_each(|(stream, version)| cache.moved(stream, version.unsigned_abs()));
        Ok(())
    }

    /// The highest number met, and the gaps below it, after these numbers were seen.
    fn after(&self, met: i64, seen: &[(i64, bool)]) -> (i64, BTreeMap<i64, Option<i64>>) {
        let mut gaps = self.gaps.clone();
        let mut met = met;
        for (insertion, _) in seen {
            gaps.remove(insertion);
            gaps.extend((met + 1..*insertion).map(|missing| (missing, None)));
            met = met.max(*insertion);
        }
        (met, gaps)
    }
}

/// The id below which every transaction has ended, and the sequencer's own, which is higher than any given out before.
async fn horizon(connection: &mut PgConnection) -> Result<(i64, i64), StoreError> {
    sqlx::query_as(
        "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_current_xact_id()::text::bigint",
    )
    .fetch_one(connection)
    .await
    .map_err(store_error("numbering events"))
}
