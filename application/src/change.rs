//! The one rhythm of every use case: load, decide, append; and doing a command once.

use std::sync::Arc;

use escalon_domain::{
    aggregate::{Aggregate, Event},
    claim::Claim,
    id::Id,
    stamp::Stamp,
};
use uuid::Uuid;

use crate::{
    caller::Caller,
    engine::{Done, Engine, Guarded, Moment, key},
    failure::Failure,
    once::{LONGEST_KEY, Once},
    ports::{Append, AppendError, CommandRecord, Metadata, NewEvent, StoreError},
    recorded::Recorded,
};

/// How often a command is decided anew when its stream moved meanwhile.
const ATTEMPTS: usize = 8;

/// What came of one attempt.
enum Attempt<A: Aggregate> {
    /// Events were stored.
    Stored(Done<A>),
    /// Nothing was: it is so already, it is refused, or it was done before.
    Not(Result<Done<A>, Failure>),
    /// The stream moved meanwhile.
    Moved,
}

/// What a command is decided against.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    /// A stream that nobody has begun.
    Nothing,
    /// What this process last knew, if it knows anything.
    Memory,
    /// What the store has.
    Store,
}

impl Engine {
    /// Load, decide, append: the rhythm of every use case after its first line. When the stream moved meanwhile and the
    /// caller expected no certain version, it is loaded and decided anew. A command whose key was used before gets the
    /// first answer: the append finds that out, so only a command that stored nothing has to ask.
    pub(crate) async fn change<A: Guarded>(
        &self,
        caller: &Caller,
        id: Id<A>,
        command: A::Command,
        once: &Once,
    ) -> Result<Done<A>, Failure> {
        self.decide(caller, id, command, once, From::Memory).await
    }

    /// The same for a new id: nothing needs to be loaded.
    pub(crate) async fn create<A: Guarded>(
        &self,
        caller: &Caller,
        id: Id<A>,
        command: A::Command,
        once: &Once,
    ) -> Result<Done<A>, Failure> {
        self.decide(caller, id, command, once, From::Nothing).await
    }

    async fn decide<A: Guarded>(
        &self,
        caller: &Caller,
        id: Id<A>,
        command: A::Command,
        once: &Once,
        mut from: From,
    ) -> Result<Done<A>, Failure> {
        check_key(once)?;
        let stamp = self.stamp(caller);
        let command_id = once.command_id(caller.organization, &caller.actor, self.ports.ids.uuid());
        let _turn = self.turn(id.uuid()).lock().await;
        for _ in 0..ATTEMPTS {
            match self.attempt(caller, id, command.clone(), once, &stamp, command_id, from).await {
                Ok(Attempt::Stored(done)) => return Ok(done),
                Ok(Attempt::Not(answer)) => {
                    let first = self.replay(caller, once).await?;
                    return first.map_or(answer, Ok);
                }
                Ok(Attempt::Moved) => from = From::Store,
                Err(error) => return Err(error.into()),
            }
        }
        let (_, actual) = self.load_stored::<A>(caller, id).await?;
        let actual = actual.version;
        Err(Failure::VersionConflict { expected: once.expected_version().unwrap_or(actual), actual })
    }

