//! The tree against Certificate Transparency's test vectors and a naive reading of RFC 6962.

use std::ops::Range;

use escalon_proof::{
    Hash,
    tiles::{DamagedTree, Edge, TileId, Tiles, WIDTH},
    tree::{
        Frontier, NotConsistent, consistency, empty, inclusion, leaf, node, root, verify_consistency,
        verify_inclusion,
    },
};
use proptest::prelude::*;

fn hash(text: &str) -> Hash {
    text.parse().unwrap()
}

/// The leaves of Certificate Transparency's own tests.
fn known() -> Vec<Hash> {
    let contents =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    contents.iter().map(|content| leaf(&hex::decode(content).unwrap())).collect()
}

#[test]
fn roots_are_those_of_certificate_transparency() {
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let leaves = known();
    for (size, expected) in roots.into_iter().enumerate() {
        assert_eq!(root(&leaves[..size]), hash(expected), "{size}");
    }
}

#[test]
fn proofs_are_those_of_certificate_transparency() {
    let prove = |path: Option<Vec<Range<u64>>>| proof(&known(), &path.unwrap());
    let expected = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ];
    assert_eq!(prove(inclusion(0, 8)), expected.map(hash));
    let expected = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ];
    assert_eq!(prove(inclusion(5, 8)), expected.map(hash));
    assert_eq!(
        prove(inclusion(2, 3)),
        [hash("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    );
    let expected = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ];
    assert_eq!(prove(consistency(6, 8)), expected.map(hash));
    assert_eq!(prove(consistency(1, 1)), []);
    assert_eq!(prove(inclusion(0, 1)), []);
}

/// MTH(D[n]) as RFC 6962 defines it.
fn naive(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty(),
        [one] => *one,
        more => {
            let mut middle = 1;
            while middle * 2 < more.len() {
                middle *= 2;
            }
            node(&naive(&more[..middle]), &naive(&more[middle..]))
        }
    }
}

fn proof(leaves: &[Hash], parts: &[Range<u64>]) -> Vec<Hash> {
    parts.iter().map(|part| naive(&leaves[part.start as usize..part.end as usize])).collect()
}

fn leaves(count: usize) -> Vec<Hash> {
    (0..count).map(|number| leaf(&number.to_be_bytes())).collect()
}

#[test]
fn every_leaf_of_every_small_tree_is_proven_and_nothing_else_is() {
    let all = leaves(40);
    for size in 0..all.len() {
        let root = naive(&all[..size]);
        assert_eq!(inclusion(size as u64, size as u64), None);
        for index in 0..size {
            let (at, of) = (index as u64, size as u64);
            let proof = proof(&all, &inclusion(at, of).unwrap());
            assert_eq!(verify_inclusion(all[index], at, of, &proof), Some(root));
            assert_ne!(verify_inclusion(all[index + 1], at, of, &proof), Some(root));
            assert_eq!(verify_inclusion(all[index], at, of, &[&proof[..], &[root]].concat()), None);
            for place in 0..proof.len() {
                let mut wrong = proof.clone();
                wrong[place].0[7] ^= 4;
                assert_ne!(verify_inclusion(all[index], at, of, &wrong), Some(root));
            }
        }
    }
}

#[test]
fn every_small_tree_is_proven_to_begin_with_every_smaller_one_and_with_no_other() {
    let all = leaves(40);
    for to in 0..all.len() {
        let new = (to as u64, naive(&all[..to]));
        assert_eq!(consistency(to as u64 + 1, to as u64), None);
        for from in 0..=to {
            let old = (from as u64, naive(&all[..from]));
            let proof = proof(&all, &consistency(old.0, new.0).unwrap());
            assert_eq!(verify_consistency(old, new, &proof), Ok(()), "{from} {to}");
            let other = (old.0, leaf(b"other"));
            assert!(verify_consistency(other, new, &proof).is_err(), "{from} {to}");
            if from > 0 && from < to {
                let other = (new.0, leaf(b"other"));
                assert_eq!(verify_consistency(old, other, &proof), Err(NotConsistent::New));
            }
            for place in 0..proof.len() {
                let mut wrong = proof.clone();
                wrong[place].0[31] ^= 1;
                assert!(verify_consistency(old, new, &wrong).is_err());
                assert_eq!(verify_consistency(old, new, &wrong[1..]), Err(NotConsistent::Length));
            }
        }
    }
}

/// Tiles as they are stored, extended in batches.
fn stored(batches: &[usize], all: &[Hash]) -> (Tiles, u64) {
    let (mut tiles, mut size) = (Tiles::default(), 0);
    for batch in batches {
        let mut edge = Edge::new(size, &tiles).unwrap();
        all[size as usize..size as usize + batch].iter().for_each(|leaf| edge.push(*leaf));
        size = edge.size();
        assert_eq!(edge.root(), root(&all[..size as usize]), "{size}");
        for (id, hashes) in edge.changed() {
            assert!(hashes.len() <= WIDTH as usize);
            tiles.insert(id, hashes);
        }
    }
    (tiles, size)
}

#[test]
fn the_specification_counts_the_tiles_of_seventy_thousand_leaves() {
    let all = leaves(70_000);
    let (tiles, size) = stored(&[70_000], &all);
    let edge =
        [(0, 273, 112), (1, 1, 17), (2, 0, 1)].map(|(level, index, width)| (TileId { level, index }, width));
    assert_eq!(Edge::tiles(size), edge);
    assert_eq!(tiles.root(&(0..size)).unwrap(), root(&all));
    let path = inclusion(31_415, size).unwrap();
    assert!(Tiles::needed(&path).len() <= 5);
    let proof = tiles.roots(&path).unwrap();
    assert_eq!(verify_inclusion(all[31_415], 31_415, size, &proof), Some(root(&all)));
}

#[test]
fn a_stored_tree_that_is_not_whole_says_where() {
    let (mut tiles, size) = stored(&[300], &leaves(300));
    tiles.insert(TileId { level: 0, index: 1 }, leaves(43));
    assert_eq!(tiles.root(&(0..size)), Err(DamagedTree::Missing { level: 0, index: 1 }));
    let width = DamagedTree::Width { level: 0, index: 1, found: 43, expected: 44 };
    assert_eq!(Edge::new(size, &tiles).err(), Some(width));
    assert_eq!(Edge::new(size, &Tiles::default()).err(), Some(DamagedTree::Missing { level: 0, index: 1 }));
}

proptest! {
    #[test]
    fn a_growing_tree_has_the_naive_root(count in 0_usize..600) {
        let all = leaves(count);
        let mut frontier = Frontier::default();
        all.iter().for_each(|leaf| frontier.push(*leaf));
        prop_assert_eq!((frontier.size(), frontier.root()), (count as u64, naive(&all)));
    }

    #[test]
    fn proofs_from_tiles_are_the_naive_ones(
        batches in prop::collection::vec(1_usize..400, 1..6), one in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(),
    ) {
        let all = leaves(batches.iter().sum());
        let (tiles, size) = stored(&batches, &all);
        let (index, from) = (one.index(all.len()) as u64, from.index(all.len()) as u64 + 1);
        for path in [inclusion(index, size).unwrap(), consistency(from, size).unwrap()] {
            prop_assert_eq!(tiles.roots(&path).unwrap(), proof(&all, &path));
        }
    }
}
