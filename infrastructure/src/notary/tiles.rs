//! Tiles as rows.

use std::collections::{BTreeMap, BTreeSet};

use escalon_application::ports::StoreError;
use escalon_proof::{
    Hash,
    tiles::{TileId, Tiles, WIDTH},
};
use sqlx::PgConnection;

use crate::error::store_error;

const OPERATION: &str = "reading the notary's tree";

/// The tiles of some trees, as far as they are there.
pub(super) async fn read(
    connection: &mut PgConnection,
    wanted: impl IntoIterator<Item = (&str, TileId)>,
) -> Result<BTreeMap<String, Tiles>, StoreError> {
    let (mut organizations, mut levels, mut indexes) = (Vec::new(), Vec::new(), Vec::new());
    for (organization, id) in wanted {
        organizations.push(organization);
        levels.push(i32::try_from(id.level).unwrap_or(i32::MAX));
        indexes.push(signed(id.index)?);
    }
    let rows: Vec<(String, i32, i64, Vec<u8>)> = sqlx::query_as(
        "select organization, level, tile, hashes
         from unnest($1::text[], $2::int[], $3::bigint[]) as w (organization, level, tile)
         join escalon.notary_tiles using (organization, level, tile)",
    )
    .bind(organizations)
    .bind(levels)
    .bind(indexes)
    .fetch_all(connection)
    .await
    .map_err(store_error(OPERATION))?;
    let mut trees = BTreeMap::<String, Tiles>::new();
    for (organization, level, tile, bytes) in rows {
        let id = TileId { level: level.unsigned_abs(), index: tile.unsigned_abs() };
        trees.entry(organization).or_default().insert(id, hashes(&bytes));
    }
    Ok(trees)
}

/// The tiles of one tree.
pub(super) async fn read_one(
    connection: &mut PgConnection,
    organization: &str,
    wanted: BTreeSet<TileId>,
) -> Result<Tiles, StoreError> {
    let mut trees = read(connection, wanted.into_iter().map(|id| (organization, id))).await?;
    Ok(trees.remove(organization).unwrap_or_default())
}

/// A tile that is to be written, with the positions that are new in it.
pub(super) struct Changed<'a> {
    pub(super) organization: &'a str,
    pub(super) id: TileId,
    pub(super) hashes: Vec<Hash>,
    /// Of level 0 only.
    pub(super) positions: Option<Vec<i64>>,
}

pub(super) async fn write(connection: &mut PgConnection, tiles: Vec<Changed<'_>>) -> Result<(), StoreError> {
    let mut columns = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for tile in tiles {
        columns.0.push(tile.organization.to_owned());
        columns.1.push(i32::try_from(tile.id.level).unwrap_or(i32::MAX));
        columns.2.push(signed(tile.id.index)?);
        columns.3.push(tile.hashes.iter().flat_map(|hash| hash.0).collect::<Vec<u8>>());
        columns.5.push(tile.positions.as_ref().and_then(|positions| positions.first().copied()));
        let bytes =
            |positions: Vec<i64>| positions.into_iter().flat_map(i64::to_be_bytes).collect::<Vec<u8>>();
        columns.4.push(tile.positions.map(bytes));
    }
    sqlx::query(
        "insert into escalon.notary_tiles as t (organization, level, tile, hashes, positions, first)
         select * from unnest($1::text[], $2::int[], $3::bigint[], $4::bytea[], $5::bytea[], $6::bigint[])
         on conflict (organization, level, tile)
         do update set hashes = excluded.hashes, positions = t.positions || excluded.positions",
    )
    .bind(columns.0)
    .bind(columns.1)
    .bind(columns.2)
    .bind(columns.3)
    .bind(columns.4)
    .bind(columns.5)
    .execute(connection)
    .await
    .map_err(store_error("writing the notary's tree"))?;
    Ok(())
}

/// The hashes of a tile.
pub(super) fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes.chunks_exact(32).filter_map(|chunk| chunk.try_into().ok().map(Hash)).collect()
}

/// The positions of a tile.
pub(super) fn positions(bytes: &[u8]) -> Vec<i64> {
    bytes.chunks_exact(8).filter_map(|chunk| chunk.try_into().ok().map(i64::from_be_bytes)).collect()
}

/// The tile of a leaf, and the place in it.
pub(super) const fn of_leaf(index: u64) -> (u64, usize) {
    (index / WIDTH, (index % WIDTH) as usize)
}

/// A number as PostgreSQL has it.
pub(super) fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|error| StoreError::broken(OPERATION, error))
}
