//! Events in position order: what every consumer reads. How positions come about is the [`crate::sequencer`]'s business.

mod bulk;
mod listen;
mod parts;
mod tail;
mod tuples;

use std::{sync::Arc, time::Duration};

use escalon_application::ports::{StoreError, StoredEvent, StreamKey};
use escalon_domain::organization::OrganizationId;
use sqlx::{PgConnection, Row, postgres::PgRow};
use tokio::sync::watch;

pub use bulk::{BulkEvent, BulkEvents, Positions, Prefix, Streams};
pub(crate) use listen::tell;
pub use listen::{CHANNEL, listen};
pub use parts::{Part, Parts};

use self::tail::Tail;
use crate::{
    database::Database, error::store_error, store::stored_event, subscription::Progress, vault::Vault,
};

/// A stored event with its position.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedEvent {
    /// Its dense number, from 1, in an order that never changes.
    pub position: i64,
    /// The event.
    pub event: StoredEvent,
}

/// The events of all organizations in position order. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Feed {
    database: Database,
    head: watch::Receiver<i64>,
    tail: Arc<Tail>,
    progress: Arc<Progress>,
    vault: Vault,
}

const COLUMNS: &str =
    "p.position, e.aggregate_type, e.aggregate_id, e.sequence, e.event_type, e.event_version,
    e.payload::text as payload, e.metadata::text as metadata, e.recorded_at, e.insertion, e.hash
    from escalon.event_positions p join escalon.events e on e.insertion = p.insertion";

impl Feed {
    /// A feed over this database, with personal values opened; `head` is the sequencer's.
    #[must_use]
    pub fn new(database: Database, head: watch::Receiver<i64>, vault: Vault) -> Self {
        Self { database, head, tail: Arc::default(), progress: Arc::default(), vault }
    }

    /// How far the subscriptions of this process are that follow this feed.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The last position this process knows of.
    #[must_use]
    pub fn head(&self) -> i64 {
        *self.head.borrow()
    }

    /// Sees each new head.
    #[must_use]
    pub fn changed(&self) -> watch::Receiver<i64> {
        self.head.clone()
    }

    /// Up to `limit` events after a position, of all organizations, on the engine's connection.
    ///
    /// # Errors
    /// The database cannot be reached, or holds something unreadable.
    pub async fn read(
        &self,
        connection: &mut PgConnection,
        after: i64,
        limit: i64,
    ) -> Result<Vec<FeedEvent>, StoreError> {
        let sql = format!("select {COLUMNS} where p.position > $1 order by p.position limit $2");
        let rows = sqlx::query(&sql).bind(after).bind(limit).fetch_all(connection).await;
        self.opened(&rows.map_err(store_error("reading the feed"))?).await
    }

    /// The events at these positions, in order.
    ///
    /// # Errors
    /// The database cannot be reached, or holds something unreadable.
    pub async fn read_at(
        &self,
        connection: &mut PgConnection,
        positions: &[i64],
    ) -> Result<Vec<FeedEvent>, StoreError> {
        let sql = format!("select {COLUMNS} where p.position = any($1) order by p.position");
        let rows = sqlx::query(&sql).bind(positions).fetch_all(connection).await;
        self.opened(&rows.map_err(store_error("reading the feed"))?).await
    }

    /// The same for those who follow the feed as it grows: what several of them ask for is read once.
    ///
    /// # Errors
    /// The database cannot be reached, or holds something unreadable.
    pub async fn follow(&self, after: i64, limit: i64) -> Result<Vec<Arc<FeedEvent>>, StoreError> {
        let read = async || {
            let mut connection =
                self.database.engine.acquire().await.map_err(store_error("reading the feed"))?;
            self.read(&mut connection, after, limit).await
        };
        self.tail.after(after, limit, read).await
    }

    /// Forgets what was read: after a failover, the database may have given the latest positions to other events, and what
    /// belonged to somebody who was forgotten is not to stay in memory.
    pub fn forget(&self) {
        self.tail.clear();
    }

    /// Up to `limit` events of one stream, from a position up to another.
    ///
    /// # Errors
    /// The database cannot be reached, or holds something unreadable.
    pub(crate) async fn read_stream(
        &self,
        connection: &mut PgConnection,
        stream: &StreamKey,
        from: i64,
        to: i64,
        limit: i64,
    ) -> Result<Vec<FeedEvent>, StoreError> {
        let sql = format!(
            "select {COLUMNS} where e.aggregate_type = $1 and e.aggregate_id = $2 and p.position between $3 and $4
             order by p.position limit $5"
        );
        let query = sqlx::query(&sql).bind(&stream.kind).bind(&stream.id).bind(from).bind(to).bind(limit);
        let rows = query.fetch_all(connection).await;
        self.opened(&rows.map_err(store_error("reading a stream's part of the feed"))?).await
    }

    /// Up to `limit` events of one organization after a position, and the position up to which this was looked.
    ///
    /// # Errors
    /// The database cannot be reached, or holds something unreadable.
    pub async fn read_organization(
        &self,
        organization: OrganizationId,
        after: i64,
        limit: i64,
    ) -> Result<(Vec<FeedEvent>, i64), StoreError> {
        let head = self.head();
        let sql = format!(
            "select {COLUMNS} where p.position > $1 and p.position <= $2 and e.organization = $3
             order by p.position limit $4"
        );
        let query = sqlx::query(&sql).bind(after).bind(head).bind(organization.to_string()).bind(limit);
        let rows = query.fetch_all(&self.database.engine).await.map_err(store_error("reading the feed"))?;
        let events = self.opened(&rows).await?;
        let full = i64::try_from(events.len()).is_ok_and(|count| count >= limit);
        let seen = if full { events.last().map_or(after, |last| last.position) } else { head.max(after) };
        Ok((events, seen))
    }

    async fn opened(&self, rows: &[PgRow]) -> Result<Vec<FeedEvent>, StoreError> {
        let mut events: Vec<FeedEvent> = rows.iter().map(feed_event).collect::<Result<_, _>>()?;
        let payloads = events
            .iter_mut()
            .map(|FeedEvent { event, .. }| (event.metadata.organization, &mut event.payload));
        self.vault.open(payloads).await?;
        Ok(events)
    }

    /// The insertion number of the event stored last, if there is any.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn last_insertion(&self) -> Result<Option<i64>, StoreError> {
        sqlx::query_scalar("select max(insertion) from escalon.events")
            .fetch_one(&self.database.engine)
            .await
            .map_err(store_error("looking up the last event"))
    }

    /// The position of an insertion, waiting for the sequencer to number it; none when that takes longer than `patience`.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn position_of(&self, insertion: i64, patience: Duration) -> Result<Option<i64>, StoreError> {
        let deadline = tokio::time::Instant::now() + patience;
        let mut head = self.head.clone();
        loop {
            head.mark_unchanged();
            let found: Option<i64> =
                sqlx::query_scalar("select position from escalon.event_positions where insertion = $1")
                    .bind(insertion)
                    .fetch_optional(&self.database.engine)
                    .await
                    .map_err(store_error("looking up a position"))?;
            if found.is_some() {
                return Ok(found);
            }
            if !matches!(tokio::time::timeout_at(deadline, head.changed()).await, Ok(Ok(()))) {
                return Ok(None);
            }
        }
    }
}

fn feed_event(row: &PgRow) -> Result<FeedEvent, StoreError> {
    let position = row.try_get("position").map_err(store_error("reading the feed"))?;
    Ok(FeedEvent { position, event: stored_event(row)? })
}
