//! Events in bulk, for builds that read the whole history: `COPY` out of the database, row by row, in memory that does not
//! grow with the history.

use escalon_application::ports::StoreError;
use escalon_domain::{organization::OrganizationId, stamp::Timestamp};
use futures::{StreamExt, stream::BoxStream};
use sqlx::{Executor, PgConnection};

use super::{
    Feed,
    tuples::{Tuple, Tuples},
};
use crate::error::store_error;

const OPERATION: &str = "reading events in bulk";

/// The events at positions 1 to `position`, told by insertion numbers, so that they can be read without looking up the
/// position of each. What has a position never loses or changes it: this is the same set of events for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefix {
    /// The last position of it.
    pub position: i64,
    /// Every event up to this insertion number belongs to it.
    pub settled: i64,
    /// No event beyond this insertion number belongs to it.
    pub highest: i64,
}

/// Some streams of one kind, by id in the database's order.
#[derive(Debug, Clone, Copy)]
pub struct Streams<'r> {
    /// The kind.
    pub kind: &'r str,
    /// Those after this id, or from the first.
    pub after: Option<&'r str>,
    /// Those up to this id, or to the last.
    pub until: Option<&'r str>,
}

/// Some positions.
#[derive(Debug, Clone, Copy)]
pub struct Positions<'r> {
    /// Those after this one.
    pub after: i64,
    /// Those up to this one.
    pub until: i64,
    /// Only events of streams of these kinds; of all, when there are none.
    pub kinds: &'r [&'r str],
    /// Only events of this organization.
    pub organization: Option<&'r str>,
    /// Only what had happened in the world by this time.
    pub occurred_until: Option<Timestamp>,
    /// Only what was recorded by this time.
    pub recorded_until: Option<Timestamp>,
}

impl Positions<'_> {
    /// Every event after one position and up to another.
    #[must_use]
    pub const fn between(after: i64, until: i64) -> Self {
        Self { after, until, kinds: &[], organization: None, occurred_until: None, recorded_until: None }
    }
}

/// An event as bulk reading gives it: texts as they are stored, nothing parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkEvent {
    /// Its position; 0 when streams were read.
    pub position: i64,
    /// The kind of its stream.
    pub kind: String,
    /// Its stream.
    pub stream: String,
    /// Its place in the stream, from 1.
    pub sequence: i64,
    /// Its stored name.
    pub name: String,
    /// The organization it belongs to.
    pub organization: String,
    /// What happened, as JSON.
    pub payload: String,
    /// Why and by whom, as JSON; empty when streams were read, which nobody asks.
    pub metadata: String,
    /// When it was stored.
    pub recorded_at: Timestamp,
}

/// Events on their way out of the database.
pub struct BulkEvents<'c> {
    tuples: Tuples<BoxStream<'c, Result<bytes::Bytes, sqlx::Error>>>,
}

