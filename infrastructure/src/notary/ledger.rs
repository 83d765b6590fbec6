//! Reading what the notary wrote: checkpoints, and proofs made from the tree's tiles. A proof reads a few tiles, however
//! long the history is, and is verified before it is handed out.

use std::collections::BTreeSet;

use escalon_application::ports::{StoreError, StreamKey};
use escalon_proof::{
    checkpoint::{SignedCheckpoint, origin},
    export::{CONSISTENCY_PROOF, ConsistencyProof, EVENT_PROOF, EventProof},
    tiles::{DamagedTree, TileId, Tiles},
    tree::{consistency, inclusion, verify_consistency, verify_inclusion},
};
use sqlx::PgConnection;

use super::{export, tiles};
use crate::{database::Database, error::store_error};

const OPERATION: &str = "reading the notary's checkpoints";

/// Reads what the notary wrote. Cheap to clone. Whoever asks has seen to permissions.
#[derive(Debug, Clone)]
pub struct Ledger {
    database: Database,
}

/// How the notary stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotaryStatus {
    /// How many trees there are.
    pub trees: i64,
    /// How many checkpoints wait for the anchor.
    pub pending: i64,
    /// Which organizations' trees are not signed any more, and why.
    pub halted: Vec<(String, String)>,
}

/// Why something cannot be proven.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No checkpoint covers the event yet.
    #[error("the event is too new to be proven: the notary signs every few seconds; try again in a moment")]
    TooNew,
    /// No checkpoint has this size.
    #[error("no checkpoint covers exactly {size} events; {}", nearest(.around))]
    NoCheckpoint {
        /// The size that was asked for.
        size: u64,
        /// The nearest sizes that there are.
        around: Vec<u64>,
    },
    /// The order is wrong.
    #[error("the first size, {from}, is larger than the second, {to}; ask for the smaller one first")]
    Order {
        /// The first size.
        from: u64,
        /// The second size.
        to: u64,
    },
    /// The tree is not what was signed.
    #[error(
        "the stored tree is not the one that was signed ({0}); somebody changed it: export the history and verify it"
    )]
    Damaged(String),
}

fn nearest(around: &[u64]) -> String {
    match around {
        [] => "there is none yet".to_owned(),
        [one] => format!("the nearest one covers {one}"),
        [one, other, ..] => format!("the nearest ones cover {one} and {other}"),
    }
}

impl From<DamagedTree> for ProofError {
    fn from(damaged: DamagedTree) -> Self {
        Self::Damaged(damaged.to_string())
    }
}

impl Ledger {
    /// Over this database.
    #[must_use]
    pub const fn new(database: Database) -> Self {
        Self { database }
    }

    pub(super) const fn database(&self) -> &Database {
        &self.database
    }

