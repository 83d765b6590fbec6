//! The ports in memory: enough of an event store to run the driver.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use chrono::{Duration, NaiveDate};
use escalon_application::{
    Engine,
    engine::Ports,
    ports::{
        Append, AppendError, Appended, Clock, CommandRecord, Credentials, Destroyed, Directory, EventStore,
        Head, Ids, Numbers, Parked, PasswordHasher, People, Purpose, Resumed, Sequences, StoreError,
        StoredEvent, StreamKey, StreamPositions, TokenClaims, TokenError, Tokens, Without,
    },
};
use escalon_domain::{
    access::Permission,
    claim::{Claim, ClaimChange},
    id::Id,
    member::MemberId,
    organization::OrganizationId,
    parked_sequence::{ParkedSequenceId, Skip},
    personal::{self, SubjectId},
    stamp::Timestamp,
};
use escalon_proof::Hash;
use uuid::Uuid;

#[derive(Default)]
struct Held {
    streams: HashMap<String, Vec<StoredEvent>>,
    commands: HashMap<Uuid, CommandRecord>,
    claims: BTreeMap<(String, String), String>,
    insertion: i64,
    numbers: u32,
    ids: u128,
    /// Appends that may still be done before the database goes away.
    left: Option<u64>,
}

/// Everything in memory.
#[derive(Default)]
pub(crate) struct Memory(Mutex<Held>);

impl Memory {
    /// An engine over a new memory.
    pub(crate) fn engine() -> (Engine, Arc<Self>) {
        let memory = Arc::new(Self::default());
        let ports = Ports {
            store: memory.clone(),
            clock: memory.clone(),
            ids: memory.clone(),
            numbers: memory.clone(),
            directory: memory.clone(),
            credentials: memory.clone(),
            passwords: memory.clone(),
            tokens: memory.clone(),
            sequences: memory.clone(),
            people: memory.clone(),
        };
        (Engine::new(ports), memory)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap()
    }

    /// Lets the database go away after so many more appends.
    pub(crate) fn fail_after(&self, appends: Option<u64>) {
        self.held().left = appends;
    }

    /// How many events there are.
    pub(crate) fn events(&self) -> i64 {
        self.held().insertion
    }

    /// How many streams of a kind there are.
    pub(crate) fn streams(&self, kind: &str) -> usize {
        self.held().streams.values().filter(|events| events[0].stream.kind == kind).count()
    }
}

fn place(claim: &Claim) -> (String, String) {
    (claim.kind.clone(), claim.key.clone())
}

#[async_trait]
impl EventStore for Memory {
    async fn load(
        &self,
        _: OrganizationId,
        stream: &StreamKey,
        after: u64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let later = |event: &StoredEvent| event.sequence > after;
        let events = self.held().streams.get(&stream.id).cloned().unwrap_or_default();
        Ok(events.into_iter().filter(later).collect())
    }

    async fn positions(&self, _: OrganizationId, stream: &StreamKey) -> Result<StreamPositions, StoreError> {
        let held = self.held();
        let events = held.streams.get(&stream.id).into_iter().flatten();
        Ok(StreamPositions { positions: events.map(|event| event.insertion).collect(), head: held.insertion })
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let mut held = self.held();
        if let Some(left) = &mut held.left {
            let gone = || StoreError::Unavailable { operation: "appending", source: "gone".into() };
            *left = left.checked_sub(1).ok_or_else(gone)?;
        }
        if append.input.is_some() && held.commands.contains_key(&append.metadata.command) {
            return Err(AppendError::AlreadyDone);
        }
        let actual = held.streams.get(&append.stream.id).map_or(0, Vec::len) as u64;
        if actual != append.after.version {
            return Err(AppendError::VersionConflict { actual });
        }
        for change in &append.claims {
            if let ClaimChange::Take(claim) = change {
                if let Some(holder) = held.claims.get(&place(claim)).cloned() {
                    return Err(AppendError::ClaimTaken { claim: claim.clone(), holder });
                }
                held.claims.insert(place(claim), append.stream.id.clone());
            }
        }
        for (sequence, event) in (actual + 1..).zip(append.events) {
            held.insertion += 1;
            let stored = StoredEvent {
                stream: append.stream.clone(),
                sequence,
                name: event.name,
                version: event.version,
                payload: event.payload,
                metadata: append.metadata.clone(),
                recorded_at: append.metadata.occurred_at,
                insertion: held.insertion,
                hash: Hash::ZERO,
            };
            held.streams.entry(append.stream.id.clone()).or_default().push(stored);
        }
        let (version, insertion) = (held.streams[&append.stream.id].len() as u64, held.insertion);
        if let Some(input) = append.input {
            let record = CommandRecord { input, stream: append.stream, version, insertion };
            held.commands.insert(append.metadata.command, record);
        }
        Ok(Appended { head: Head { version, hash: Hash::ZERO }, insertion })
    }

