//! What the anchor remembers. After a start the notary holds each tree against the largest checkpoint that was kept outside the
//! database: one that was restored from before that, or changed together with its checkpoints, is not signed.

use std::{collections::BTreeSet, io, ops::Range};

use escalon_proof::{
    checkpoint::Checkpoint,
    tiles::{TileId, Tiles},
};

use super::{Notary, anchor::Kept, halt::Halt};

/// What an anchor holds of a tree.
pub(super) struct Anchored {
    place: String,
    checkpoint: Checkpoint,
}

impl Anchored {
    /// The leaves that it covers.
    fn leaves(&self) -> Range<u64> {
        0..self.checkpoint.size
    }

    /// What is needed of the tree to hold it against this.
    pub(super) fn needed(&self) -> BTreeSet<TileId> {
        Tiles::needed([&self.leaves()])
    }

    /// Whether the tree, of so many leaves, begins with what is anchored.
    pub(super) fn holds(&self, size: u64, tiles: &Tiles) -> Result<(), Halt> {
        let (anchored, place) = (self.checkpoint.size, self.place.clone());
        if anchored > size {
            return Err(Halt::Behind { size, anchored, place });
        }
        if tiles.root(&self.leaves())? != self.checkpoint.root {
            return Err(Halt::Departed { anchored, place });
        }
        Ok(())
    }
}

impl Notary {
    /// What the anchor holds of a tree; nothing once the tree was held against it, since this process then knows itself what
    /// was signed.
    pub(super) async fn anchored(&self, organization: &str) -> Result<Option<Anchored>, Halt> {
        if self.recalled.lock().is_ok_and(|recalled| recalled.contains(organization)) {
            return Ok(None);
        }
        let place = self.settings.anchor.place();
        let kept = self.settings.anchor.largest(organization).await;
        let unreadable =
            |error: io::Error| Halt::Unreadable { place: place.clone(), error: error.to_string() };
        let Some(Kept { note, .. }) = kept.map_err(unreadable)? else { return Ok(None) };
        match self.trusted(organization, &note) {
            Ok(checkpoint) => Ok(Some(Anchored { place, checkpoint })),
            Err(Halt::OtherKey { size, found }) => Err(Halt::AnchoredByOther { place, size, found }),
            Err(_) => Err(Halt::AnchorChanged { place }),
        }
    }
}
