//! Why a tree must not be signed, and what to do.

use escalon_proof::{tiles::DamagedTree, tree::NotConsistent};

/// How to leave an anchor behind.
const ANOTHER: &str =
    "name another anchor (--notary-anchor-file or --notary-anchor-bucket) and keep this one for the auditors";

/// Why a tree must not be signed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Halt {
    #[error(
        "its last checkpoint in the database is none: somebody changed escalon.notary_checkpoints; compare with the anchor"
    )]
    NoCheckpoint,
    #[error(
        "its last checkpoint, of size {size}, is signed by {}, which this process does not know: give it that key with \
         --notary-key-file or ESCALON_NOTARY_KEY; if the key was replaced, put the old verifier key on a line below the new key", .found.join(" and ")
    )]
    OtherKey { size: u64, found: Vec<String> },
    #[error(
        "the signature of its last checkpoint, of size {size}, is wrong: somebody changed escalon.notary_checkpoints; compare with the anchor"
    )]
    Forged { size: u64 },
    #[error(
        "a checkpoint of size {size} that was signed is gone or another one stands in its place: somebody changed escalon.notary_checkpoints; compare with the anchor"
    )]
    Replaced { size: u64 },
    #[error("the tree has {size} leaves, and {signed} were signed: somebody changed escalon.notary_trees")]
    Shrunk { size: u64, signed: u64 },
    #[error("{0}: somebody changed escalon.notary_tiles")]
    Damaged(#[from] DamagedTree),
    #[error(
        "the stored tree is not the one whose {size} leaves were signed ({source}): somebody changed escalon.notary_tiles"
    )]
    Changed { size: u64, source: NotConsistent },
    #[error(
        "the tree has {size} leaves, and the anchor {place} holds a checkpoint over {anchored}: the database was restored from \
         before it, or somebody took events away; restore a newer backup, or if there is none and the loss is known, {ANOTHER}"
    )]
    Behind { size: u64, anchored: u64, place: String },
    #[error(
        "the tree does not begin with the {anchored} leaves over which the anchor {place} holds a checkpoint: the database is \
         not the one that was anchored, or somebody changed its events; restore the right one, or if the loss is known, {ANOTHER}"
    )]
    Departed { anchored: u64, place: String },
    #[error(
        "the anchor {place} holds a checkpoint over {size} leaves that is signed by {}, which this process does not know: give it \
         that key with --notary-key-file or ESCALON_NOTARY_KEY (the old verifier key belongs on a line below the new key), or \
         if the anchor is another installation's, name another", .found.join(" and ")
    )]
    AnchoredByOther { place: String, size: u64, found: Vec<String> },
    #[error(
        "what the anchor {place} holds as its last checkpoint is not what was signed: somebody changed the anchor; put it back \
         from a copy, or {ANOTHER}"
    )]
    AnchorChanged { place: String },
    #[error(
        "the anchor {place} cannot be read, so it is not known what was signed before this start ({error}); mend its place or its \
         rights, and it goes on by itself, or name another with --notary-anchor-file or --notary-anchor-bucket"
    )]
    Unreadable { place: String, error: String },
}
