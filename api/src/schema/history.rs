//! Events as they are read: an object's history, the audit log and the subscription.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use escalon_application::{Caller, engine::Guarded, ports::StoredEvent};
use escalon_domain::id::Id;
use serde_json::Value;

use super::{
    context::{Loader, call, loader},
    error::request_error,
    mask,
    page::{List, page},
    scalars::{Actor, Position, position_of},
};

/// Something that happened.
pub(super) struct Event {
    stored: StoredEvent,
    position: Option<i64>,
    /// Who looks at it, where that is not the caller as the request began: in a stream, roles change.
    viewer: Option<Arc<Caller>>,
}

impl Event {
    /// An event in a stream.
    pub(super) const fn streamed(stored: StoredEvent, position: i64, viewer: Arc<Caller>) -> Self {
        Self { stored, position: Some(position), viewer: Some(viewer) }
    }
}

impl From<StoredEvent> for Event {
    fn from(stored: StoredEvent) -> Self {
        Self { stored, position: None, viewer: None }
    }
}

/// Something that happened.
#[Object]
impl Event {
    /// The id of what it happened to.
    async fn stream(&self) -> ID {
        self.stored.stream.id.clone().into()
    }

    /// What kind of thing it happened to, for example `ticket`.
    async fn kind(&self) -> &str {
        &self.stored.stream.kind
    }

    /// Its name, for example `ticket.opened`.
    async fn name(&self) -> &str {
        &self.stored.name
    }

    /// Its place among the events of what it happened to, from 1: the version of the object after it.
    async fn sequence(&self) -> u64 {
        self.stored.sequence
    }

    /// Its place in the one order of all events.
    async fn position(&self, ctx: &Context<'_>) -> Result<Option<Position>> {
        match self.position {
            Some(position) => Ok(Some(Position(position))),
            None => position_of(ctx, Some(self.stored.insertion)).await,
        }
    }

    /// When it happened in the world.
    async fn occurred_at(&self) -> DateTime<Utc> {
        self.stored.metadata.occurred_at
    }

    /// When it was stored.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.stored.recorded_at
    }

    /// Who did it.
    async fn actor(&self) -> Actor {
        (&self.stored.metadata.actor).into()
    }

    /// Where it came from: `graphql`, `cli`, `import:servicenow` …
    async fn source(&self) -> &str {
        &self.stored.metadata.source
    }

    /// What everything that follows from one request shares.
    async fn correlation(&self) -> String {
        self.stored.metadata.correlation.to_string()
    }

    /// What happened, in detail, as it is stored. Personal values are objects `{subject, value}`; a forgotten one has no
    /// value any more.
    async fn data(&self, ctx: &Context<'_>) -> Result<Value> {
        let mut payload: Value = serde_json::from_str(&self.stored.payload)?;
        let mut data = payload.get_mut("data").map(Value::take).unwrap_or_default();
        let viewer = self.viewer.as_deref().map_or_else(|| call(ctx).map(|call| &call.caller), Ok)?;
        mask::data(viewer, &mut data);
        Ok(data)
    }
}

/// The history of an object, oldest event first.
pub(super) async fn history<A: Guarded>(
    ctx: &Context<'_>,
    id: Id<A>,
    first: i32,
    after: Option<String>,
) -> Result<List<Event>> {
    history_for(loader(ctx)?, id, first, after).await
}

/// The same for somebody who is not the caller of the request: who has just logged in.
pub(super) async fn history_for<A: Guarded>(
    loader: &Loader,
    id: Id<A>,
    first: i32,
    after: Option<String>,
) -> Result<List<Event>> {
    let call = loader.loader();
    let events = call.engine.history(&call.caller, id).await.map_err(request_error)?;
    page(events.into_iter().map(Event::from).collect(), first, after.as_deref())
}