impl Feed {
    /// Everything that has a position now.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn prefix(&self) -> Result<Prefix, StoreError> {
        // One statement, so one snapshot: the highest insertion number is that of the positions up to this one.
        let (position, settled, highest): (i64, i64, i64) = sqlx::query_as(
            "select position, floor, (select coalesce(max(insertion), 0) from escalon.event_positions)
             from escalon.sequencer",
        )
        .fetch_one(&self.database.engine)
        .await
        .map_err(store_error("looking up the last position"))?;
        Ok(Prefix { position, settled: settled.min(highest), highest })
    }

    /// The events of these streams within the prefix, stream by stream in their order.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn read_streams<'c>(
        &self,
        connection: &'c mut PgConnection,
        streams: Streams<'_>,
        prefix: Prefix,
    ) -> Result<BulkEvents<'c>, StoreError> {
        // The primary key has the order; sorting instead would read everything first.
        let plan = "set enable_sort = off; set enable_seqscan = off; set enable_bitmapscan = off";
        connection.execute(sqlx::raw_sql(plan)).await.map_err(store_error(OPERATION))?;
        let mut within = format!("e.aggregate_type = {}", literal(streams.kind));
        for (sign, bound) in [(">", streams.after), ("<=", streams.until)] {
            if let Some(id) = bound {
                within.push_str(&format!(" and e.aggregate_id {sign} {}", literal(id)));
            }
        }
        let Prefix { position, settled, highest } = prefix;
        // A late event has a low number and a position beyond the prefix. The inner select is one that is never hashed.
        let late = format!(
            "e.insertion <= {highest} and coalesce((select p.position <= {position} from escalon.event_positions p
                where p.insertion = e.insertion), false)"
        );
        self.copy(
            connection,
            &format!(
                "0::bigint, {COLUMNS}, ''::text, e.recorded_at from escalon.events e where {within} and (e.insertion <= {settled} or ({late}))
                 order by e.aggregate_type, e.aggregate_id, e.sequence"
            ),
        )
        .await
    }

    /// The events at these positions, in no particular order.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn read_positions<'c>(
        &self,
        connection: &'c mut PgConnection,
        positions: Positions<'_>,
    ) -> Result<BulkEvents<'c>, StoreError> {
        let Positions { after, until, kinds, organization, occurred_until, recorded_until } = positions;
        let mut wanted = String::new();
        if !kinds.is_empty() {
            let kinds: Vec<String> = kinds.iter().map(|kind| literal(kind)).collect();
            wanted.push_str(&format!(" and e.aggregate_type in ({})", kinds.join(", ")));
        }
        if let Some(organization) = organization {
            wanted.push_str(&format!(" and e.organization = {}", literal(organization)));
        }
        for (column, bound) in [("occurred_at", occurred_until), ("recorded_at", recorded_until)] {
            if let Some(time) = bound {
                wanted.push_str(&format!(" and e.{column} <= {}::timestamptz", literal(&time.to_rfc3339())));
            }
        }
        self.copy(
            connection,
            &format!(
                "p.position, {COLUMNS}, e.metadata, e.recorded_at from escalon.event_positions p join escalon.events e on e.insertion = p.insertion
                 where p.position > {after} and p.position <= {until}{wanted}"
            ),
        )
        .await
    }

    /// Opens the personal values of events that were read in bulk.
    ///
    /// # Errors
    /// A key that cannot be had, or the database cannot be reached.
    pub async fn open<'e>(
        &self,
        events: impl IntoIterator<Item = &'e mut BulkEvent>,
    ) -> Result<(), StoreError> {
        let mut payloads = Vec::new();
        for event in events {
            let organization: OrganizationId =
                event.organization.parse().map_err(|error| StoreError::broken(OPERATION, error))?;
            payloads.push((organization, &mut event.payload));
        }
        self.vault.open(payloads).await
    }

    async fn copy<'c>(
        &self,
        connection: &'c mut PgConnection,
        select: &str,
    ) -> Result<BulkEvents<'c>, StoreError> {
        let sql = format!("copy (select {select}) to stdout (format binary)");
        let rows = connection.copy_out_raw(&sql).await.map_err(store_error(OPERATION))?;
        Ok(BulkEvents { tuples: Tuples::new(rows.boxed()) })
    }
}

const COLUMNS: &str = "e.aggregate_type, e.aggregate_id, e.sequence, e.event_type, e.organization, e.payload";

impl BulkEvents<'_> {
    /// The next event, if there is one.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn next(&mut self) -> Result<Option<BulkEvent>, StoreError> {
        let Some(mut tuple) = self.tuples.next().await? else { return Ok(None) };
        event(&mut tuple).map(Some).map_err(|source| StoreError::broken(OPERATION, source))
    }

    /// All that are left.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn rest(mut self) -> Result<Vec<BulkEvent>, StoreError> {
        let mut all = Vec::new();
        while let Some(event) = self.next().await? {
            all.push(event);
        }
        Ok(all)
    }
}

fn event(tuple: &mut Tuple<'_>) -> Result<BulkEvent, &'static str> {
    Ok(BulkEvent {
        position: tuple.number()?,
        kind: tuple.text()?,
        stream: tuple.text()?,
        sequence: tuple.number()?,
        name: tuple.text()?,
        organization: tuple.text()?,
        payload: tuple.text()?,
        metadata: tuple.text()?,
        recorded_at: tuple.moment()?,
    })
}

/// A text as a literal of SQL; `COPY` takes no parameters.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', "''"))
}
