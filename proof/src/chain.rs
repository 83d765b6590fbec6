//! The chain of a stream: each event's hash covers its own content and the hash of the event before it, so nothing in a
//! stream can be changed, removed, inserted or moved without changing every hash after it.

use sha2::{Digest, Sha256};

use crate::Hash;

/// What the hashes of this form begin with; another form gets another beginning.
const FORM: &[u8] = b"escalon:event:1\0";

/// What the hash of an event covers, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The type of its stream.
    pub kind: &'a str,
    /// The id of its stream.
    pub id: &'a str,
    /// Its place in the stream, from 1.
    pub sequence: u64,
    /// Its stored name.
    pub name: &'a str,
    /// The version of its stored shape.
    pub version: &'a str,
    /// The exact stored text of its payload, personal values sealed.
    pub payload: &'a str,
    /// The exact stored text of its metadata.
    pub metadata: &'a str,
}

/// The hash of an event that follows the event with the hash `previous`, or [`Hash::ZERO`] as the first of its stream.
///
/// It is SHA-256 over the form's name, the previous hash, and each field with its length in bytes before it; lengths and
/// the sequence are 64-bit big-endian numbers. The lengths keep two records from giving the same bytes.
#[must_use]
pub fn link(previous: &Hash, record: &Record<'_>) -> Hash {
    let mut digest = Sha256::new();
    digest.update(FORM);
    digest.update(previous.0);
    let mut field = |bytes: &[u8]| {
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(bytes);
    };
    field(record.kind.as_bytes());
    field(record.id.as_bytes());
    field(&record.sequence.to_be_bytes());
    field(record.name.as_bytes());
    field(record.version.as_bytes());
    field(record.payload.as_bytes());
    field(record.metadata.as_bytes());
    Hash(digest.finalize().into())
}
