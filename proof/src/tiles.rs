//! The tree in tiles of 256 hashes (C2SP tlog-tiles): a proof reads a few, and appending writes the rightmost ones.
//!
//! The tiles of level 0 hold leaves, and those of each level above hold the roots of the full tiles below.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use crate::{
    Hash,
    tree::{Node, node, nodes, root},
};

/// How many hashes a full tile has.
pub const WIDTH: u64 = 256;
/// The logarithm of the width: so many levels of the tree are in one level of tiles.
const HEIGHT: u32 = WIDTH.ilog2();

/// Which tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TileId {
    /// 0 for leaves.
    pub level: u32,
    /// Its place in the level, from 0.
    pub index: u64,
}

/// Some of a tree's tiles.
#[derive(Debug, Clone, Default)]
pub struct Tiles(BTreeMap<TileId, Vec<Hash>>);

/// A stored tree that is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DamagedTree {
    /// A tile is not there, or too short.
    #[error("tile {index} of level {level} of the tree is missing or too short")]
    Missing {
        /// The tile's level.
        level: u32,
        /// The tile's place.
        index: u64,
    },
    /// A tile has more hashes than the size of the tree allows.
    #[error("tile {index} of level {level} of the tree has {found} hashes instead of {expected}")]
    Width {
        /// The tile's level.
        level: u32,
        /// The tile's place.
        index: u64,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
}

/// The tile with the hashes under a node, and where in it they are.
const fn place(node: Node) -> (TileId, Range<usize>) {
    let inner = node.height % HEIGHT;
    let first = node.index << inner;
    let start = (first % WIDTH) as usize;
    (TileId { level: node.height / HEIGHT, index: first / WIDTH }, start..start + (1 << inner))
}

impl Tiles {
    /// Adds a tile.
    pub fn insert(&mut self, id: TileId, hashes: Vec<Hash>) {
        self.0.insert(id, hashes);
    }

    /// The tiles that the roots of these parts are made from.
    #[must_use]
    pub fn needed<'a>(parts: impl IntoIterator<Item = &'a Range<u64>>) -> BTreeSet<TileId> {
        parts.into_iter().flat_map(nodes).map(|node| place(node).0).collect()
    }

    /// The root of a part of the tree.
    ///
    /// # Errors
    /// A tile is missing or too short.
    pub fn root(&self, part: &Range<u64>) -> Result<Hash, DamagedTree> {
        let mut joined = None;
        for one in nodes(part).into_iter().rev() {
            let (id, hashes) = place(one);
            let missing = DamagedTree::Missing { level: id.level, index: id.index };
            let left = root(self.0.get(&id).and_then(|tile| tile.get(hashes)).ok_or(missing)?);
            joined = Some(joined.map_or(left, |right| node(&left, &right)));
        }
        Ok(joined.unwrap_or_else(crate::tree::empty))
    }

    /// The roots of several parts, which is a proof.
    ///
    /// # Errors
    /// A tile is missing or too short.
    pub fn roots(&self, parts: &[Range<u64>]) -> Result<Vec<Hash>, DamagedTree> {
        parts.iter().map(|part| self.root(part)).collect()
    }
}

/// The growing right edge of a stored tree: its last tile of each level, where that is not full.
#[derive(Debug, Clone)]
pub struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
    touched: BTreeSet<u32>,
    full: Vec<(TileId, Vec<Hash>)>,
}

impl Edge {
    /// The tiles at the edge of a tree of this size, and how many hashes each has.
    #[must_use]
    pub fn tiles(size: u64) -> Vec<(TileId, usize)> {
        let levels = (0..u64::BITS / HEIGHT).map(|level| (level, size >> (HEIGHT * level)));
        let partial = levels.filter(|(_, width)| width % WIDTH > 0);
        partial
            .map(|(level, width)| (TileId { level, index: width / WIDTH }, (width % WIDTH) as usize))
            .collect()
    }

    /// The edge of a tree of this size.
    ///
    /// # Errors
    /// A tile is missing, or has another number of hashes than the size says.
    pub fn new(size: u64, tiles: &Tiles) -> Result<Self, DamagedTree> {
        let mut levels = Vec::new();
        for (id, expected) in Self::tiles(size) {
            let TileId { level, index } = id;
            let tile = tiles.0.get(&id).ok_or(DamagedTree::Missing { level, index })?;
            if tile.len() != expected {
                return Err(DamagedTree::Width { level, index, found: tile.len(), expected });
            }
            levels.resize(level as usize, Vec::new());
            levels.push(tile.clone());
        }
        Ok(Self { size, levels, touched: BTreeSet::new(), full: Vec::new() })
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf, given by its hash.
    pub fn push(&mut self, leaf: Hash) {
        self.size += 1;
        let mut carried = leaf;
        for level in 0..u64::BITS / HEIGHT {
            let place = level as usize;
            if self.levels.len() <= place {
                self.levels.push(Vec::new());
            }
            self.touched.insert(level);
            self.levels[place].push(carried);
            if self.levels[place].len() < WIDTH as usize {
                return;
            }
            let tile = std::mem::take(&mut self.levels[place]);
            carried = root(&tile);
            let index = (self.size >> (HEIGHT * (level + 1))) - 1;
            self.full.push((TileId { level, index }, tile));
        }
    }

    /// The root over all leaves.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut below: Option<Hash> = None;
        for level in &self.levels {
            let hashes: Vec<Hash> = level.iter().copied().chain(below).collect();
            if !hashes.is_empty() {
                below = Some(root(&hashes));
            }
        }
        below.unwrap_or_else(crate::tree::empty)
    }

    /// The tiles that changed, whole.
    #[must_use]
    pub fn changed(self) -> Vec<(TileId, Vec<Hash>)> {
        let mut changed = self.full;
        for (level, tile) in (0..).zip(self.levels) {
            if self.touched.contains(&level) && !tile.is_empty() {
                changed.push((TileId { level, index: self.size >> (HEIGHT * (level + 1)) }, tile));
            }
        }
        changed
    }
}
