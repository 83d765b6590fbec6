//! The engine: the ports it stands on, what a use case answers, and loading.

use std::sync::Arc;

use futures::lock::Mutex;
use uuid::Uuid;

use escalon_domain::{
    access::Permission,
    aggregate::Aggregate,
    id::{Id, Named},
    stamp::{Stamp, Timestamp},
};

use crate::{
    alert::Gathering,
    cache::Cache,
    caller::Caller,
    failure::Failure,
    ports::{
        Clock, Credentials, Directory, EventStore, Head, Ids, Numbers, PasswordHasher, People, Sequences,
        StoreError, StoredEvent, StreamKey, StreamPositions, Tokens,
    },
    recorded::Recorded,
};

/// Everything the use cases need from the world.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is the port of its type, documented there")]
pub struct Ports {
    pub store: Arc<dyn EventStore>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub numbers: Arc<dyn Numbers>,
    pub directory: Arc<dyn Directory>,
    pub credentials: Arc<dyn Credentials>,
    pub passwords: Arc<dyn PasswordHasher>,
    pub tokens: Arc<dyn Tokens>,
    pub sequences: Arc<dyn Sequences>,
    pub people: Arc<dyn People>,
}

/// How many turns streams share.
const TURNS: u128 = 8_192;
/// How many aggregates are kept as they last stood.
const CACHED: usize = 50_000;

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub(crate) ports: Ports,
    /// Held while it is decided who administers an organization.
    pub(crate) administration: Arc<Mutex<()>>,
    /// Commands on one stream take turns in this process, so that they need not be decided anew for each other.
    turns: Arc<[Mutex<()>]>,
    pub(crate) cache: Cache,
    /// What sources report of the same alert at the same time.
    pub(crate) gathering: Arc<Gathering>,
}

/// What a use case did.
#[derive(Debug, Clone)]
pub struct Done<A: Aggregate> {
    /// The stream.
    pub id: Id<A>,
    /// Its state afterwards, from the write side.
    pub state: Arc<A>,
    /// How many events it has.
    pub version: u64,
    /// The insertion number of its last event, for whoever wants to read their own write; none when nothing changed.
    pub insertion: Option<i64>,
    /// Whether this is the answer to an earlier command with the same key.
    pub replayed: bool,
}

/// A moment in a stream's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// As it stands.
    Now,
    /// As it stood at a time in the world, by what is known now: imported history counts at the time it happened.
    At(Timestamp),
    /// As the engine knew it at a time, by what had been stored until then.
    RecordedBy(Timestamp),
    /// As it stood at a position in the one order of all events.
    Position(i64),
    /// After so many of its events.
    Version(u64),
}

impl Moment {
    /// Whether an event belongs to it; `positions` are those of the event's stream.
    pub(crate) fn includes(self, event: &StoredEvent, positions: &StreamPositions) -> bool {
        match self {
            Self::Now => true,
            Self::At(time) => event.metadata.occurred_at <= time,
            Self::RecordedBy(time) => event.recorded_at <= time,
            Self::Position(position) => positions.of(event.sequence).is_some_and(|place| place <= position),
            Self::Version(version) => event.sequence <= version,
        }
    }

    /// Whether a stream that stands there is as it was at this moment.
    fn is_at(self, head: Head) -> bool {
        self == Self::Now || self == Self::Version(head.version)
    }
}

/// Whether a caller may see, and so change, a thing of this kind. Things that may not be seen are not there.
pub trait Guarded: Aggregate {
    /// Whether the caller may see it in this state.
    fn visible_to(&self, caller: &Caller) -> bool {
        let _ = caller;
        true
    }
}

