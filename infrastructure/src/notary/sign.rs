//! Signing. Before a tree is signed, it is held against the checkpoint that was signed before: if the tree does not go on
//! from it, somebody changed what is stored, and the notary says so loudly instead of vouching for it.

use std::collections::{BTreeMap, BTreeSet};

use escalon_application::ports::StoreError;
use escalon_proof::{
    checkpoint::{Checkpoint, SignedCheckpoint, origin},
    note::Untrusted,
    tiles::{Edge, Tiles},
    tree::{NotConsistent, consistency, verify_consistency},
};
use sqlx::PgConnection;

use super::{Notary, halt::Halt, recall::Anchored, tiles};
use crate::error::store_error;

const OPERATION: &str = "signing a checkpoint";

/// What came of looking at a tree.
enum Outcome {
    Signed(Checkpoint),
    Halted(Halt),
    /// Another process is at it.
    Busy,
}

impl Notary {
    /// Signs every tree that grew; answers why some were not signed.
    pub(super) async fn sign_all(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let grown: Vec<String> = sqlx::query_scalar(
            "select organization from escalon.notary_trees where signed < size order by 1",
        )
        .fetch_all(&self.database.engine)
        .await
        .map_err(store_error(OPERATION))?;
        let mut halted = BTreeMap::new();
        let mut unreadable = false;
        for organization in grown {
            let outcome = match self.anchored(&organization).await {
                Ok(anchored) => self.sign(&organization, anchored).await?,
                Err(halt) => Outcome::Halted(halt),
            };
            unreadable |= matches!(outcome, Outcome::Halted(Halt::Unreadable { .. }));
            match outcome {
                Outcome::Signed(checkpoint) => self.remember(&organization, checkpoint),
                Outcome::Busy => {}
                Outcome::Halted(halt) => {
                    self.halt(&organization, &halt).await?;
                    halted.insert(organization, halt.to_string());
                }
            }
            // It is asked again in a moment, and not for every tree that there is.
            if unreadable {
                break;
            }
        }
        metrics::gauge!("escalon_notary_halted_trees").set(halted.len() as f64);
        Ok(halted)
    }

    fn remember(&self, organization: &str, checkpoint: Checkpoint) {
        metrics::counter!("escalon_notary_checkpoints_total").increment(1);
        if let Ok(mut seen) = self.seen.lock() {
            seen.insert(organization.to_owned(), checkpoint);
        }
        if let Ok(mut said) = self.said.lock() {
            said.remove(organization);
        }
        if let Ok(mut recalled) = self.recalled.lock() {
            recalled.insert(organization.to_owned());
        }
    }

    async fn halt(&self, organization: &str, halt: &Halt) -> Result<(), StoreError> {
        let reason = halt.to_string();
        let new = self.said.lock().is_ok_and(|mut said| {
            said.insert(organization.to_owned(), reason.clone()).is_none_or(|before| before != reason)
        });
        if new {
            tracing::error!(organization, reason, "THE NOTARY DOES NOT SIGN this history any more");
        }
        sqlx::query("update escalon.notary_trees set halted = $2 where organization = $1 and halted is distinct from $2")
            .bind(organization)
            .bind(reason)
            .execute(&self.database.engine)
            .await
            .map_err(store_error(OPERATION))?;
        Ok(())
    }

    async fn sign(&self, organization: &str, anchored: Option<Anchored>) -> Result<Outcome, StoreError> {
        let mut tx = self.database.engine.begin().await.map_err(store_error(OPERATION))?;
        let size: Option<i64> = sqlx::query_scalar(
            "select size from escalon.notary_trees where organization = $1 for update skip locked",
        )
        .bind(organization)
        .fetch_optional(&mut *tx)
        .await
        .map_err(store_error(OPERATION))?;
        let Some(size) = size else { return Ok(Outcome::Busy) };
        let checkpoint = match self.next(&mut tx, organization, size.unsigned_abs(), anchored).await? {
            Ok(checkpoint) => checkpoint,
            Err(halt) => return Ok(Outcome::Halted(halt)),
        };
        let note = checkpoint.sign(self.settings.keys.signer()).to_string();
        let statements = [
            (
                "insert into escalon.notary_checkpoints (organization, size, note) values ($1, $2, $3) on conflict do nothing",
                Some(note),
            ),
            ("update escalon.notary_trees set signed = $2, halted = null where organization = $1", None),
        ];
        for (sql, note) in statements {
            let query = sqlx::query(sql).bind(organization).bind(size);
            let query = match note {
                Some(note) => query.bind(note),
                None => query,
            };
            query.execute(&mut *tx).await.map_err(store_error(OPERATION))?;
        }
        tx.commit().await.map_err(store_error(OPERATION))?;
        Ok(Outcome::Signed(checkpoint))
    }

