//! What proves that history is as it was stored: pure functions, so that whoever checks needs neither the engine nor its
//! database.
//!
//! | module | what it is |
//! | --- | --- |
//! | [`chain`] | each event's hash covers the event before it in its stream |
//! | [`tree`] | a Merkle tree over all events of an organization, and proofs from it (RFC 6962, RFC 9162) |
//! | [`tiles`] | how such a tree is stored and extended, 256 hashes at a time (C2SP tlog-tiles) |
//! | [`note`], [`key`] | text signed with Ed25519 (C2SP signed-note) |
//! | [`checkpoint`] | the signed size and root of a tree (C2SP tlog-checkpoint) |
//! | [`export`] | the lines of an exported history, and the proofs that can be handed on |
//! | [`verify`] | checking what was handed on, and finding what is wrong with it |
//!
//! `docs/proof.md` says what all of it proves, and what it does not.

pub mod chain;
pub mod checkpoint;
pub mod export;
mod hash;
pub mod key;
pub mod note;
pub mod tiles;
pub mod tree;
pub mod verify;

pub use hash::{Hash, InvalidHash};
