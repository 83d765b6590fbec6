//! Positions, moments and actors: the small types that all objects use.

use async_graphql::{
    Context, Enum, ID, InputValueError, InputValueResult, OneofObject, Result, Scalar, ScalarType,
    SimpleObject, Value,
};
use chrono::{DateTime, Utc};
use escalon_application::{Failure, Moment, ports::StoreError};
use escalon_domain::stamp;

use super::{
    context::{loader, state},
    error::{request_error, unavailable},
    mask::PersonalText,
    member::Member,
    relations::member_name,
};

/// The place of an event in the one order of all events, as a string of digits. Later events have greater positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position(pub(super) i64);

/// The place of an event in the one order of all events, as a string of digits. Later events have greater positions.
#[Scalar]
impl ScalarType for Position {
    fn parse(value: Value) -> InputValueResult<Self> {
        let digits = match &value {
            Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
            _ => None,
        };
        digits
            .map(Self)
            .ok_or_else(|| InputValueError::custom("a position is a string of digits, such as \"42\""))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// The position of the event with this insertion number, once it has one.
pub(super) async fn position_of(ctx: &Context<'_>, insertion: Option<i64>) -> Result<Option<Position>> {
    let Some(insertion) = insertion else { return Ok(None) };
    match state(ctx)?.positions.position_of(insertion).await {
        Ok(position) => Ok(Some(Position(position))),
        // What is asked for here is done: the usual message, that nothing was changed, would be wrong.
        Err(StoreError::Unavailable { .. }) => Err(unavailable(
            "it is stored, but its position is not known yet; ask again with the same idempotencyKey",
        )),
        Err(error) => Err(request_error(Failure::Store(error))),
    }
}

/// A moment in an object's life.
#[derive(Debug, Clone, Copy, OneofObject)]
pub(super) enum AsOf {
    /// As it stood at this time in the world, by what is known now: imported history counts at the time it happened.
    Time(DateTime<Utc>),
    /// As the engine knew it at this time, by what had been stored until then.
    RecordedBy(DateTime<Utc>),
    /// As it stood at this position in the one order of all events.
    Position(Position),
    /// As it stood at this version of its own.
    Version(u64),
}

/// The moment that was asked for; now when none was.
pub(super) fn moment(as_of: Option<AsOf>) -> Moment {
    match as_of {
        None => Moment::Now,
        Some(AsOf::Time(time)) => Moment::At(time),
        Some(AsOf::RecordedBy(time)) => Moment::RecordedBy(time),
        Some(AsOf::Position(position)) => Moment::Position(position.0),
        Some(AsOf::Version(version)) => Moment::Version(version),
    }
}

/// What kind of actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum ActorKind {
    /// A member of the organization.
    Member,
    /// A customer without an account.
    Customer,
    /// A part of the engine, or an operator's tool.
    System,
}

/// Who did something.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Actor {
    /// What kind of actor.
    kind: ActorKind,
    /// `member_…`, `subject_…` for a customer, or `system:…` for a part of the engine.
    id: ID,
    #[graphql(skip)]
    actor: stamp::Actor,
}

#[async_graphql::ComplexObject]
impl Actor {
    /// The member's name; null for others, and for a member whose name was forgotten.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<PersonalText>> {
        match self.actor.member() {
            Some(id) => member_name(loader(ctx)?, id).await,
            None => Ok(None),
        }
    }

    /// The member, if it is one whom the caller may see.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.actor.member() {
            Some(id) => Ok(loader(ctx)?.load_one(id).await?.map(Member::from)),
            None => Ok(None),
        }
    }
}

impl From<&stamp::Actor> for Actor {
    fn from(actor: &stamp::Actor) -> Self {
        let kind = match actor {
            stamp::Actor::Member(_) => ActorKind::Member,
            stamp::Actor::Customer(_) => ActorKind::Customer,
            stamp::Actor::System(_) => ActorKind::System,
        };
        Self { kind, id: actor.to_string().into(), actor: actor.clone() }
    }
}

impl Actor {
    /// An actor as a read model writes them.
    pub(super) fn stored(text: &str) -> Result<Self> {
        let actor: stamp::Actor = text.parse()?;
        Ok((&actor).into())
    }
}