    /// What is to be signed, if the tree goes on from what was signed before.
    async fn next(
        &self,
        tx: &mut PgConnection,
        organization: &str,
        size: u64,
        anchored: Option<Anchored>,
    ) -> Result<Result<Checkpoint, Halt>, StoreError> {
        let note: Option<String> = sqlx::query_scalar(
            "select note from escalon.notary_checkpoints where organization = $1 order by size desc limit 1",
        )
        .bind(organization)
        .fetch_optional(&mut *tx)
        .await
        .map_err(store_error(OPERATION))?;
        if let Some(anchored) = anchored {
            let tiles = tiles::read_one(tx, organization, anchored.needed()).await?;
            if let Err(halt) = anchored.holds(size, &tiles) {
                return Ok(Err(halt));
            }
        }
        let last = match self.last(organization, note.as_deref()) {
            Ok(last) => last,
            Err(halt) => return Ok(Err(halt)),
        };
        let signed = last.as_ref().map_or(0, |last| last.size);
        let Some(path) = consistency(signed, size) else { return Ok(Err(Halt::Shrunk { size, signed })) };
        let old = 0..signed;
        let mut wanted: BTreeSet<_> = Tiles::needed(path.iter().chain([&old]));
        wanted.extend(Edge::tiles(size).into_iter().map(|(id, _)| id));
        let tiles = tiles::read_one(tx, organization, wanted).await?;
        let next = || -> Result<Checkpoint, Halt> {
            let root = Edge::new(size, &tiles)?.root();
            if let Some(last) = last {
                let proof = tiles.roots(&path)?;
                let changed = |source| Halt::Changed { size: last.size, source };
                verify_consistency((last.size, last.root), (size, root), &proof).map_err(changed)?;
                // The proof leaves out what both trees share; that must be as it was, too.
                if tiles.root(&old)? != last.root {
                    return Err(changed(NotConsistent::Old));
                }
            }
            Ok(Checkpoint { origin: origin(organization), size, root })
        };
        Ok(next())
    }

    /// The checkpoint that was signed last, if it can be trusted.
    fn last(&self, organization: &str, note: Option<&str>) -> Result<Option<Checkpoint>, Halt> {
        let seen = self.seen.lock().ok().and_then(|seen| seen.get(organization).cloned());
        let last = match note {
            None => None,
            Some(note) => Some(self.trusted(organization, note)?),
        };
        match (seen, &last) {
            (Some(seen), None) => Err(Halt::Replaced { size: seen.size }),
            (Some(seen), Some(last))
                if last.size < seen.size || (last.size == seen.size && *last != seen) =>
            {
                Err(Halt::Replaced { size: seen.size })
            }
            _ => Ok(last),
        }
    }

    pub(super) fn trusted(&self, organization: &str, note: &str) -> Result<Checkpoint, Halt> {
        let signed: SignedCheckpoint = note.parse().map_err(|_| Halt::NoCheckpoint)?;
        let size = signed.unverified().size;
        match signed.verify(self.settings.keys.trusted()) {
            Ok((checkpoint, _)) if checkpoint.origin == origin(organization) => Ok(checkpoint.clone()),
            Ok(_) => Err(Halt::Replaced { size }),
            Err(Untrusted::OtherKey { found }) => Err(Halt::OtherKey { size, found }),
            Err(Untrusted::Forged { .. }) => Err(Halt::Forged { size }),
        }
    }
}
