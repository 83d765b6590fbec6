//! The ports in memory, so that the schema is tested without a database.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use chrono::{Duration, NaiveDate};
use escalon_api::schema::{Feed, FeedEvent, Positions};
use escalon_application::ports::{
    Append, AppendError, Appended, Clock, CommandRecord, Credentials, Destroyed, Directory, EventStore, Head,
    Ids, Numbers, Parked, PasswordHasher, People, Purpose, Resumed, Sequences, StoreError, StoredEvent,
    StreamKey, StreamPositions, TokenClaims, TokenError, Tokens, Without,
};
use escalon_domain::{
    access::Permission,
    claim::{Claim, ClaimChange, ClaimScope},
    id::Id,
    member::MemberId,
    organization::OrganizationId,
    parked_sequence::{ParkedSequenceId, Skip},
    personal::{Held, SubjectId},
    stamp::Timestamp,
};
use escalon_proof::Hash;
use tokio::sync::watch;
use uuid::Uuid;

#[derive(Default)]
struct Kept {
    events: Vec<StoredEvent>,
    holders: HashMap<(Option<OrganizationId>, String, String), String>,
    commands: HashMap<(OrganizationId, Uuid), CommandRecord>,
    hashes: HashMap<(OrganizationId, MemberId), String>,
}

/// A whole world in memory. Insertion numbers are positions.
pub(crate) struct Memory {
    kept: Mutex<Kept>,
    head: watch::Sender<i64>,
    ids: AtomicU64,
    numbers: AtomicU32,
    /// Whether the database is away.
    pub(crate) away: AtomicBool,
}

pub(crate) fn now() -> Timestamp {
    "2026-01-05T09:00:00Z".parse().expect("a time")
}

impl Memory {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            kept: Mutex::default(),
            head: watch::Sender::new(0),
            ids: AtomicU64::new(1),
            numbers: AtomicU32::new(1),
            away: AtomicBool::new(false),
        })
    }

    fn kept(&self) -> Result<MutexGuard<'_, Kept>, StoreError> {
        if self.away.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable { operation: "testing", source: "swordfish".into() });
        }
        Ok(self.kept.lock().expect("no test panics in here"))
    }
}

fn place(organization: OrganizationId, claim: &Claim) -> (Option<OrganizationId>, String, String) {
    let organization = (claim.scope == ClaimScope::Organization).then_some(organization);
    (organization, claim.kind.clone(), claim.key.clone())
}

#[async_trait]
impl EventStore for Memory {
    async fn load(
        &self,
        organization: OrganizationId,
        stream: &StreamKey,
        after: u64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let kept = self.kept()?;
        let of = |event: &&StoredEvent| {
            event.metadata.organization == organization && event.stream == *stream && event.sequence > after
        };
        Ok(kept.events.iter().filter(of).cloned().collect())
    }

    async fn positions(
        &self,
        organization: OrganizationId,
        stream: &StreamKey,
    ) -> Result<StreamPositions, StoreError> {
        let positions =
            self.load(organization, stream, 0).await?.iter().map(|event| event.insertion).collect();
        Ok(StreamPositions { positions, head: *self.head.borrow() })
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let mut kept = self.kept()?;
        let organization = append.metadata.organization;
        if append.input.is_some() && kept.commands.contains_key(&(organization, append.metadata.command)) {
            return Err(AppendError::AlreadyDone);
        }
        let actual = kept.events.iter().filter(|event| event.stream == append.stream).count() as u64;
        if actual != append.after.version {
            return Err(AppendError::VersionConflict { actual });
        }
        for change in &append.claims {
            match change {
                ClaimChange::Take(claim) => match kept.holders.get(&place(organization, claim)) {
                    Some(holder) if *holder != append.stream.id => {
                        return Err(AppendError::ClaimTaken { claim: claim.clone(), holder: holder.clone() });
                    }
                    _ => _ = kept.holders.insert(place(organization, claim), append.stream.id.clone()),
                },
                ClaimChange::Release(claim) => _ = kept.holders.remove(&place(organization, claim)),
            }
        }
        let mut version = actual;
        for event in append.events {
            version += 1;
            let insertion = kept.events.len() as i64 + 1;
            kept.events.push(StoredEvent {
                stream: append.stream.clone(),
                sequence: version,
                name: event.name,
                version: event.version,
                payload: event.payload,
                metadata: append.metadata.clone(),
                recorded_at: now(),
                insertion,
                hash: Hash::ZERO,
            });
        }
        let insertion = kept.events.len() as i64;
        if let Some(input) = append.input {
            let record = CommandRecord { input, stream: append.stream, version, insertion };
            kept.commands.insert((organization, append.metadata.command), record);
        }
        self.head.send_replace(insertion);
        Ok(Appended { head: Head { version, hash: Hash::ZERO }, insertion })
    }

