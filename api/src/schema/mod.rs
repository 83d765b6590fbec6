//! The GraphQL schema: one file per aggregate, merged here. A resolver is context, one call, conversion.
//!
//! # Adding a mutation
//! 1. Declare its input (`once::input!`) and its payload (`payload::payloads!`) in the file of its aggregate.
//! 2. Write the resolver: the call, and `payload::answer` around one use case.
//! 3. `make doc` writes `schema.graphql` anew.

mod account;
mod audit;
mod comparison;
mod context;
mod dashboard;
mod definition;
mod error;
mod escalation;
mod history;
mod mask;
mod member;
mod once;
mod operations;
mod organization;
mod page;
mod payload;
mod privacy;
mod proof;
mod relations;
mod request;
mod scalars;
mod subscription;
mod ticket;
mod timeline;

use async_graphql::{MergedObject, SDLExportOptions, Schema, SchemaBuilder};

pub use self::{
    context::{AppState, Feed, FeedEvent, Positions},
    subscription::Subscription,
};

/// Questions. Every list takes `first` or `last`, of at most 100.
#[derive(MergedObject, Default)]
pub struct Query(
    account::AccountQuery,
    organization::OrganizationQuery,
    member::MemberQuery,
    member::MemberListQuery,
    definition::RoleQuery,
    definition::TeamQuery,
    definition::TicketTypeQuery,
    definition::DefinitionListQuery,
    ticket::TicketQuery,
    ticket::TicketListQuery,
    escalation::EscalationQuery,
    escalation::EscalationListQuery,
    timeline::TimelineQuery,
    dashboard::DashboardQuery,
    audit::AuditQuery,
    operations::OperationsQuery,
    proof::ProofQuery,
    privacy::PrivacyQuery,
);

/// Commands. Each answers with the object, the errors that the caller can mend, and the position of what it did.
#[derive(MergedObject, Default)]
pub struct Mutation(
    account::AccountMutation,
    organization::OrganizationMutation,
    member::MemberMutation,
    definition::RoleMutation,
    definition::TeamMutation,
    definition::TicketTypeMutation,
    ticket::TicketMutation,
    escalation::EscalationMutation,
    operations::OperationsMutation,
    privacy::PrivacyMutation,
);

/// What the API is.
pub type AppSchema = Schema<Query, Mutation, Subscription>;

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription)
}

/// The schema over everything it needs. Requests of somebody who is logged in carry their `Caller` in their data.
#[must_use]
pub fn build(state: AppState) -> AppSchema {
    builder().data(state).extension(request::Requests).finish()
}

/// The schema as text; needs no database.
#[must_use]
pub fn sdl() -> String {
    builder().finish().sdl_with_options(SDLExportOptions::new().prefer_single_line_descriptions())
}
