//! What is handed on: the lines of an exported history, and proofs. Each line is one JSON document in exactly the form
//! that is written here, so that no bit of it can change without being noticed.

mod moment;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use moment::Moment;

use crate::{
    Hash,
    chain::{Record, link},
    tree::event_leaf,
};

/// What the first line of an exported history calls it.
pub const HISTORY: &str = "escalon-audit-export/1";
/// What a proof that an event is in a tree calls itself.
pub const EVENT_PROOF: &str = "escalon-event-proof/1";
/// What a proof that a tree begins with an older one calls itself.
pub const CONSISTENCY_PROOF: &str = "escalon-consistency-proof/1";

/// The first line of an exported history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`HISTORY`].
    pub format: String,
    /// Whose history.
    pub organization: String,
    /// The name of its tree.
    pub origin: String,
    /// How many lines with events follow.
    pub events: u64,
    /// How many lines with checkpoints follow, the last line among them.
    pub checkpoints: u64,
}

/// A line with an event, as it is stored: personal values are sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventLine<'a> {
    /// Its place among the organization's events, from 0: the number of its leaf.
    pub index: u64,
    /// Its place in the one order of all events.
    pub position: i64,
    /// The type of its stream.
    #[serde(borrow)]
    pub kind: Cow<'a, str>,
    /// The id of its stream.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// Its place in the stream, from 1.
    pub sequence: u64,
    /// Its stored name.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// The version of its stored shape.
    #[serde(borrow)]
    pub version: Cow<'a, str>,
    /// When it happened in the world; the metadata say the same.
    pub occurred_at: Moment,
    /// When it was stored.
    pub recorded_at: Moment,
    /// The exact stored text of its payload.
    #[serde(borrow)]
    pub payload: Cow<'a, str>,
    /// The exact stored text of its metadata.
    #[serde(borrow)]
    pub metadata: Cow<'a, str>,
    /// Its hash in the chain of its stream.
    pub hash: Hash,
    /// Its hash in the tree.
    pub leaf: Hash,
}

/// A line with a checkpoint: it covers exactly the events before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointLine {
    /// The signed note.
    pub checkpoint: String,
}

/// A proof that an event is in an organization's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventProof<'a> {
    /// [`EVENT_PROOF`].
    pub format: String,
    /// The name of the tree.
    pub origin: String,
    /// The hash of the event before it in its stream, or zeros.
    pub previous: Hash,
    /// The event.
    #[serde(borrow)]
    pub event: EventLine<'a>,
    /// What joins its leaf to the root, from the leaf upward.
    pub hashes: Vec<Hash>,
    /// The signed note with the size and the root.
    pub checkpoint: String,
}

/// A proof that one checkpoint's tree begins with that of an older checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyProof {
    /// [`CONSISTENCY_PROOF`].
    pub format: String,
    /// The name of the tree.
    pub origin: String,
    /// The older checkpoint, a signed note.
    pub from: String,
    /// The newer one.
    pub to: String,
    /// What joins the two roots.
    pub hashes: Vec<Hash>,
}

/// A line that is not what it should be, or not written as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLine {
    /// It cannot be read at all.
    #[error("{0}")]
    Unreadable(String),
    /// It can be read, but is written otherwise than this engine writes.
    #[error("it is written otherwise than the engine writes it")]
    OtherForm,
}

/// A line as the engine writes it, without the line end.
///
/// # Errors
/// A value has no JSON form.
pub fn write(line: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string(line)
}

/// Reads a line, without the line end, and accepts only what [`write()`] writes.
///
/// # Errors
/// See [`InvalidLine`].
pub fn read<'a, T: Deserialize<'a> + Serialize>(line: &'a [u8]) -> Result<T, InvalidLine> {
    let unreadable = |error: serde_json::Error| InvalidLine::Unreadable(error.to_string());
    let value: T = serde_json::from_slice(line).map_err(unreadable)?;
    let written = write(&value).map_err(unreadable)?;
    if written.as_bytes() == line { Ok(value) } else { Err(InvalidLine::OtherForm) }
}

impl EventLine<'_> {
    /// What its hash covers.
    #[must_use]
    pub fn record(&self) -> Record<'_> {
        Record {
            kind: &self.kind,
            id: &self.id,
            sequence: self.sequence,
            name: &self.name,
            version: &self.version,
            payload: &self.payload,
            metadata: &self.metadata,
        }
    }

    /// The hash that follows from its content and the event before it in its stream.
    #[must_use]
    pub fn link(&self, previous: &Hash) -> Hash {
        link(previous, &self.record())
    }

    /// The leaf that it has with this hash.
    #[must_use]
    pub fn leaf_with(&self, hash: &Hash) -> Hash {
        event_leaf(hash, self.position, self.recorded_at.0)
    }
}
