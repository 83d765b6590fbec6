//! Aggregates as they last stood, so that a command on a stream that was seen lately need not load it.
//!
//! An entry is never older than what this process did itself. What other processes append is noticed by the sequencer,
//! which sees every insertion, some milliseconds after the commit: [`Cache::moved`]. Until then a command may be decided
//! against the state before. If it stores something, the append refuses it and it is decided anew; if it does not, the
//! state is loaded and it is decided once more before it is answered.

use std::{
    any::Any,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use escalon_domain::{
    aggregate::Aggregate,
    definition::{Body, Definition},
    id::{Id, uuid_in},
    organization::OrganizationId,
    slug::Slug,
};
use lru::LruCache;
use uuid::Uuid;

use crate::ports::Head;

const SHARDS: usize = 64;

/// Aggregates as they last stood. Cheap to clone.
#[derive(Clone)]
pub struct Cache {
    shards: Arc<[Mutex<LruCache<Uuid, Entry>>]>,
    /// Moves when everything is dropped: what was loaded before that is not to be kept.
    epoch: Arc<AtomicU64>,
    /// What short names lately named. Whoever uses one looks whether it still does.
    names: Arc<Mutex<LruCache<Name, Uuid>>>,
}

/// A short name, in an organization, of a kind.
type Name = (OrganizationId, &'static str, Slug);

enum Entry {
    Stands {
        organization: OrganizationId,
        head: Head,
        state: Arc<dyn Any + Send + Sync>,
    },
    /// Somebody else brought it to this version: an older state is not to be kept.
    Moved(u64),
}

/// The moment before a load.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Epoch(u64);

impl Entry {
    const fn version(&self) -> u64 {
        match self {
            Self::Stands { head, .. } => head.version,
            Self::Moved(version) => *version,
        }
    }
}

impl Cache {
    /// A cache for up to so many aggregates.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let each = NonZeroUsize::new(capacity / SHARDS).unwrap_or(NonZeroUsize::MIN);
        Self {
            shards: (0..SHARDS).map(|_| Mutex::new(LruCache::new(each))).collect(),
            epoch: Arc::default(),
            names: Arc::new(Mutex::new(LruCache::new(each))),
        }
    }

    /// Somebody else brought a stream, given by its stored id (`ticket_…`), to this version.
    pub fn moved(&self, stream: &str, version: u64) {
        let Some(id) = uuid_in(stream) else { return };
        let mut shard = self.shard(id);
        if shard.peek(&id).is_none_or(|entry| entry.version() < version) {
            shard.put(id, Entry::Moved(version));
        }
    }

    /// Drops everything: nobody knows what was missed, or what is known is not to be kept.
    pub fn clear(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        for shard in self.shards.iter() {
            shard.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    pub(crate) fn epoch(&self) -> Epoch {
        Epoch(self.epoch.load(Ordering::SeqCst))
    }

    /// The aggregate as it last stood in this organization.
    pub(crate) fn get<A: Aggregate>(
        &self,
        organization: OrganizationId,
        id: Id<A>,
    ) -> Option<(Arc<A>, Head)> {
        match self.shard(id.uuid()).get(&id.uuid())? {
            Entry::Stands { organization: owner, head, state } if *owner == organization => {
                Some((Arc::clone(state).downcast::<A>().ok()?, *head))
            }
            _ => None,
        }
    }

    /// The same, and takes it out: whoever changes it need not copy it first.
    pub(crate) fn take<A: Aggregate>(
        &self,
        organization: OrganizationId,
        id: Id<A>,
    ) -> Option<(Arc<A>, Head)> {
        let found = self.get(organization, id)?;
        self.shard(id.uuid()).pop(&id.uuid());
        Some(found)
    }

    /// Keeps an aggregate that was loaded after this epoch, unless a newer state of it is known to be.
    pub(crate) fn put<A: Aggregate>(
        &self,
        organization: OrganizationId,
        id: Id<A>,
        state: Arc<A>,
        head: Head,
        epoch: Epoch,
    ) {
        let mut shard = self.shard(id.uuid());
        let newer = shard.peek(&id.uuid()).is_some_and(|entry| entry.version() > head.version);
        if !newer && self.epoch.load(Ordering::SeqCst) == epoch.0 {
            shard.put(id.uuid(), Entry::Stands { organization, head, state });
        }
    }

    /// What a short name lately named.
    pub(crate) fn named<B: Body>(
        &self,
        organization: OrganizationId,
        name: &Slug,
    ) -> Option<Id<Definition<B>>> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.get(&(organization, B::PREFIX, name.clone())).copied().map(Id::from_uuid)
    }

    /// Remembers what a short name names.
    pub(crate) fn name<B: Body>(&self, organization: OrganizationId, name: &Slug, id: Id<Definition<B>>) {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.put((organization, B::PREFIX, name.clone()), id.uuid());
    }

    fn shard(&self, id: Uuid) -> MutexGuard<'_, LruCache<Uuid, Entry>> {
        // The last bits of a UUIDv7 are random.
        let shard = &self.shards[(id.as_u128() % SHARDS as u128) as usize];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
