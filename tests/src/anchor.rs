//! An anchor for tests.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use escalon_infrastructure::notary::{
    Settings,
    anchor::{Anchor, Kept},
    keys::Keys,
};
use escalon_proof::key::SignerKey;

/// So that the notary does not work by itself: who tests it lets it step.
const SELDOM: Duration = Duration::from_secs(3600);

/// An anchor that keeps checkpoints in memory, and can be broken.
#[derive(Debug, Default)]
pub struct MemoryAnchor {
    kept: Mutex<Vec<Kept>>,
    broken: AtomicBool,
    unreadable: AtomicBool,
}

impl MemoryAnchor {
    /// What it has.
    #[must_use]
    pub fn kept(&self) -> Vec<Kept> {
        self.kept.lock().expect("the anchor").clone()
    }

    /// Lets nobody write to it, or mends it.
    pub fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }

    /// Lets nobody read it, or mends it.
    pub fn set_unreadable(&self, unreadable: bool) {
        self.unreadable.store(unreadable, Ordering::SeqCst);
    }
}

#[async_trait::async_trait]
impl Anchor for MemoryAnchor {
    fn place(&self) -> String {
        "memory".to_owned()
    }

    async fn keep(&self, checkpoints: &[Kept]) -> io::Result<()> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(io::Error::other("the disk is full"));
        }
        self.kept.lock().expect("the anchor").extend_from_slice(checkpoints);
        Ok(())
    }

    async fn largest(&self, organization: &str) -> io::Result<Option<Kept>> {
        if self.unreadable.load(Ordering::SeqCst) {
            return Err(io::Error::other("the share is not mounted"));
        }
        let kept = self.kept.lock().expect("the anchor");
        Ok(kept.iter().filter(|one| one.organization == organization).max_by_key(|one| one.size).cloned())
    }
}

/// Settings of a notary with the key that follows from this number.
#[must_use]
pub fn notary(key: u8, anchor: Arc<MemoryAnchor>) -> Settings {
    Settings { keys: Keys::of(SignerKey::from_seed("escalon/notary", &[key; 32])), anchor, every: SELDOM }
}
