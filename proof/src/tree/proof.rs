//! Which parts of a tree make a proof, and how a proof is verified (RFC 9162, sections 2.1.3 and 2.1.4).

use std::ops::Range;

use super::{empty, node};
use crate::Hash;

/// A full part of a tree: its leaves are `index << height` to `(index + 1) << height`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// How many levels above the leaves its root stands.
    pub height: u32,
    /// Its place among the parts of this height, from 0.
    pub index: u64,
}

/// Where a tree of more than one leaf is split: the largest power of two below its size.
const fn split(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

/// The parts whose roots prove that the leaf at `index` is in the tree of `size` leaves, from the leaf upward. None when
/// there is no such leaf.
#[must_use]
pub fn inclusion(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let (mut begin, mut end) = (0, size);
    let mut path = Vec::new();
    while end - begin > 1 {
        let middle = begin + split(end - begin);
        if index < middle {
            path.push(middle..end);
            end = middle;
        } else {
            path.push(begin..middle);
            begin = middle;
        }
    }
    path.reverse();
    Some(path)
}

/// The parts whose roots prove that the tree of `to` leaves begins with the tree of `from` leaves. None when `from` is
/// the larger one.
#[must_use]
pub fn consistency(from: u64, to: u64) -> Option<Vec<Range<u64>>> {
    if from > to {
        return None;
    }
    let (mut begin, mut end) = (0, to);
    let mut path = Vec::new();
    while from != 0 && from != end {
        let middle = begin + split(end - begin);
        if from <= middle {
            path.push(middle..end);
            end = middle;
        } else {
            path.push(begin..middle);
            begin = middle;
        }
    }
    // The old tree itself need not be proven: its root is known.
    if from != 0 && begin > 0 {
        path.push(begin..end);
    }
    path.reverse();
    Some(path)
}

/// The full parts that make up a part, from left to right. It begins where a part of a tree can begin.
#[must_use]
pub fn nodes(part: &Range<u64>) -> Vec<Node> {
    let Range { mut start, end } = *part;
    let mut nodes = Vec::new();
    while start < end {
        let height = start.trailing_zeros().min((end - start).ilog2());
        nodes.push(Node { height, index: start >> height });
        start += 1 << height;
    }
    nodes
}

/// The root of the tree of `size` leaves that has this leaf at `index`, if the proof is right. None when it has the wrong
/// length.
#[must_use]
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, proof: &[Hash]) -> Option<Hash> {
    let path = inclusion(index, size)?;
    if path.len() != proof.len() {
        return None;
    }
    let join = |hash, (part, other): (Range<u64>, &Hash)| {
        if part.start > index { node(&hash, other) } else { node(other, &hash) }
    };
    Some(path.into_iter().zip(proof).fold(leaf, join))
}

/// A proof that does not show that one tree begins with the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotConsistent {
    /// The sizes and the proof do not fit each other.
    #[error("a proof for these sizes has another number of hashes")]
    Length,
    /// It leads to another old root.
    #[error("it does not lead to the root of the smaller tree")]
    Old,
    /// It leads to another new root.
    #[error("it does not lead to the root of the larger tree")]
    New,
}

/// Whether the proof shows that the tree of `to` leaves and the root `new` begins with the tree of `from` leaves and the
/// root `old`.
///
/// # Errors
/// See [`NotConsistent`].
pub fn verify_consistency(
    (from, old): (u64, Hash),
    (to, new): (u64, Hash),
    proof: &[Hash],
) -> Result<(), NotConsistent> {
    let path = consistency(from, to).ok_or(NotConsistent::Length)?;
    if path.len() != proof.len() {
        return Err(NotConsistent::Length);
    }
    if from == 0 || from == to {
        let expected = if from == 0 { empty() } else { new };
        return if old == expected { Ok(()) } else { Err(NotConsistent::Old) };
    }
    let mut parts = path.into_iter().zip(proof.iter().copied()).peekable();
    // The walk begins at the part that ends both trees' common beginning: the old tree itself, or the proof's first.
    let mut joined = match parts.peek() {
        Some((first, hash)) if first.end == from => {
            let begun = (*hash, *hash);
            parts.next();
            begun
        }
        _ => (old, old),
    };
    for (part, hash) in parts {
        if part.start >= from {
            joined.1 = node(&joined.1, &hash);
        } else {
            joined = (node(&hash, &joined.0), node(&hash, &joined.1));
        }
    }
    match joined {
        (reached, _) if reached != old => Err(NotConsistent::Old),
        (_, reached) if reached != new => Err(NotConsistent::New),
        _ => Ok(()),
    }
}
