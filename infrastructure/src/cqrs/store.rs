//! Our store as a `cqrs_es::EventStore`, for tools of that framework. The engine's own use cases append directly, with
//! idempotency and expected versions, which the framework has no words for.

use std::{collections::HashMap, sync::Arc};

use cqrs_es::{AggregateContext, AggregateError, EventEnvelope, EventStore as CqrsEventStore};
use escalon_application::{
    Recorded,
    ports::{Append, AppendError, EventStore, Head, Metadata, NewEvent, StoreError, StreamKey},
};
use escalon_domain::{
    aggregate::{Aggregate, Event},
    organization::OrganizationId,
};
use uuid::Uuid;

use super::{Cqrs, CqrsError, CqrsEvent};

/// One organization's streams, as `cqrs-es` wants them.
#[derive(Clone)]
pub struct CqrsStore {
    store: Arc<dyn EventStore>,
    organization: OrganizationId,
    source: String,
}

/// A loaded aggregate with what the append needs to know.
#[derive(Debug, Clone)]
pub struct CqrsContext<A> {
    id: String,
    aggregate: Cqrs<A>,
    /// The state before the command, which the claims are declared against.
    before: A,
    head: Head,
}

impl<A: Aggregate> AggregateContext<Cqrs<A>> for CqrsContext<A> {
    fn aggregate(&mut self) -> &mut Cqrs<A> {
        &mut self.aggregate
    }
}

type Failure<A> = AggregateError<CqrsError<<A as Aggregate>::Error>>;

fn failure<A: Aggregate>(error: StoreError) -> Failure<A> {
    match error {
        StoreError::Unavailable { .. } => AggregateError::DatabaseConnectionError(Box::new(error)),
        StoreError::Broken { .. } => AggregateError::UnexpectedError(Box::new(error)),
    }
}

impl CqrsStore {
    /// The streams of one organization; `source` goes into the metadata of what is appended.
    #[must_use]
    pub fn new(store: Arc<dyn EventStore>, organization: OrganizationId, source: &str) -> Self {
        Self { store, organization, source: source.to_owned() }
    }

    fn key<A: Aggregate>(id: &str) -> StreamKey {
        StreamKey { kind: A::PREFIX.to_owned(), id: id.to_owned() }
    }
}

impl<A: Aggregate> CqrsEventStore<Cqrs<A>> for CqrsStore {
    type AC = CqrsContext<A>;

    async fn load_events(&self, id: &str) -> Result<Vec<EventEnvelope<Cqrs<A>>>, Failure<A>> {
        let stored =
            self.store.load(self.organization, &Self::key::<A>(id), 0).await.map_err(failure::<A>)?;
        let envelope = |stored: escalon_application::ports::StoredEvent| {
            let recorded = Recorded::read(&stored.payload);
            let payload = recorded.map_err(|error| AggregateError::DeserializationError(Box::new(error)))?;
            Ok(EventEnvelope {
                aggregate_id: id.to_owned(),
                sequence: usize::try_from(stored.sequence).unwrap_or(usize::MAX),
                payload: CqrsEvent(payload),
                metadata: HashMap::from([("actor".to_owned(), stored.metadata.actor.to_string())]),
            })
        };
        stored.into_iter().map(envelope).collect()
    }

    async fn load_aggregate(&self, id: &str) -> Result<CqrsContext<A>, Failure<A>> {
        let stored =
            self.store.load(self.organization, &Self::key::<A>(id), 0).await.map_err(failure::<A>)?;
        let (mut state, mut head) = (A::default(), Head::default());
        for event in &stored {
            let recorded = Recorded::<A::Event>::read(&event.payload)
                .map_err(|error| AggregateError::DeserializationError(Box::new(error)))?;
            recorded.iter().for_each(|Recorded { stamp, event }| state.evolve(event, stamp));
            head = event.head();
        }
        Ok(CqrsContext { id: id.to_owned(), aggregate: Cqrs(state.clone()), before: state, head })
    }

    async fn commit(
        &self,
        events: Vec<CqrsEvent<A::Event>>,
        context: CqrsContext<A>,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<Cqrs<A>>>, Failure<A>> {
        let Some(first) = events.first().and_then(|event| event.0.first()) else { return Ok(Vec::new()) };
        let stamp = first.stamp.clone();
        let mut state = context.before;
        let mut claims = Vec::new();
        let mut stored = Vec::new();
        for recorded in events.iter().flat_map(|event| &event.0) {
            claims.extend(state.claims(&recorded.event));
            state.evolve(&recorded.event, &recorded.stamp);
            let payload =
                recorded.to_json().map_err(|error| AggregateError::UnexpectedError(Box::new(error)))?;
            let (name, version) = (recorded.event.name().to_owned(), recorded.event.version());
            stored.push(NewEvent { name, version, payload });
        }
        let append = Append {
            stream: Self::key::<A>(&context.id),
            after: context.head,
            events: stored,
            claims,
            metadata: Metadata {
                organization: self.organization,
                actor: stamp.by,
                command: Uuid::new_v5(
                    &self.organization.uuid(),
                    format!("{}#{}", context.id, context.head.version).as_bytes(),
                ),
                correlation: Uuid::nil(),
                causation: metadata.get("causation").cloned(),
                occurred_at: stamp.at,
                source: self.source.clone(),
            },
            input: None,
        };
        match self.store.append(append).await {
            Ok(_) => {}
            Err(AppendError::VersionConflict { .. } | AppendError::AlreadyDone) => {
                return Err(AggregateError::AggregateConflict);
            }
            Err(refused @ (AppendError::ClaimTaken { .. } | AppendError::Forgotten(_))) => {
                return Err(AggregateError::UnexpectedError(Box::new(refused)));
            }
            Err(AppendError::Store(error)) => return Err(failure::<A>(error)),
        }
        let envelope = |(place, payload)| EventEnvelope {
            aggregate_id: context.id.clone(),
            sequence: usize::try_from(context.head.version).unwrap_or(usize::MAX).saturating_add(place + 1),
            payload,
            metadata: metadata.clone(),
        };
        Ok(events.into_iter().enumerate().map(envelope).collect())
    }
}