    /// How the notary stands, for operators.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn status(&self) -> Result<NotaryStatus, StoreError> {
        let (trees, pending) = sqlx::query_as(
            "select (select count(*) from escalon.notary_trees),
                (select count(*) from escalon.notary_checkpoints where anchored_at is null)",
        )
        .fetch_one(&self.database.engine)
        .await
        .map_err(store_error(OPERATION))?;
        let halted = sqlx::query_as(
            "select organization, halted from escalon.notary_trees where halted is not null order by 1 limit 20",
        )
        .fetch_all(&self.database.engine)
        .await
        .map_err(store_error(OPERATION))?;
        Ok(NotaryStatus { trees, pending, halted })
    }

    /// The size of an organization's tree, and its last checkpoint.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn size(&self, organization: &str) -> Result<(u64, Option<SignedCheckpoint>), StoreError> {
        let size: Option<i64> =
            sqlx::query_scalar("select size from escalon.notary_trees where organization = $1")
                .bind(organization)
                .fetch_optional(&self.database.engine)
                .await
                .map_err(store_error(OPERATION))?;
        Ok((size.map_or(0, i64::unsigned_abs), self.latest(organization).await?))
    }

    /// An organization's last checkpoint.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn latest(&self, organization: &str) -> Result<Option<SignedCheckpoint>, StoreError> {
        let note: Option<String> = sqlx::query_scalar(
            "select note from escalon.notary_checkpoints where organization = $1 order by size desc limit 1",
        )
        .bind(organization)
        .fetch_optional(&self.database.engine)
        .await
        .map_err(store_error(OPERATION))?;
        note.map(|note| checkpoint(&note)).transpose()
    }

    /// All checkpoints up to a size, the smallest first.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn checkpoints(
        &self,
        organization: &str,
        up_to: u64,
    ) -> Result<Vec<SignedCheckpoint>, StoreError> {
        let notes: Vec<String> = sqlx::query_scalar(
            "select note from escalon.notary_checkpoints where organization = $1 and size <= $2 order by size",
        )
        .bind(organization)
        .bind(tiles::signed(up_to)?)
        .fetch_all(&self.database.engine)
        .await
        .map_err(store_error(OPERATION))?;
        notes.iter().map(|note| checkpoint(note)).collect()
    }

    /// The position of an event; none when the organization has no such event, or it has no position yet.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn position(
        &self,
        organization: &str,
        stream: &StreamKey,
        sequence: u64,
    ) -> Result<Option<i64>, StoreError> {
        sqlx::query_scalar(
            "select p.position from escalon.events e join escalon.event_positions p using (insertion)
             where e.aggregate_type = $1 and e.aggregate_id = $2 and e.sequence = $3 and e.organization = $4",
        )
        .bind(&stream.kind)
        .bind(&stream.id)
        .bind(tiles::signed(sequence)?)
        .bind(organization)
        .fetch_optional(&self.database.engine)
        .await
        .map_err(store_error("looking up an event"))
    }

    /// The proof for the event of an organization at a position, from its last checkpoint; none when there is no such event.
    ///
    /// # Errors
    /// See [`ProofError`].
    pub async fn prove(
        &self,
        organization: &str,
        position: i64,
    ) -> Result<Option<EventProof<'static>>, ProofError> {
        let mut connection = self.database.engine.acquire().await.map_err(store_error(OPERATION))?;
        let Some(index) = locate(&mut connection, organization, position).await? else {
            return if export::belongs(&mut connection, organization, position).await? {
                Err(ProofError::TooNew)
            } else {
                Ok(None)
            };
        };
        let signed = self.latest(organization).await?.ok_or(ProofError::TooNew)?;
        let size = signed.unverified().size;
        let path = inclusion(index, size).ok_or(ProofError::TooNew)?;
        let own = TileId { level: 0, index: tiles::of_leaf(index).0 };
        let wanted: BTreeSet<TileId> = Tiles::needed(&path).into_iter().chain([own]).collect();
        let tiles = tiles::read_one(&mut connection, organization, wanted).await?;
        let hashes = tiles.roots(&path)?;
        let leaf = tiles.root(&(index..index + 1))?;
        if verify_inclusion(leaf, index, size, &hashes) != Some(signed.unverified().root) {
            return Err(ProofError::Damaged("its parts do not add up to the signed root".to_owned()));
        }
        let gone = || ProofError::Damaged(format!("the event at position {position} is gone"));
        let event =
            export::events(&mut connection, &[(index, position, leaf)]).await?.pop().ok_or_else(gone)?;
        let previous = export::previous(&mut connection, &event).await?.ok_or_else(gone)?;
        Ok(Some(EventProof {
            format: EVENT_PROOF.to_owned(),
            origin: origin(organization),
            previous,
            event,
            hashes,
            checkpoint: signed.to_string(),
        }))
    }

    /// The proof that the checkpoint of one size goes on from the checkpoint of a smaller size.
    ///
    /// # Errors
    /// See [`ProofError`].
    pub async fn consistency(
        &self,
        organization: &str,
        from: u64,
        to: u64,
    ) -> Result<ConsistencyProof, ProofError> {
        let path = consistency(from, to).ok_or(ProofError::Order { from, to })?;
        let (old, new) = (self.of_size(organization, from).await?, self.of_size(organization, to).await?);
        let mut connection = self.database.engine.acquire().await.map_err(store_error(OPERATION))?;
        let hashes =
            tiles::read_one(&mut connection, organization, Tiles::needed(&path)).await?.roots(&path)?;
        let state = |signed: &SignedCheckpoint| (signed.unverified().size, signed.unverified().root);
        verify_consistency(state(&old), state(&new), &hashes)
            .map_err(|error| ProofError::Damaged(error.to_string()))?;
        Ok(ConsistencyProof {
            format: CONSISTENCY_PROOF.to_owned(),
            origin: origin(organization),
            from: old.to_string(),
            to: new.to_string(),
            hashes,
        })
    }

    async fn of_size(&self, organization: &str, size: u64) -> Result<SignedCheckpoint, ProofError> {
        let sizes: Vec<(i64, String)> = sqlx::query_as(
            "(select size, note from escalon.notary_checkpoints where organization = $1 and size <= $2
              order by size desc limit 1)
             union all
             (select size, note from escalon.notary_checkpoints where organization = $1 and size > $2
              order by size limit 1)",
        )
        .bind(organization)
        .bind(i64::try_from(size).unwrap_or(i64::MAX))
        .fetch_all(&self.database.engine)
        .await
        .map_err(store_error(OPERATION))?;
        match sizes.iter().find(|(found, _)| found.unsigned_abs() == size) {
            Some((_, note)) => Ok(checkpoint(note)?),
            None => {
                let around = sizes.iter().map(|(size, _)| size.unsigned_abs()).collect();
                Err(ProofError::NoCheckpoint { size, around })
            }
        }
    }
}

fn checkpoint(note: &str) -> Result<SignedCheckpoint, StoreError> {
    note.parse().map_err(|error| StoreError::broken(OPERATION, error))
}

/// The number of the leaf of an event; none while the tree does not have it.
async fn locate(
    connection: &mut PgConnection,
    organization: &str,
    position: i64,
) -> Result<Option<u64>, StoreError> {
    let found: Option<(i64, Vec<u8>)> = sqlx::query_as(
        "select tile, positions from escalon.notary_tiles
         where organization = $1 and level = 0 and first <= $2 order by first desc limit 1",
    )
    .bind(organization)
    .bind(position)
    .fetch_optional(connection)
    .await
    .map_err(store_error(OPERATION))?;
    Ok(found.and_then(|(tile, positions)| {
        let place = tiles::positions(&positions).binary_search(&position).ok()?;
        Some(tile.unsigned_abs() * escalon_proof::tiles::WIDTH + place as u64)
    }))
}
