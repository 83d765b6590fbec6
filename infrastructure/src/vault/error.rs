//! Why personal data cannot be sealed or opened. A key that is wrong or missing is an error and never “forgotten”.

use std::{io, path::PathBuf};

use escalon_application::ports::StoreError;
use escalon_domain::personal::SubjectId;

/// Why personal data cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The file of the master key.
    #[error("the master key in {}: {source}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not a key.
    #[error(
        "{place} holds no master key: it needs one or more keys of 64 hexadecimal digits; make one with `openssl rand -hex 32`"
    )]
    NotAKey {
        /// Where it was read.
        place: String,
    },
    /// The database has a key, and none was given.
    #[error(
        "personal data in this database are sealed with the master key {needed}, and {place} is not there; put it back, or give the key with --master-key-file, ESCALON_MASTER_KEY_FILE or ESCALON_MASTER_KEY (docs/runbooks/master-key.md)"
    )]
    Missing {
        /// The id of the key that is needed.
        needed: String,
        /// Where it was looked for.
        place: String,
    },
    /// Another key was given.
    #[error(
        "personal data in this database are sealed with the master key {needed}, and {place} holds {}; give the right one with --master-key-file, ESCALON_MASTER_KEY_FILE or ESCALON_MASTER_KEY, or take the database that belongs to this key (docs/runbooks/master-key.md)", .given.join(", ")
    )]
    Wrong {
        /// The id of the key that is needed.
        needed: String,
        /// The ids of the keys that were given.
        given: Vec<String>,
        /// Where they were read.
        place: String,
    },
    /// The keys of subjects are wrapped by a key that nobody knows here.
    #[error(
        "the keys of persons are being wrapped by the master key {needed}, which this process does not have; add it to its keys as a second line (docs/runbooks/master-key.md)"
    )]
    Rotated {
        /// The id of the key that is needed.
        needed: String,
    },
    /// A running engine would not find the new key.
    #[error(
        "engines that run with ESCALON_MASTER_KEY would not find the new key: give them both, separated by a comma, start them anew, and change the key then (docs/runbooks/master-key.md)"
    )]
    Unannounced,
    /// It was in use before.
    #[error("the master key {id} was retired before; change to a new one")]
    Retired {
        /// Its id.
        id: String,
    },
    /// The row of a key is gone, which is not what forgetting leaves.
    #[error(
        "the key of {subject} is not in this database, and it was not forgotten: restore the table escalon.subject_keys from the backup that belongs to these events"
    )]
    Lost {
        /// Whose.
        subject: SubjectId,
    },
    /// What was sealed, or its key, was changed.
    #[error("what was sealed for {subject} cannot be opened with their key: one of the two was changed")]
    Damaged {
        /// Whose.
        subject: SubjectId,
    },
    /// Nothing is sealed any more for who was forgotten.
    #[error("{subject} was forgotten; nothing about them can be kept any more")]
    Forgotten {
        /// Whose.
        subject: SubjectId,
    },
    /// A value has no room.
    #[error("a personal value is too long to be sealed")]
    TooLong,
    /// The operating system has no chance to give.
    #[error("the operating system gives no random numbers")]
    Randomness,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<VaultError> for StoreError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Store(error) => error,
            other => Self::broken("keeping personal data", other),
        }
    }
}
