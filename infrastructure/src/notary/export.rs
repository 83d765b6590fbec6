//! A whole history as lines, read tile by tile, so that memory does not grow with it. Everything is as it is stored:
//! personal values stay sealed.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use escalon_application::ports::StoreError;
use escalon_proof::{
    Hash,
    checkpoint::SignedCheckpoint,
    export::{CheckpointLine, EventLine, HISTORY, Header, write},
    tiles::WIDTH,
};
use sqlx::{PgConnection, Row, postgres::PgRow};

use super::{ledger::Ledger, tiles};
use crate::error::store_error;

const OPERATION: &str = "exporting a history";

/// A history on its way out. It ends with one checkpoint, and may have earlier ones in between.
#[derive(Debug)]
pub struct Export {
    ledger: Ledger,
    organization: String,
    last: SignedCheckpoint,
    /// Earlier checkpoints, the smallest last.
    earlier: Vec<SignedCheckpoint>,
    header: Option<Header>,
    tile: u64,
}

impl Export {
    /// The history up to this checkpoint; with every checkpoint that was signed on the way, if `all` of them are wanted.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn new(
        ledger: Ledger,
        organization: String,
        last: SignedCheckpoint,
        all: bool,
    ) -> Result<Self, StoreError> {
        let size = last.unverified().size;
        let mut earlier =
            if all { ledger.checkpoints(&organization, size.saturating_sub(1)).await? } else { Vec::new() };
        earlier.reverse();
        let header = Header {
            format: HISTORY.to_owned(),
            organization: organization.clone(),
            origin: last.unverified().origin.clone(),
            events: size,
            checkpoints: earlier.len() as u64 + 1,
        };
        Ok(Self { ledger, organization, last, earlier, header: Some(header), tile: 0 })
    }

    /// How many events there are in all.
    #[must_use]
    pub const fn events(&self) -> u64 {
        self.last.unverified().size
    }

    /// The next lines, each with its line end, and how many events they hold; none after the last.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn next(&mut self) -> Result<Option<(String, u64)>, StoreError> {
        let mut text = String::new();
        if let Some(header) = self.header.take() {
            line(&mut text, &header)?;
        }
        let size = self.last.unverified().size;
        let begin = self.tile * WIDTH;
        if self.tile > 0 && begin >= size {
            return Ok(None);
        }
        let mut connection = self.ledger.database().engine.acquire().await.map_err(store_error(OPERATION))?;
        let leaves = leaves(&mut connection, &self.organization, self.tile, size).await?;
        let events = events(&mut connection, &leaves).await?;
        for event in &events {
            line(&mut text, event)?;
            self.checkpoint(&mut text, event.index + 1)?;
        }
        self.tile += 1;
        if self.tile * WIDTH >= size {
            line(&mut text, &CheckpointLine { checkpoint: self.last.to_string() })?;
        }
        Ok(Some((text, events.len() as u64)))
    }

    /// The earlier checkpoints that cover up to so many events.
    fn checkpoint(&mut self, text: &mut String, size: u64) -> Result<(), StoreError> {
        while let Some(earlier) = self.earlier.pop_if(|earlier| earlier.unverified().size <= size) {
            line(text, &CheckpointLine { checkpoint: earlier.to_string() })?;
        }
        Ok(())
    }
}

fn line(text: &mut String, line: &impl serde::Serialize) -> Result<(), StoreError> {
    text.push_str(&write(line).map_err(|error| StoreError::broken(OPERATION, error))?);
    text.push('\n');
    Ok(())
}

/// Number, position and leaf of the events of a tile, of those that the checkpoint covers.
async fn leaves(
    connection: &mut PgConnection,
    organization: &str,
    tile: u64,
    size: u64,
) -> Result<Vec<(u64, i64, Hash)>, StoreError> {
    let row: Option<(Vec<u8>, Vec<u8>)> = sqlx::query_as(
        "select hashes, positions from escalon.notary_tiles where organization = $1 and level = 0 and tile = $2",
    )
    .bind(organization)
    .bind(tiles::signed(tile)?)
    .fetch_optional(connection)
    .await
    .map_err(store_error(OPERATION))?;
    let Some((hashes, positions)) = row else { return Ok(Vec::new()) };
    let numbered = (tile * WIDTH..size).zip(tiles::positions(&positions));
    Ok(numbered
        .zip(tiles::hashes(&hashes))
        .map(|((index, position), leaf)| (index, position, leaf))
        .collect())
}

