//! The trees grow with the feed: leaves and position move in one transaction, so each event is one leaf, once.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use escalon_application::ports::StoreError;
use escalon_proof::{
    Hash,
    export::Moment,
    tiles::{Edge, TileId, WIDTH},
    tree::event_leaf,
};
use sqlx::PgConnection;

use super::{
    Notary,
    tiles::{self, Changed},
};
use crate::error::store_error;

const OPERATION: &str = "growing the notary's trees";
/// How many events are taken at once.
const BATCH: i64 = 4_000;

/// An event, as far as the tree needs it.
type Row = (i64, String, Vec<u8>, DateTime<Utc>);

/// A leaf with the position of its event.
struct Leaf {
    position: i64,
    hash: Hash,
}

impl Notary {
    /// The last position that the trees cover.
    pub(super) async fn position(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar("select position from escalon.notary")
            .fetch_one(&self.database.engine)
            .await
            .map_err(store_error(OPERATION))
    }

    /// Takes a batch of events; says whether there may be more. When another process is at it, there is nothing to do.
    pub(super) async fn grow(&self) -> Result<bool, StoreError> {
        let mut tx = self.database.engine.begin().await.map_err(store_error(OPERATION))?;
        // If a crash of the database loses the batch, it comes again and gives the same leaves.
        let lazily = sqlx::query("set local synchronous_commit = off").execute(&mut *tx).await;
        lazily.map_err(store_error(OPERATION))?;
        let position: Option<i64> =
            sqlx::query_scalar("select position from escalon.notary for update skip locked")
                .fetch_optional(&mut *tx)
                .await
                .map_err(store_error(OPERATION))?;
        let Some(position) = position else { return Ok(false) };
        let rows: Vec<Row> = sqlx::query_as(
            "select p.position, e.organization, e.hash, e.recorded_at
             from escalon.event_positions p join escalon.events e on e.insertion = p.insertion
             where p.position > $1 order by p.position limit $2",
        )
        .bind(position)
        .bind(BATCH)
        .fetch_all(&mut *tx)
        .await
        .map_err(store_error(OPERATION))?;
        let Some(last) = rows.last().map(|row| row.0) else { return Ok(false) };
        let count = rows.len();
        if last - position != count as i64 {
            tracing::error!(
                after = position,
                up_to = last,
                found = count,
                "events that had a position are gone from the database"
            );
        }
        append(&mut tx, leaves(rows)?).await?;
        sqlx::query("update escalon.notary set position = $1, updated_at = now()")
            .bind(last)
            .execute(&mut *tx)
            .await
            .map_err(store_error(OPERATION))?;
        tx.commit().await.map_err(store_error(OPERATION))?;
        Ok(count as i64 >= BATCH)
    }
}

/// The new leaves of each organization, in order.
fn leaves(rows: Vec<Row>) -> Result<BTreeMap<String, Vec<Leaf>>, StoreError> {
    let mut leaves = BTreeMap::<String, Vec<Leaf>>::new();
    for (position, organization, hash, recorded_at) in rows {
        let hash: [u8; 32] =
            hash.try_into().map_err(|_| StoreError::broken(OPERATION, "an event has no hash of 32 bytes"))?;
        let hash = event_leaf(&Hash(hash), position, Moment::from(recorded_at).0);
        leaves.entry(organization).or_default().push(Leaf { position, hash });
    }
    Ok(leaves)
}

async fn append(tx: &mut PgConnection, leaves: BTreeMap<String, Vec<Leaf>>) -> Result<(), StoreError> {
    let organizations: Vec<&str> = leaves.keys().map(String::as_str).collect();
    let sizes = lock(tx, &organizations).await?;
    let edges = sizes.iter().flat_map(|(organization, size)| {
        Edge::tiles(*size).into_iter().map(|(id, _)| (organization.as_str(), id))
    });
    let mut trees = tiles::read(tx, edges).await?;
    let (mut changed, mut grown) = (Vec::new(), Vec::new());
    for (organization, leaves) in &leaves {
        let size = sizes.get(organization).copied().unwrap_or_default();
        let tiles = trees.remove(organization).unwrap_or_default();
        let mut edge = Edge::new(size, &tiles).map_err(|damaged| {
            let what = format!(
                "{damaged} (organization {organization}); somebody changed escalon.notary_tiles: see docs/proof.md"
            );
            StoreError::broken(OPERATION, what)
        })?;
        leaves.iter().for_each(|leaf| edge.push(leaf.hash));
        grown.push(tiles::signed(edge.size())?);
        for (id, hashes) in edge.changed() {
            let positions = (id.level == 0).then(|| new_positions(id, size, leaves));
            changed.push(Changed { organization, id, hashes, positions });
        }
    }
    tiles::write(tx, changed).await?;
    sqlx::query(
        "update escalon.notary_trees t set size = g.size
         from unnest($1::text[], $2::bigint[]) as g (organization, size) where t.organization = g.organization",
    )
    .bind(&organizations)
    .bind(grown)
    .execute(tx)
    .await
    .map_err(store_error(OPERATION))?;
    Ok(())
}

/// The sizes of these trees, which stay locked.
async fn lock(tx: &mut PgConnection, organizations: &[&str]) -> Result<BTreeMap<String, u64>, StoreError> {
    sqlx::query(
        "insert into escalon.notary_trees (organization, size) select o, 0 from unnest($1::text[]) o
         on conflict do nothing",
    )
    .bind(organizations)
    .execute(&mut *tx)
    .await
    .map_err(store_error(OPERATION))?;
    let sizes: Vec<(String, i64)> = sqlx::query_as(
        "select organization, size from escalon.notary_trees where organization = any($1)
         order by organization for update",
    )
    .bind(organizations)
    .fetch_all(tx)
    .await
    .map_err(store_error(OPERATION))?;
    Ok(sizes.into_iter().map(|(organization, size)| (organization, size.unsigned_abs())).collect())
}

/// The positions of those leaves that are new in a tile; the tree had `size` leaves before.
fn new_positions(tile: TileId, size: u64, leaves: &[Leaf]) -> Vec<i64> {
    let begin = (tile.index * WIDTH).max(size) - size;
    let end = (tile.index + 1) * WIDTH - size;
    let new = leaves.iter().take(usize::try_from(end).unwrap_or(usize::MAX));
    new.skip(usize::try_from(begin).unwrap_or(usize::MAX)).map(|leaf| leaf.position).collect()
}
