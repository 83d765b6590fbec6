//! Two moments of one thing, compared field by field, and which events made the difference.

mod difference;

use escalon_domain::{
    access::Permission,
    id::Id,
    stamp::{Actor, Timestamp},
};
use serde::Serialize;
use serde_json::Value;

pub use difference::{Difference, differences, written};

use crate::{
    caller::Caller,
    engine::{Done, Engine, Guarded, Moment, evolve, key},
    failure::Failure,
    ports::{StoreError, StoredEvent},
};

/// What differs between two moments of a thing.
#[derive(Debug, Clone)]
pub struct Comparison<A: Guarded> {
    /// The earlier moment.
    pub from: Done<A>,
    /// The later one.
    pub to: Done<A>,
    /// The fields that differ, in their order.
    pub changes: Vec<Change>,
}

/// A field that differs.
#[derive(Debug, Clone)]
pub struct Change {
    /// Where it is, and what it was and is.
    pub difference: Difference,
    /// The events between the moments that changed it, oldest first.
    pub events: Vec<Cause>,
}

/// An event that changed something.
#[derive(Debug, Clone, PartialEq)]
pub struct Cause {
    /// Its place among the events of the thing, from 1.
    pub sequence: u64,
    /// Its place among all events, once it has one.
    pub position: Option<i64>,
    /// Its stored name.
    pub name: String,
    /// Who did it.
    pub actor: Actor,
    /// When it happened in the world.
    pub occurred_at: Timestamp,
    /// When it was stored.
    pub recorded_at: Timestamp,
}

impl Engine {
    /// What differs in a thing between two moments, for those who read history.
    ///
    /// # Errors
    /// Not permitted, not there at one of the moments, a moment that has not come yet, or moments in the wrong order.
    pub async fn compare<A: Guarded + Serialize>(
        &self,
        caller: &Caller,
        id: Id<A>,
        from: Moment,
        to: Moment,
    ) -> Result<Comparison<A>, Failure> {
        caller.must(Permission::AuditView)?;
        let to_done = self.at(caller, id, to).await?;
        let from_done = self.at(caller, id, from).await?;
        let positions = self.ports.store.positions(caller.organization, &key(id)).await?;
        let known = |moment: Moment, done: &Done<A>, event: &StoredEvent| {
            event.sequence <= done.version && moment.includes(event, &positions)
        };
        let mut walk = Walk::<A>::default();
        for event in &self.events(caller, id).await? {
            match (known(from, &from_done, event), known(to, &to_done, event)) {
                (true, false) => return Err(wrong_order(&from_done, &to_done)),
                (true, true) => walk.pass(event)?,
                (false, true) => walk.note(event, positions.of(event.sequence))?,
                (false, false) => {}
            }
        }
        let changes = differences(&json(&*from_done.state)?, &json(&*to_done.state)?);
        let changes = changes.into_iter().map(|difference| walk.explain(difference)).collect();
        Ok(Comparison { from: from_done, to: to_done, changes })
    }
}

fn wrong_order<A: Guarded>(from: &Done<A>, to: &Done<A>) -> Failure {
    let message = format!(
        "the first moment (version {}) is later than the second (version {}); give the earlier one first",
        from.version, to.version
    );
    Failure::invalid(["from"], message)
}

fn json(state: &impl Serialize) -> Result<Value, StoreError> {
    serde_json::to_value(state).map_err(|error| StoreError::broken("writing a state", error))
}

/// Goes through a thing's events and keeps what each of the later ones changed.
#[derive(Default)]
struct Walk<A> {
    state: A,
    /// The state as JSON, where it is known.
    shown: Option<Value>,
    steps: Vec<(Cause, Vec<Difference>)>,
}

impl<A: Guarded + Serialize> Walk<A> {
    /// An event that both moments know.
    fn pass(&mut self, event: &StoredEvent) -> Result<(), StoreError> {
        evolve(&mut self.state, event)?;
        self.shown = None;
        Ok(())
    }

    /// An event that only the later moment knows.
    fn note(&mut self, event: &StoredEvent, position: Option<i64>) -> Result<(), StoreError> {
        let before = self.shown.take().map_or_else(|| json(&self.state), Ok)?;
        self.pass(event)?;
        let after = json(&self.state)?;
        let cause = Cause {
            sequence: event.sequence,
            position,
            name: event.name.clone(),
            actor: event.metadata.actor.clone(),
            occurred_at: event.metadata.occurred_at,
            recorded_at: event.recorded_at,
        };
        self.steps.push((cause, differences(&before, &after)));
        self.shown = Some(after);
        Ok(())
    }

    /// The difference with the events that touched it.
    fn explain(&self, difference: Difference) -> Change {
        let touched = |step: &&(Cause, Vec<Difference>)| step.1.iter().any(|one| one.touches(&difference));
        let events = self.steps.iter().filter(touched).map(|(cause, _)| cause.clone()).collect();
        Change { difference, events }
    }
}
