//! Two moments of one thing, compared field by field.

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use escalon_application::{
    Caller,
    comparison::{self, Cause, Difference},
    engine::Guarded,
};
use escalon_domain::id::Id;
use serde::Serialize;
use serde_json::Value;

use super::{
    context::{Loader, loader},
    error::request_error,
    mask,
    page::{List, page},
    scalars::{Actor, AsOf, Position, moment},
};

/// What differs between two moments of one thing.
pub(super) struct Comparison {
    from_version: u64,
    to_version: u64,
    changes: Vec<FieldChange>,
}

/// What differs between two moments of one thing.
#[Object]
impl Comparison {
    /// Its version at the first moment.
    async fn from_version(&self) -> u64 {
        self.from_version
    }

    /// Its version at the second.
    async fn to_version(&self) -> u64 {
        self.to_version
    }

    /// The fields that differ.
    async fn changes(
        &self,
        #[graphql(desc = "How many, 100 at most.")] first: i32,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
    ) -> Result<List<FieldChange>> {
        page(self.changes.clone(), first, after.as_deref())
    }
}

/// A field that differs.
#[derive(Clone)]
pub(super) struct FieldChange {
    difference: Difference,
    events: Vec<Cause>,
}

/// A field that differs.
#[Object]
impl FieldChange {
    /// The way to it: names of fields, and in lists the id, key or name of an element, or the word itself.
    async fn path(&self) -> &[String] {
        &self.difference.path
    }

    /// The same in one text, for people.
    async fn field(&self) -> String {
        comparison::written(&self.difference.path)
    }

    /// What stood there; null when nothing did. Personal values are objects `{subject, value}`.
    async fn before(&self) -> &Value {
        &self.difference.before
    }

    /// What stands there; null when nothing does.
    async fn after(&self) -> &Value {
        &self.difference.after
    }

    /// The events between the moments that changed it, oldest first.
    async fn events(
        &self,
        #[graphql(desc = "How many, 100 at most.")] first: i32,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
    ) -> Result<List<ChangeCause>> {
        page(self.events.iter().map(ChangeCause::from).collect(), first, after.as_deref())
    }
}

/// An event that changed a field.
#[derive(SimpleObject)]
pub(super) struct ChangeCause {
    /// Its place among the events of the thing, from 1.
    sequence: u64,
    /// Its place in the one order of all events; null for the short time until it has one.
    position: Option<Position>,
    /// Its name, for example `ticket.opened`.
    name: String,
    /// Who did it.
    actor: Actor,
    /// When it happened in the world.
    occurred_at: DateTime<Utc>,
    /// When it was stored.
    recorded_at: DateTime<Utc>,
}

impl Comparison {
    fn of<A: Guarded>(caller: &Caller, found: comparison::Comparison<A>) -> Self {
        let (from_version, to_version) = (found.from.version, found.to.version);
        let changes = found.changes.into_iter().map(|change| FieldChange::of(caller, change));
        Self { from_version, to_version, changes: changes.collect() }
    }
}

impl FieldChange {
    fn of(caller: &Caller, change: comparison::Change) -> Self {
        let comparison::Change { mut difference, events } = change;
        let name = difference.path.last().map_or("", String::as_str);
        for value in [&mut difference.before, &mut difference.after] {
            mask::data_in(caller, name, value);
        }
        Self { difference, events }
    }
}

impl From<&Cause> for ChangeCause {
    fn from(cause: &Cause) -> Self {
        Self {
            sequence: cause.sequence,
            position: cause.position.map(Position),
            name: cause.name.clone(),
            actor: (&cause.actor).into(),
            occurred_at: cause.occurred_at,
            recorded_at: cause.recorded_at,
        }
    }
}

/// The comparison of an object with itself.
pub(super) async fn compare<A: Guarded + Serialize>(
    ctx: &Context<'_>,
    id: Id<A>,
    from: AsOf,
    to: Option<AsOf>,
) -> Result<Comparison> {
    compare_for(loader(ctx)?, id, from, to).await
}

/// The same for somebody who is not the caller of the request: who has just logged in.
pub(super) async fn compare_for<A: Guarded + Serialize>(
    loader: &Loader,
    id: Id<A>,
    from: AsOf,
    to: Option<AsOf>,
) -> Result<Comparison> {
    let call = loader.loader();
    let found = call.engine.compare(&call.caller, id, moment(Some(from)), moment(to)).await;
    Ok(Comparison::of(&call.caller, found.map_err(request_error)?))
}