    #[expect(clippy::too_many_arguments, reason = "all of it is one command")]
    async fn attempt<A: Guarded>(
        &self,
        caller: &Caller,
        id: Id<A>,
        command: A::Command,
        once: &Once,
        stamp: &Stamp,
        command_id: Uuid,
        from: From,
    ) -> Result<Attempt<A>, StoreError> {
        let epoch = self.cache.epoch();
        let remembered = (from == From::Memory).then(|| self.cache.take(caller.organization, id)).flatten();
        // What is remembered may be behind what another process stored: only an append that succeeds proves that it is not.
        let certain = remembered.is_none();
        let (mut state, head) = match remembered {
            Some(remembered) => remembered,
            None if from == From::Nothing => Default::default(),
            None => self.load_stored::<A>(caller, id).await?,
        };
        let not = |answer| Ok(if certain { Attempt::Not(answer) } else { Attempt::Moved });
        let version = head.version;
        if version > 0 && !state.visible_to(caller) {
            return not(Err(Failure::NotFound { what: A::PREFIX, id: id.to_string() }));
        }
        if let Some(expected) = once.expected_version().filter(|expected| *expected != version) {
            return not(Err(Failure::VersionConflict { expected, actual: version }));
        }
        let events = match state.decide(command, stamp) {
            Ok(events) if events.is_empty() => {
                return not(Ok(Done { id, state, version, insertion: None, replayed: false }));
            }
            Ok(events) => events,
            Err(refusal) => return not(Err(Failure::refused(refusal, A::PREFIX, &id))),
        };
        let mut append = Append {
            stream: key(id),
            after: head,
            events: Vec::with_capacity(events.len()),
            claims: Vec::new(),
            metadata: metadata(caller, stamp, command_id),
            input: self.fingerprint(caller, once).await?,
        };
        if certain {
            // The cache holds what was just loaded; without that it need not be copied to be changed.
            drop(self.cache.take(caller.organization, id));
        }
        let changed = Arc::make_mut(&mut state);
        for event in events {
            append.claims.extend(changed.claims(&event));
            changed.evolve(&event, stamp);
            append.events.push(stored(event, stamp)?);
        }
        match self.ports.store.append(append).await {
            Ok(appended) => {
                let (head, insertion) = (appended.head, Some(appended.insertion));
                self.keep_when_due(caller, id, &state, version, head);
                self.cache.put(caller.organization, id, Arc::clone(&state), head, epoch);
                Ok(Attempt::Stored(Done { id, state, version: head.version, insertion, replayed: false }))
            }
            // If nobody remembers the command after all, it is decided anew.
            Err(AppendError::AlreadyDone) => match self.replay(caller, once).await {
                Ok(Some(first)) => Ok(Attempt::Stored(first)),
                Ok(None) => Ok(Attempt::Moved),
                Err(Failure::Store(error)) => Err(error),
                Err(failure) => Ok(Attempt::Not(Err(failure))),
            },
            Err(AppendError::VersionConflict { .. }) => Ok(Attempt::Moved),
            Err(AppendError::Forgotten(refusal)) => {
                Ok(Attempt::Not(Err(Failure::refused(refusal, A::PREFIX, &id))))
            }
            Err(AppendError::ClaimTaken { claim, holder }) => Ok(Attempt::Not(Err(taken(&claim, holder)))),
            Err(AppendError::Store(error)) => Err(error),
        }
    }

    /// The first answer to a command whose key was used before.
    pub(crate) async fn replay<A: Guarded>(
        &self,
        caller: &Caller,
        once: &Once,
    ) -> Result<Option<Done<A>>, Failure> {
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
        check_key(once)?;
        let (Some(key), Some(input)) = (once.key(), self.fingerprint(caller, once).await?) else {
            return Ok(None);
        };
        let id = once.command_id(caller.organization, &caller.actor, Uuid::nil());
        match self.ports.store.command(caller.organization, id).await? {
            Some(record) if record.input != input => Err(Failure::KeyReused { key: key.to_owned() }),
            record => Ok(record),
        }
    }

    /// What is remembered of the input of a command with a key. It stays for ever, and a name or an address may be in the
    /// input; so it is a digest that nobody else can make to see whether they guess right.
    async fn fingerprint(&self, caller: &Caller, once: &Once) -> Result<Option<String>, StoreError> {
        match once.input() {
            Some(input) => self.ports.people.digest(caller.organization, "input", input).await.map(Some),
            None => Ok(None),
        }
    }
}

fn check_key(once: &Once) -> Result<(), Failure> {
    match once.key().map(|key| key.chars().count()) {
        None | Some(1..=LONGEST_KEY) => Ok(()),
        Some(_) => {
            let message = format!("needs 1 to {LONGEST_KEY} characters; a UUID is a good choice");
            Err(Failure::invalid(["idempotencyKey"], message))
        }
    }
}

fn metadata(caller: &Caller, stamp: &Stamp, command: Uuid) -> Metadata {
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

fn taken(claim: &Claim, holder: String) -> Failure {
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
