//! Checkpoints that were kept elsewhere, such as in an anchor's file.

use crate::{
    checkpoint::{Checkpoint, InvalidCheckpoint, SignedCheckpoint},
    key::VerifierKey,
    note::Untrusted,
};

/// Checkpoints that were kept elsewhere, with good signatures, the smallest first.
#[derive(Debug, Clone, Default)]
pub struct Kept(Vec<Checkpoint>);

/// Kept checkpoints that are of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// They are none.
    #[error(transparent)]
    Invalid(#[from] InvalidCheckpoint),
    /// Nobody vouches for one.
    #[error(
        "the kept checkpoint of {origin} with size {size} cannot be trusted: {source}; if it is by an older key, give that one, too"
    )]
    Untrusted {
        /// Its tree.
        origin: String,
        /// Its size.
        size: u64,
        /// Why not.
        source: Untrusted,
    },
}

impl Kept {
    /// The checkpoints in this text, one after the other.
    ///
    /// # Errors
    /// There is something else in it, or one that none of the keys signed.
    pub fn read(text: &str, keys: &[VerifierKey]) -> Result<Self, NotKept> {
        let mut all = Vec::new();
        for signed in SignedCheckpoint::all(text)? {
            let Checkpoint { origin, size, .. } = signed.unverified().clone();
            match signed.verify(keys) {
                Ok((checkpoint, _)) => all.push(checkpoint.clone()),
                Err(source) => return Err(NotKept::Untrusted { origin, size, source }),
            }
        }
        all.sort_by_key(|checkpoint| checkpoint.size);
        Ok(Self(all))
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn of<'a>(&'a self, origin: &'a str) -> impl Iterator<Item = &'a Checkpoint> {
        self.0.iter().filter(move |checkpoint| checkpoint.origin == origin)
    }
}
