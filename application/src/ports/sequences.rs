//! Parked sequences: streams that a subscription could not get past.

use async_trait::async_trait;
use escalon_domain::{
    organization::OrganizationId,
    parked_sequence::{ParkedSequenceId, Skip},
    stamp::Timestamp,
};

use super::{StoreError, StreamKey};

/// A stream that a subscription could not get past.
#[derive(Debug, Clone, PartialEq)]
pub struct Parked {
    /// Its id, under which is recorded what operators do about it.
    pub id: ParkedSequenceId,
    /// The subscription.
    pub subscription: String,
    /// The organization that the stream belongs to.
    pub organization: OrganizationId,
    /// The stream.
    pub stream: StreamKey,
    /// The position of the event that could not be taken.
    pub position: i64,
    /// Its stored name.
    pub event: String,
    /// Its place in the stream.
    pub sequence: u64,
    /// Why it could not be taken.
    pub error: String,
    /// How often it was tried.
    pub attempts: u32,
    /// How many events of the stream wait, itself among them.
    pub waiting: u64,
    /// When it was parked.
    pub parked_at: Timestamp,
    /// When it was last tried.
    pub tried_at: Timestamp,
}

/// What came of taking a parked sequence up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resumed {
    /// How many events were taken.
    pub taken: u64,
    /// How many were passed over.
    pub skipped: u64,
    /// Whether it is parked still, before another event perhaps.
    pub parked: bool,
}

/// Finds parked sequences and takes them up again.
#[async_trait]
pub trait Sequences: Send + Sync {
    /// The parked sequences of an organization, or of all, the oldest first; 1,000 at most for each subscription.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn list(&self, organization: Option<OrganizationId>) -> Result<Vec<Parked>, StoreError>;

    /// A parked sequence.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn find(&self, id: ParkedSequenceId) -> Result<Option<Parked>, StoreError>;

    /// Takes the waiting events in order and ends the parking when all are through. `skip` first passes over the event at
    /// this position, or everything that waits, provided that the sequence still stands before that position.
    ///
    /// # Errors
    /// The database cannot be reached, or the subscription cannot work at all now.
    async fn resume(&self, id: ParkedSequenceId, skip: Option<(Skip, i64)>) -> Result<Resumed, StoreError>;
}
