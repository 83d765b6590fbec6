//! The engine: the ports, and the one rhythm of every use case.

use std::sync::Arc;

use escalon_domain::{
    access::Permission,
    aggregate::{Aggregate, Event},
    id::{Id, Named},
    stamp::{Stamp, Timestamp},
};

use crate::{
    caller::Caller,
    failure::Failure,
    once::{LONGEST_KEY, Once},
    ports::{
        Append, AppendError, Clock, CommandRecord, Credentials, Directory, EventStore, Ids, Metadata,
        NewEvent, Numbers, PasswordHasher, StoreError, StoredEvent, StreamKey, Tokens,
    },
    recorded::Recorded,
};

/// How often a command is decided anew when its stream moved meanwhile.
const ATTEMPTS: usize = 8;

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
}

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub(crate) ports: Ports,
}

/// What a use case did.
#[derive(Debug, Clone)]
pub struct Done<A: Aggregate> {
    /// The stream.
    pub id: Id<A>,
    /// Its state afterwards, from the write side.
    pub state: A,
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
    /// As it stood at a time in the world.
    At(Timestamp),
    /// After so many of its events.
    Version(u64),
}

impl Moment {
    fn includes(self, event: &StoredEvent) -> bool {
        match self {
            Self::Now => true,
            Self::At(time) => event.metadata.occurred_at <= time,
            Self::Version(version) => event.sequence <= version,
        }
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
    pub const fn new(ports: Ports) -> Self {
        Self { ports }
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
        self.ports.store.load(caller.organization, &key(id)).await
    }

    /// A stream's state and version at a moment; the default state and 0 when it is not there.
    pub(crate) async fn load<A: Aggregate>(
        &self,
        caller: &Caller,
        id: Id<A>,
        moment: Moment,
    ) -> Result<(A, u64), StoreError> {
        let mut state = A::default();
        let mut version = 0;
        for stored in self.events(caller, id).await?.iter().filter(|stored| moment.includes(stored)) {
            let recorded = Recorded::<A::Event>::from_json(&stored.payload)
                .map_err(|unreadable| StoreError::broken("reading a stream", unreadable))?;
            state.evolve(&recorded.event, &recorded.stamp);
            version = stored.sequence;
        }
        Ok((state, version))
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

    /// Anything as it stood at a moment, for those who read history.
    ///
    /// # Errors
    /// Not permitted, not there, or not there yet at that moment.
    pub async fn as_of<A: Guarded>(
        &self,
        caller: &Caller,
        id: Id<A>,
        moment: Moment,
    ) -> Result<Done<A>, Failure> {
        caller.must(Permission::AuditView)?;
        let now = self.see(caller, id, Moment::Now).await?;
        let (state, version) = self.load(caller, id, moment).await?;
        if version == 0 {
            return Err(Failure::invalid(["moment"], format!("{id} was not there yet at that moment")));
        }
        Ok(Done { state, version, ..now })
    }

    /// Load, decide, append: the rhythm of every use case after its first line. When the stream moved meanwhile and the
    /// caller expected no certain version, it is loaded and decided anew.
    pub(crate) async fn change<A: Guarded>(
        &self,
        caller: &Caller,
        id: Id<A>,
        command: A::Command,
        once: &Once,
    ) -> Result<Done<A>, Failure> {
        let command_id = once.command_id(caller.organization, &caller.actor, self.ports.ids.uuid());
        if let Some(done) = self.replay(caller, once).await? {
            return Ok(done);
        }
        let stamp = self.stamp(caller);
        for _ in 0..ATTEMPTS {
            let (mut state, version) = self.load::<A>(caller, id, Moment::Now).await?;
            if version > 0 && !state.visible_to(caller) {
                return Err(Failure::NotFound { what: A::PREFIX, id: id.to_string() });
            }
            if let Some(expected) = once.expected_version().filter(|expected| *expected != version) {
                return Err(Failure::VersionConflict { expected, actual: version });
            }
            let events = state.decide(command.clone(), &stamp);
            let events = events.map_err(|refusal| Failure::refused(refusal, A::PREFIX, &id))?;
            let mut append = Append {
                stream: key(id),
                expected_version: version,
                events: Vec::with_capacity(events.len()),
                claims: Vec::new(),
                metadata: metadata(caller, &stamp, command_id),
                input: once.input().map(str::to_owned),
            };
            for event in events {
                append.claims.extend(state.claims(&event));
                state.evolve(&event, &stamp);
                append.events.push(stored(event, &stamp)?);
            }
            if append.events.is_empty() {
                return Ok(Done { id, state, version, insertion: None, replayed: false });
            }
            match self.ports.store.append(append).await {
                Ok(appended) => {
                    let insertion = Some(appended.insertion);
                    return Ok(Done { id, state, version: appended.version, insertion, replayed: false });
                }
                Err(AppendError::VersionConflict { .. }) => {}
                Err(AppendError::ClaimTaken { claim, holder }) => return Err(taken(&claim, holder)),
                Err(AppendError::AlreadyDone) => {
                    if let Some(done) = self.replay(caller, once).await? {
                        return Ok(done);
                    }
                }
                Err(AppendError::Store(error)) => return Err(error.into()),
            }
        }
        let (_, actual) = self.load::<A>(caller, id, Moment::Now).await?;
        Err(Failure::VersionConflict { expected: once.expected_version().unwrap_or(actual), actual })
    }

    /// The first answer to a command whose key was used before.
    async fn replay<A: Guarded>(&self, caller: &Caller, once: &Once) -> Result<Option<Done<A>>, Failure> {
        let Some(record) = self.done_before(caller, once).await? else { return Ok(None) };
        let key_reused = || Failure::KeyReused { key: once.key().unwrap_or_default().to_owned() };
        if record.stream.kind != A::PREFIX {
            return Err(key_reused());
        }
        let id = record.stream.id.parse::<Id<A>>().map_err(|_| key_reused())?;
        let done = self.see(caller, id, Moment::Now).await?;
        Ok(Some(Done { insertion: Some(record.insertion), replayed: true, ..done }))
    }

    /// What was done before with this key, if anything was.
    pub(crate) async fn done_before(
        &self,
        caller: &Caller,
        once: &Once,
    ) -> Result<Option<CommandRecord>, Failure> {
        let (Some(key), Some(input)) = (once.key(), once.input()) else { return Ok(None) };
        if key.is_empty() || key.chars().count() > LONGEST_KEY {
            let message = format!("needs 1 to {LONGEST_KEY} characters; a UUID is a good choice");
            return Err(Failure::invalid(["idempotencyKey"], message));
        }
        let id = once.command_id(caller.organization, &caller.actor, uuid::Uuid::nil());
        let record = self.ports.store.command(caller.organization, id).await?;
        match record {
            Some(record) if record.input != input => Err(Failure::KeyReused { key: key.to_owned() }),
            record => Ok(record),
        }
    }
}

fn key<A: Named>(id: Id<A>) -> StreamKey {
    StreamKey { kind: A::PREFIX.to_owned(), id: id.to_string() }
}

fn metadata(caller: &Caller, stamp: &Stamp, command: uuid::Uuid) -> Metadata {
    Metadata {
        organization: caller.organization,
        actor: stamp.by.clone(),
        command,
        correlation: caller.correlation,
        causation: None,
        occurred_at: stamp.at,
        source: caller.source.clone(),
    }
}

fn stored<E: Event>(event: E, stamp: &Stamp) -> Result<NewEvent, StoreError> {
    let (name, version) = (event.name().to_owned(), event.version());
    let recorded = Recorded { stamp: stamp.clone(), event };
    let payload = recorded.to_json().map_err(|error| StoreError::broken("writing an event", error))?;
    Ok(NewEvent { name, version, payload })
}

fn taken(claim: &escalon_domain::claim::Claim, holder: String) -> Failure {
    let message = match claim.kind.as_str() {
        "escalation.open" => format!("this is already escalated and still open: see {holder}"),
        "member.email" => "somebody with this email address is already a member here".to_owned(),
        "organization.slug" => {
            format!("an organization called “{}” exists already; choose another name", claim.key)
        }
        kind if kind.ends_with(".name") => {
            let what = kind.trim_end_matches(".name").replace('_', " ");
            format!(
                "a {what} called “{}” exists already ({holder}); choose another name or revise that one",
                claim.key
            )
        }
        kind => format!("{kind} “{}” is already taken by {holder}", claim.key),
    };
    Failure::Duplicate { message, holder }
}
