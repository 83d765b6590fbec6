//! The event store: appends with idempotency, expected version and claims in one transaction, and loads.

use async_trait::async_trait;
use escalon_domain::{
    claim::{Claim, ClaimChange},
    illegible::Illegible,
    organization::OrganizationId,
    personal::ForgottenSubject,
    stamp::{Actor, Timestamp},
};
use escalon_proof::Hash;
use uuid::Uuid;

/// Which stream: the aggregate's type and id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StreamKey {
    /// The stream type, for example `ticket`.
    pub kind: String,
    /// The aggregate's id, for example `ticket_…`.
    pub id: String,
}

/// Where a stream stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Head {
    /// How many events it has.
    pub version: u64,
    /// The hash of its last one, which its next is chained to; zero before the first.
    pub hash: Hash,
}

impl StreamKey {
    /// The stream with this id: its type is what stands before the last underscore.
    #[must_use]
    pub fn of(id: &str) -> Self {
        let kind = id.rsplit_once('_').map_or("", |(kind, _)| kind);
        Self { kind: kind.to_owned(), id: id.to_owned() }
    }
}

/// An event to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The stored name.
    pub name: String,
    /// The version of the stored shape.
    pub version: u16,
    /// The payload, as the exact JSON text to keep.
    pub payload: String,
}

/// Why and by whom, for every event of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The organization everything belongs to.
    pub organization: OrganizationId,
    /// Who did it.
    pub actor: Actor,
    /// The command that caused it.
    pub command: Uuid,
    /// What everything that follows from one request shares.
    pub correlation: Uuid,
    /// The event or message that led to the command, if one did.
    pub causation: Option<String>,
    /// When it happened in the world.
    pub occurred_at: Timestamp,
    /// Where it came from: `graphql`, `cli`, `import:servicenow` …
    pub source: String,
}

/// One append: everything in it happens, or nothing.
#[derive(Debug, Clone)]
pub struct Append {
    /// The stream.
    pub stream: StreamKey,
    /// Where the stream stood when the command was decided.
    pub after: Head,
    /// What to store.
    pub events: Vec<NewEvent>,
    /// Uniqueness to take and release.
    pub claims: Vec<ClaimChange>,
    /// Why and by whom.
    pub metadata: Metadata,
    /// The digest of the caller's input, when the caller gave an idempotency key.
    pub input: Option<String>,
}

/// What an append did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Where the stream stands now.
    pub head: Head,
    /// The insertion number of its last event; the sequencer gives it a position.
    pub insertion: i64,
}

/// What the store remembers of a command with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandRecord {
    /// The digest of its input.
    pub input: String,
    /// The stream it changed.
    pub stream: StreamKey,
    /// The stream's version after it.
    pub version: u64,
    /// The insertion number of its last event.
    pub insertion: i64,
}

/// Why an append did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The stream has moved on.
    #[error("the stream is at version {actual}")]
    VersionConflict {
        /// How many events it has.
        actual: u64,
    },
    /// Another stream holds a claim.
    #[error("{} “{}” is taken by {holder}", .claim.kind, .claim.key)]
    ClaimTaken {
        /// The claim.
        claim: Claim,
        /// The id of the stream that holds it.
        holder: String,
    },
    /// The command was done before, at the same time perhaps; look it up.
    #[error("the command was already done")]
    AlreadyDone,
    /// An event tells of somebody who was forgotten.
    #[error(transparent)]
    Forgotten(ForgottenSubject),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The database, or what it holds, cannot be used now.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached. A read can be tried again; of an append it is not known whether it was stored, so it is to be
    /// repeated with the same idempotency key, which makes sure that it is done once.
    #[error("{operation}: the database cannot be reached now")]
    Unavailable {
        /// What was being done.
        operation: &'static str,
        /// Why it failed.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It answered with something that should not happen.
    #[error("{operation}: {source}")]
    Broken {
        /// What was being done.
        operation: &'static str,
        /// What was wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    /// Something that should not happen. Of a text that cannot be read only the place and the kind of fault are kept: the
    /// parser's own words quote it.
    pub fn broken(
        operation: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        let source = match source.into().downcast::<serde_json::Error>() {
            Ok(error) => Box::new(Illegible::from(&*error)),
            Err(other) => other,
        };
        Self::Broken { operation, source }
    }
}

/// A stored event.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Its stream.
    pub stream: StreamKey,
    /// Its place in the stream, from 1.
    pub sequence: u64,
    /// The stored name.
    pub name: String,
    /// The version of the stored shape.
    pub version: u16,
    /// The payload, as it is kept.
    pub payload: String,
    /// Why and by whom.
    pub metadata: Metadata,
    /// When it was stored, by the database's clock.
    pub recorded_at: Timestamp,
    /// Its insertion number.
    pub insertion: i64,
    /// Its hash, which covers it and all before it in its stream.
    pub hash: Hash,
}

impl StoredEvent {
    /// Where its stream stood after it.
    #[must_use]
    pub const fn head(&self) -> Head {
        Head { version: self.sequence, hash: self.hash }
    }
}

/// Where the events of a stream stand in the one order of all events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StreamPositions {
    /// The position of each of its events, in order. The latest may have none yet.
    pub positions: Vec<i64>,
    /// The last position given to any event; 0 before the first.
    pub head: i64,
}

impl StreamPositions {
    /// The position of the event at this place in the stream, from 1, once it has one.
    #[must_use]
    pub fn of(&self, sequence: u64) -> Option<i64> {
        let place = usize::try_from(sequence).ok()?.checked_sub(1)?;
        self.positions.get(place).copied()
    }
}

/// A stream's state as it was kept, so that its events need not be folded from the first.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Where the stream stood.
    pub head: Head,
    /// The state, as JSON text.
    pub state: String,
}

/// Keeps events.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// A stream's events after a version, in order; none for a stream that is not there or belongs to another organization.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn load(
        &self,
        organization: OrganizationId,
        stream: &StreamKey,
        after: u64,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// Where a stream's events stand in the one order of all events.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn positions(
        &self,
        organization: OrganizationId,
        stream: &StreamKey,
    ) -> Result<StreamPositions, StoreError>;

    /// A stream as it stands: its snapshot, if one is kept that was written under this schema, and its events after that.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn latest(
        &self,
        organization: OrganizationId,
        stream: &StreamKey,
        schema: &str,
    ) -> Result<(Option<Snapshot>, Vec<StoredEvent>), StoreError> {
        let _ = schema;
        Ok((None, self.load(organization, stream, 0).await?))
    }

    /// Keeps a snapshot in place of an older one, some time soon. It may be lost: nothing but time is lost with it.
    fn keep(
        &self,
        organization: OrganizationId,
        stream: StreamKey,
        schema: &'static str,
        snapshot: Snapshot,
    ) {
        let _ = (organization, stream, schema, snapshot);
    }

    /// Stores events, in one transaction with their claims, the stream's version and the command's record. A command that
    /// is remembered is not done again, whatever the stream's version: [`AppendError::AlreadyDone`].
    ///
    /// # Errors
    /// See [`AppendError`]; in each case nothing was stored.
    async fn append(&self, append: Append) -> Result<Appended, AppendError>;

    /// What is remembered of a command.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn command(
        &self,
        organization: OrganizationId,
        command: Uuid,
    ) -> Result<Option<CommandRecord>, StoreError>;

    /// The id of the stream that holds a claim; `organization` is ignored for a claim on the platform.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn holder(&self, organization: OrganizationId, claim: &Claim)
    -> Result<Option<String>, StoreError>;
}
