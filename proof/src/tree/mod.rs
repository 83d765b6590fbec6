//! The Merkle tree of RFC 6962, section 2.1: leaves and nodes are hashed apart, so that neither can pass for the other.

mod proof;

use sha2::{Digest, Sha256};

pub use proof::{Node, NotConsistent, consistency, inclusion, nodes, verify_consistency, verify_inclusion};

use crate::Hash;

fn sha256(parts: [&[u8]; 3]) -> Hash {
    let mut digest = Sha256::new();
    parts.into_iter().for_each(|part| digest.update(part));
    Hash(digest.finalize().into())
}

/// The hash of a leaf with this content.
#[must_use]
pub fn leaf(content: &[u8]) -> Hash {
    sha256([&[0], content, &[]])
}

/// The hash of a node over these two.
#[must_use]
pub fn node(left: &Hash, right: &Hash) -> Hash {
    sha256([&[1], &left.0, &right.0])
}

/// The root of a tree without leaves.
#[must_use]
pub fn empty() -> Hash {
    sha256([&[], &[], &[]])
}

/// The leaf of an event: its hash, its position and the moment it was stored, in microseconds since 1970.
#[must_use]
pub fn event_leaf(hash: &Hash, position: i64, recorded_at: i64) -> Hash {
    let mut content = [0; 48];
    content[..32].copy_from_slice(&hash.0);
    content[32..40].copy_from_slice(&position.to_be_bytes());
    content[40..].copy_from_slice(&recorded_at.to_be_bytes());
    leaf(&content)
}

/// The root over these hashes, which are leaves or the roots of equally large full trees.
#[must_use]
pub fn root(hashes: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    hashes.iter().for_each(|hash| frontier.push(*hash));
    frontier.root()
}

/// A growing tree, of which only the roots of its largest full parts are kept: 64 hashes at most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// The largest part first.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Adds a leaf, given by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // As in adding one to a binary number, every trailing one is carried.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// How many leaves there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root over all of them.
    #[must_use]
    pub fn root(&self) -> Hash {
        let joined = self.peaks.iter().rev().copied().reduce(|right, left| node(&left, &right));
        joined.unwrap_or_else(empty)
    }
}
