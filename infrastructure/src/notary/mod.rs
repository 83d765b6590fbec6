//! The notary: builds a Merkle tree over each organization's events and signs its size and root every few seconds, so
//! that nobody can change history unnoticed, whoever has the database. `docs/proof.md` says what this proves.
//!
//! | module | what it is |
//! | --- | --- |
//! | [`keys`] | the key that signs, which is kept outside the database |
//! | `grow` | the trees grow with the feed; the notary's position moves in the same transaction |
//! | `sign` | a checkpoint for each tree that grew, unless it is not the one that was signed before |
//! | `recall` | after a start, the trees are held against what the anchor holds |
//! | `halt` | why a tree is not signed |
//! | [`anchor`] | checkpoints are kept outside the database, too |
//! | [`ledger`] | reading: checkpoints and proofs |
//! | [`export`] | a whole history as lines |
//!
//! Several processes may run it on one database: they take turns by the row `escalon.notary`, and by each tree's row.

pub mod anchor;
pub mod export;
mod grow;
mod halt;
pub mod keys;
pub mod ledger;
#[cfg(feature = "objects")]
pub mod objects;
mod recall;
mod sign;
mod tiles;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use escalon_application::ports::StoreError;
use escalon_domain::organization::OrganizationId;
use escalon_proof::checkpoint::{Checkpoint, SignedCheckpoint};
use tokio::{sync::watch, time::Instant};

use self::{anchor::Anchor, keys::Keys, ledger::Ledger};
use crate::{database::Database, feed::Feed};

/// How the notary works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The key that signs, and those that did.
    pub keys: Keys,
    /// Where checkpoints are kept outside the database.
    pub anchor: Arc<dyn Anchor>,
    /// How often it signs.
    pub every: Duration,
}

/// Builds trees and signs them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Notary {
    database: Database,
    feed: Feed,
    settings: Settings,
    /// The last checkpoint that this process saw of each tree: the database may forget, the notary does not.
    seen: Arc<Mutex<HashMap<String, Checkpoint>>>,
    /// The trees that were held against the anchor since this process began.
    recalled: Arc<Mutex<HashSet<String>>>,
    /// Why trees stand still, as it was last said, so that it is not said every time.
    said: Arc<Mutex<BTreeMap<String, String>>>,
}

/// Why there is no checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum NotaryError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The notary refuses to sign.
    #[error("the notary does not sign the history of {organization}: {reason}")]
    Halted {
        /// Whose history.
        organization: String,
        /// Why not, and what to do.
        reason: String,
    },
    /// It takes too long.
    #[error("no checkpoint covers what was stored last after {} s; see the engine's log for what the notary waits for", .waited.as_secs())]
    TooLate {
        /// How long was waited.
        waited: Duration,
    },
}

impl Notary {
    /// A notary over this database and feed.
    #[must_use]
    pub fn new(database: Database, feed: Feed, settings: Settings) -> Self {
        Self {
            database,
            feed,
            settings,
            seen: Arc::default(),
            recalled: Arc::default(),
            said: Arc::default(),
        }
    }

    /// The keys it trusts, its own first.
    #[must_use]
    pub const fn keys(&self) -> &Keys {
        &self.settings.keys
    }

    /// Reads checkpoints and proofs.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        Ledger::new(self.database.clone())
    }

    /// Works until told to stop. What cannot be done is tried again, later each time; events are stored meanwhile.
    pub async fn run(self, mut shutdown: watch::Receiver<bool>) {
        const LONGEST: Duration = Duration::from_secs(30);
        let mut failures = 0_u32;
        loop {
            let pause = self
                .settings
                .every
                .saturating_mul(1 << failures.min(6))
                .min(LONGEST.max(self.settings.every));
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = shutdown.wait_for(|stop| *stop) => return,
            }
            match self.step().await {
                Ok(()) => failures = 0,
                Err(error) => {
                    failures += 1;
                    tracing::error!(%error, failures, "the notary could not do its work; trying again");
                }
            }
        }
    }

    /// Does everything that there is to do now. A tree that must not be signed, and an anchor that cannot be written, do
    /// not keep it from the rest.
    ///
    /// # Errors
    /// The database cannot be reached, or a tree is damaged.
    pub async fn step(&self) -> Result<(), StoreError> {
        let grown = self.grow_all().await;
        self.sign_all().await?;
        self.anchor_pending().await?;
        self.measure().await?;
        grown
    }

    async fn grow_all(&self) -> Result<(), StoreError> {
        while self.grow().await? {}
        Ok(())
    }

    /// The checkpoint over everything that an organization has stored until now; signs one if need be.
    ///
    /// # Errors
    /// See [`NotaryError`].
    pub async fn cover(
        &self,
        organization: OrganizationId,
        patience: Duration,
    ) -> Result<SignedCheckpoint, NotaryError> {
        let late = NotaryError::TooLate { waited: patience };
        let deadline = Instant::now() + patience;
        let position = match self.feed.last_insertion().await? {
            Some(last) => self.feed.position_of(last, patience).await?.ok_or(late)?,
            None => 0,
        };
        let organization = organization.to_string();
        loop {
            if Instant::now() >= deadline {
                return Err(NotaryError::TooLate { waited: patience });
            }
            self.grow_all().await?;
            if self.position().await? < position {
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
            if let Some(reason) = self.sign_all().await?.remove(&organization) {
                return Err(NotaryError::Halted { organization, reason });
            }
            let (size, signed) = self.ledger().size(&organization).await?;
            if let Some(checkpoint) = signed.filter(|signed| signed.unverified().size == size) {
                self.anchor_pending().await?;
                return Ok(checkpoint);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