    async fn command(
        &self,
        organization: OrganizationId,
        command: Uuid,
    ) -> Result<Option<CommandRecord>, StoreError> {
        Ok(self.kept()?.commands.get(&(organization, command)).cloned())
    }

    async fn holder(
        &self,
        organization: OrganizationId,
        claim: &Claim,
    ) -> Result<Option<String>, StoreError> {
        Ok(self.kept()?.holders.get(&place(organization, claim)).cloned())
    }
}

#[async_trait]
impl Positions for Memory {
    async fn position_of(&self, insertion: i64) -> Result<i64, StoreError> {
        self.kept().map(|_| insertion)
    }

    async fn head(&self) -> Result<i64, StoreError> {
        self.kept().map(|_| *self.head.borrow())
    }
}

#[async_trait]
impl Feed for Memory {
    async fn after(
        &self,
        organization: OrganizationId,
        position: i64,
        limit: usize,
    ) -> Result<Vec<FeedEvent>, StoreError> {
        let kept = self.kept()?;
        let of =
            |event: &&StoredEvent| event.metadata.organization == organization && event.insertion > position;
        let found = kept.events.iter().filter(of).take(limit).cloned();
        Ok(found.map(|event| FeedEvent { position: event.insertion, event }).collect())
    }

    async fn beyond(&self, position: i64) {
        self.head.subscribe().wait_for(|head| *head > position).await.expect("the sender lives");
    }
}

impl Clock for Memory {
    fn now(&self) -> Timestamp {
        now()
    }
}

impl Ids for Memory {
    fn uuid(&self) -> Uuid {
        Uuid::from_u64_pair(0x0190_0000_0000_7000, self.ids.fetch_add(1, Ordering::Relaxed))
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
        let known = |command| self.command(organization, command);
        if let Some(command) = unless
            && known(command).await?.is_some()
        {
            return Ok(None);
        }
        Ok(Some(self.numbers.fetch_add(1, Ordering::Relaxed)))
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
        Ok(false)
    }
}

#[async_trait]
impl Credentials for Memory {
    async fn find(
        &self,
        organization: OrganizationId,
        member: MemberId,
    ) -> Result<Option<String>, StoreError> {
        Ok(self.kept()?.hashes.get(&(organization, member)).cloned())
    }

    async fn put(
        &self,
        organization: OrganizationId,
        member: MemberId,
        hash: &str,
    ) -> Result<(), StoreError> {
        self.kept()?.hashes.insert((organization, member), hash.to_owned());
        Ok(())
    }
}

#[async_trait]
impl PasswordHasher for Memory {
    async fn hash(&self, password: String) -> Result<String, StoreError> {
        Ok(password)
    }

    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, StoreError> {
        Ok(hash == Some(password))
    }
}

impl Tokens for Memory {
    fn issue(
        &self,
        purpose: Purpose,
        member: MemberId,
        organization: OrganizationId,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<String, StoreError> {
        Ok(format!("{purpose:?} {member} {organization} {}", (now + lifetime).to_rfc3339()))
    }

    fn verify(&self, purpose: Purpose, token: &str, _: Timestamp) -> Result<TokenClaims, TokenError> {
        let read = || {
            let mut parts = token.strip_prefix(&format!("{purpose:?} "))?.split(' ');
            let member = parts.next()?.parse().ok()?;
            let organization = parts.next()?.parse().ok()?;
            Some(TokenClaims { member, organization, expires_at: parts.next()?.parse().ok()? })
        };
        read().ok_or(TokenError::Invalid)
    }
}

#[async_trait]
impl Sequences for Memory {
    async fn list(&self, _: Option<OrganizationId>) -> Result<Vec<Parked>, StoreError> {
        self.kept().map(|_| Vec::new())
    }

    async fn find(&self, _: ParkedSequenceId) -> Result<Option<Parked>, StoreError> {
        self.kept().map(|_| None)
    }

    async fn resume(&self, _: ParkedSequenceId, _: Option<(Skip, i64)>) -> Result<Resumed, StoreError> {
        self.kept().map(|_| Resumed { taken: 0, skipped: 0, parked: false })
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

    async fn held(&self, _: OrganizationId, _: SubjectId) -> Result<Held, StoreError> {
        Ok(Held::default())
    }

    async fn destroyed(&self, _: OrganizationId, _: SubjectId) -> Result<Option<Destroyed>, StoreError> {
        Ok(Some(Destroyed { key: None, at: now(), position: Some(1), scrubbed_at: None, scrub: None }))
    }

    async fn settled(&self, _: i64) -> Result<bool, StoreError> {
        Ok(true)
    }
}