const COLUMNS: &str =
    "p.position, e.aggregate_type, e.aggregate_id, e.sequence, e.event_type, e.event_version,
    e.payload::text as payload, e.metadata::text as metadata, e.occurred_at, e.recorded_at, e.hash";

/// The events with these numbers, positions and leaves. One that is gone from the database is left out: whoever verifies
/// will miss it.
pub(super) async fn events(
    connection: &mut PgConnection,
    leaves: &[(u64, i64, Hash)],
) -> Result<Vec<EventLine<'static>>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from escalon.event_positions p join escalon.events e on e.insertion = p.insertion
         where p.position = any($1) order by p.position"
    );
    let positions: Vec<i64> = leaves.iter().map(|(_, position, _)| *position).collect();
    let rows =
        sqlx::query(&sql).bind(positions).fetch_all(connection).await.map_err(store_error(OPERATION))?;
    let places: HashMap<i64, (u64, Hash)> =
        leaves.iter().map(|(index, position, leaf)| (*position, (*index, *leaf))).collect();
    let event = |row: &PgRow| -> Result<Option<EventLine<'static>>, sqlx::Error> {
        let position: i64 = row.try_get("position")?;
        let Some((index, leaf)) = places.get(&position).copied() else { return Ok(None) };
        let text = |name| row.try_get::<String, _>(name).map(Into::into);
        let hash: Vec<u8> = row.try_get("hash")?;
        Ok(Some(EventLine {
            index,
            position,
            kind: text("aggregate_type")?,
            id: text("aggregate_id")?,
            sequence: row.try_get::<i64, _>("sequence")?.unsigned_abs(),
            name: text("event_type")?,
            version: text("event_version")?,
            occurred_at: row.try_get::<DateTime<Utc>, _>("occurred_at")?.into(),
            recorded_at: row.try_get::<DateTime<Utc>, _>("recorded_at")?.into(),
            payload: text("payload")?,
            metadata: text("metadata")?,
            hash: tiles::hashes(&hash).first().copied().unwrap_or(Hash::ZERO),
            leaf,
        }))
    };
    rows.iter()
        .filter_map(|row| event(row).transpose())
        .collect::<Result<_, _>>()
        .map_err(store_error(OPERATION))
}

/// The hash of the event before this one in its stream; none when that event is gone.
pub(super) async fn previous(
    connection: &mut PgConnection,
    event: &EventLine<'_>,
) -> Result<Option<Hash>, StoreError> {
    if event.sequence <= 1 {
        return Ok(Some(Hash::ZERO));
    }
    let hash: Option<Vec<u8>> = sqlx::query_scalar(
        "select hash from escalon.events where aggregate_type = $1 and aggregate_id = $2 and sequence = $3",
    )
    .bind(&*event.kind)
    .bind(&*event.id)
    .bind(tiles::signed(event.sequence - 1)?)
    .fetch_optional(connection)
    .await
    .map_err(store_error(OPERATION))?;
    Ok(hash.and_then(|hash| tiles::hashes(&hash).first().copied()))
}

/// Whether the event at a position is one of the organization's.
pub(super) async fn belongs(
    connection: &mut PgConnection,
    organization: &str,
    position: i64,
) -> Result<bool, StoreError> {
    sqlx::query_scalar(
        "select exists (select 1 from escalon.event_positions p join escalon.events e on e.insertion = p.insertion
            where p.position = $1 and e.organization = $2)",
    )
    .bind(position)
    .bind(organization)
    .fetch_one(connection)
    .await
    .map_err(store_error("looking up an event"))
}