    async fn command(&self, _: OrganizationId, command: Uuid) -> Result<Option<CommandRecord>, StoreError> {
        Ok(self.held().commands.get(&command).cloned())
    }

    async fn holder(&self, _: OrganizationId, claim: &Claim) -> Result<Option<String>, StoreError> {
        Ok(self.held().claims.get(&place(claim)).cloned())
    }
}

impl Clock for Memory {
    fn now(&self) -> Timestamp {
        "2026-01-05T09:00:00Z".parse().unwrap()
    }
}

impl Ids for Memory {
    fn uuid(&self) -> Uuid {
        let mut held = self.held();
        held.ids += 1;
        Uuid::from_u128(held.ids)
    }
}

#[async_trait]
impl Numbers for Memory {
    async fn next(
        &self,
        organization: OrganizationId,
        _: &str,
        _: NaiveDate,
        unless: Option<Uuid>,
    ) -> Result<Option<u32>, StoreError> {
        let _ = organization;
        let mut held = self.held();
        if unless.is_some_and(|command| held.commands.contains_key(&command)) {
            return Ok(None);
        }
        held.numbers += 1;
        Ok(Some(held.numbers))
    }
}

#[async_trait]
impl Directory for Memory {
    async fn somebody_has(
        &self,
        _: OrganizationId,
        _: Permission,
        _: u8,
        _: Without,
    ) -> Result<bool, StoreError> {
        Ok(true)
    }
}

#[async_trait]
impl Credentials for Memory {
    async fn find(&self, _: OrganizationId, _: MemberId) -> Result<Option<String>, StoreError> {
        Ok(None)
    }

    async fn put(&self, _: OrganizationId, _: MemberId, _: &str) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl PasswordHasher for Memory {
    async fn hash(&self, password: String) -> Result<String, StoreError> {
        Ok(password)
    }

    async fn verify(&self, _: String, _: Option<String>) -> Result<bool, StoreError> {
        Ok(false)
    }
}

impl Tokens for Memory {
    fn issue(
        &self,
        _: Purpose,
        _: MemberId,
        _: OrganizationId,
        _: Timestamp,
        _: Duration,
    ) -> Result<String, StoreError> {
        Ok(String::new())
    }

    fn verify(&self, _: Purpose, _: &str, _: Timestamp) -> Result<TokenClaims, TokenError> {
        Err(TokenError::Invalid)
    }
}

#[async_trait]
impl Sequences for Memory {
    async fn list(&self, _: Option<OrganizationId>) -> Result<Vec<Parked>, StoreError> {
        Ok(Vec::new())
    }

    async fn find(&self, _: ParkedSequenceId) -> Result<Option<Parked>, StoreError> {
        Ok(None)
    }

    async fn resume(&self, _: ParkedSequenceId, _: Option<(Skip, i64)>) -> Result<Resumed, StoreError> {
        Ok(Resumed { taken: 0, skipped: 0, parked: false })
    }
}

#[async_trait]
impl People for Memory {
    async fn digest(&self, _: OrganizationId, purpose: &str, text: &str) -> Result<String, StoreError> {
        Ok(format!("{purpose}:{text}"))
    }

    async fn person(&self, organization: OrganizationId, reference: &str) -> Result<SubjectId, StoreError> {
        Ok(Id::derived(organization, reference))
    }

    async fn find(
        &self,
        organization: OrganizationId,
        reference: &str,
    ) -> Result<Option<SubjectId>, StoreError> {
        self.person(organization, reference).await.map(Some)
    }

    async fn is_known(&self, _: OrganizationId, _: SubjectId) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn held(&self, _: OrganizationId, _: SubjectId) -> Result<personal::Held, StoreError> {
        Ok(personal::Held::default())
    }

    async fn destroyed(&self, _: OrganizationId, _: SubjectId) -> Result<Option<Destroyed>, StoreError> {
        Ok(Some(Destroyed { key: None, at: self.now(), position: Some(1), scrubbed_at: None, scrub: None }))
    }

    async fn settled(&self, _: i64) -> Result<bool, StoreError> {
        Ok(true)
    }
}
