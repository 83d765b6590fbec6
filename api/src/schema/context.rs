//! What resolvers find in their context: the engine, the read models, the ports, and who is calling.

use std::sync::Arc;

use async_graphql::{Context, Error, ErrorExtensions, dataloader::DataLoader};
use async_trait::async_trait;
use escalon_application::{
    Caller, Engine, Failure, Moment,
    ports::{StoreError, StoredEvent},
};
use escalon_domain::{access::Grants, member::MemberStatus, organization::OrganizationId};
use escalon_projections::{ReadModels, Scope};

/// Everything the schema needs from the world. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The use cases.
    pub engine: Engine,
    /// The read models.
    pub reads: ReadModels,
    /// Where events stand in the one order of all events.
    pub positions: Arc<dyn Positions>,
    /// The events as they are numbered.
    pub feed: Arc<dyn Feed>,
}

/// Where events stand in the one order of all events.
#[async_trait]
pub trait Positions: Send + Sync + 'static {
    /// The position of the event with this insertion number; waits until it has one.
    ///
    /// # Errors
    /// The database cannot be reached, or no position was given for too long.
    async fn position_of(&self, insertion: i64) -> Result<i64, StoreError>;

    /// The position of the latest event that has one; 0 before the first.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn head(&self) -> Result<i64, StoreError>;
}

/// An event with its position.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedEvent {
    /// Its place in the one order of all events.
    pub position: i64,
    /// The event.
    pub event: StoredEvent,
}

/// The events of an organization, in the order of their positions.
#[async_trait]
pub trait Feed: Send + Sync + 'static {
    /// The first `limit` events after a position.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn after(
        &self,
        organization: OrganizationId,
        position: i64,
        limit: usize,
    ) -> Result<Vec<FeedEvent>, StoreError>;

    /// Waits until there are positions beyond this one, of whatever organization; for ever when there will be none.
    async fn beyond(&self, position: i64);
}

/// Who calls, and what they call.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) engine: Engine,
    pub(super) reads: ReadModels,
    pub(super) caller: Caller,
}

/// Loads related objects together, as the caller may see them.
pub(super) type Loader = DataLoader<Call>;

impl Call {
    /// A call by this caller.
    pub(super) fn new(state: &AppState, caller: Caller) -> Self {
        Self { engine: state.engine.clone(), reads: state.reads.clone(), caller }
    }

    /// How far the caller may read.
    pub(super) fn scope(&self) -> Scope {
        Scope::of(&self.caller)
    }

    /// The same caller with what their roles add up to now, for calls that last.
    ///
    /// # Errors
    /// The member or their organization is suspended or gone, or the database cannot be reached.
    pub(super) async fn refreshed(&self) -> Result<Self, Failure> {
        let Self { engine, caller, .. } = self;
        let Some(id) = caller.member() else { return Ok(self.clone()) };
        let organization = engine.organization(caller, Moment::Now).await?.state;
        let member = engine.member(caller, id, Moment::Now).await?.state;
        if organization.suspended || member.status != MemberStatus::Active {
            return Err(Failure::Unauthenticated("this member or organization is suspended".to_owned()));
        }
        let mut roles = Vec::new();
        for role in &member.roles {
            roles.extend(engine.definition(caller, *role, Moment::Now).await?.state.living().cloned());
        }
        Ok(Self { caller: Caller { grants: Grants::of(&roles), ..caller.clone() }, ..self.clone() })
    }

    /// The loader for this call.
    pub(super) fn loader(self) -> Loader {
        DataLoader::new(self, tokio::spawn)
    }
}

/// What the schema was built with.
pub(super) fn state<'a>(ctx: &Context<'a>) -> async_graphql::Result<&'a AppState> {
    ctx.data::<AppState>()
}

/// The loader of the caller of this request.
pub(super) fn loader<'a>(ctx: &Context<'a>) -> async_graphql::Result<&'a Loader> {
    ctx.data_opt::<Loader>().ok_or_else(unauthenticated)
}

/// The caller of this request, and the engine.
pub(super) fn call<'a>(ctx: &Context<'a>) -> async_graphql::Result<&'a Call> {
    loader(ctx).map(Loader::loader)
}

fn unauthenticated() -> Error {
    let error =
        Error::new("log in first: send `Authorization: Bearer …` with the token that memberLogIn gives");
    error.extend_with(|_, extensions| extensions.set("code", "UNAUTHENTICATED"))
}