impl Engine {
    /// An engine over these ports.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        let turns = (0..TURNS).map(|_| Mutex::new(())).collect();
        Self {
            ports,
            administration: Arc::default(),
            turns,
            cache: Cache::new(CACHED),
            gathering: Arc::default(),
        }
    }

    /// The aggregates as they last stood, to be told what other processes append.
    #[must_use]
    pub fn cache(&self) -> Cache {
        self.cache.clone()
    }

    /// The turn of a stream. Streams may share one, so a command holds one at a time.
    pub(crate) fn turn(&self, stream: Uuid) -> &Mutex<()> {
        &self.turns[(stream.as_u128() % TURNS) as usize]
    }

    /// A new id of any kind.
    #[must_use]
    pub fn new_id<T>(&self) -> Id<T> {
        Id::from_uuid(self.ports.ids.uuid())
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    pub(crate) fn stamp(&self, caller: &Caller) -> Stamp {
        Stamp::new(caller.at.unwrap_or_else(|| self.now()), caller.actor.clone())
    }

    /// A stream's stored events, oldest first. No check of permissions: use cases do that.
    pub(crate) async fn events<A: Aggregate>(
        &self,
        caller: &Caller,
        id: Id<A>,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.ports.store.load(caller.organization, &key(id), 0).await
    }

    /// A stream's state and version at a moment; the default state and 0 when it is not there.
    pub(crate) async fn load<A: Aggregate>(
        &self,
        caller: &Caller,
        id: Id<A>,
        moment: Moment,
    ) -> Result<(Arc<A>, u64), StoreError> {
        let known = self.cache.get(caller.organization, id);
        if let Some((state, head)) = known.filter(|(_, head)| moment.is_at(*head)) {
            return Ok((state, head.version));
        }
        if moment == Moment::Now {
            let (state, head) = self.load_stored(caller, id).await?;
            return Ok((state, head.version));
        }
        let positions = self.positions_for(caller, id, moment).await?;
        let events = self.events(caller, id).await?;
        let (state, head) = fold(events.iter().filter(|stored| moment.includes(stored, &positions)))?;
        Ok((Arc::new(state), head.version))
    }

    /// A stream as the store has it now.
    pub(crate) async fn load_stored<A: Aggregate>(
        &self,
        caller: &Caller,
        id: Id<A>,
    ) -> Result<(Arc<A>, Head), StoreError> {
        let epoch = self.cache.epoch();
        let (state, head) = self.restored(caller, id).await?;
        if head.version > 0 {
            self.cache.put(caller.organization, id, Arc::clone(&state), head, epoch);
        }
        Ok((state, head))
    }

    /// A thing as the caller may see it, at a moment.
    pub(crate) async fn see<A: Guarded>(
        &self,
        caller: &Caller,
        id: Id<A>,
        moment: Moment,
    ) -> Result<Done<A>, Failure> {
        let (state, version) = self.load(caller, id, moment).await?;
        if version == 0 || !state.visible_to(caller) {
            return Err(Failure::NotFound { what: A::PREFIX, id: id.to_string() });
        }
        Ok(Done { id, state, version, insertion: None, replayed: false })
    }

    /// A stream's stored events, for those who read history.
    ///
    /// # Errors
    /// Not permitted, or not there.
    pub async fn history<A: Guarded>(&self, caller: &Caller, id: Id<A>) -> Result<Vec<StoredEvent>, Failure> {
        caller.must(Permission::AuditView)?;
        self.see(caller, id, Moment::Now).await?;
        Ok(self.events(caller, id).await?)
    }
}

/// The state that stored events lead to, and where they end.
pub(crate) fn fold<'e, A: Aggregate>(
    events: impl IntoIterator<Item = &'e StoredEvent>,
) -> Result<(A, Head), StoreError> {
    fold_on((A::default(), Head::default()), events)
}

/// The same from where a snapshot was taken.
pub(crate) fn fold_on<'e, A: Aggregate>(
    (mut state, mut head): (A, Head),
    events: impl IntoIterator<Item = &'e StoredEvent>,
) -> Result<(A, Head), StoreError> {
    for stored in events {
        evolve(&mut state, stored)?;
        head = stored.head();
    }
    Ok((state, head))
}

/// The state after a stored event.
pub(crate) fn evolve<A: Aggregate>(state: &mut A, stored: &StoredEvent) -> Result<(), StoreError> {
    let recorded = Recorded::<A::Event>::read(&stored.payload)
        .map_err(|unreadable| StoreError::broken("reading a stream", unreadable))?;
    recorded.iter().for_each(|Recorded { stamp, event }| state.evolve(event, stamp));
    Ok(())
}

pub(crate) fn key<A: Named>(id: Id<A>) -> StreamKey {
    StreamKey { kind: A::PREFIX.to_owned(), id: id.to_string() }
}
