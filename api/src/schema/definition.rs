//! What an organization defines: roles, teams and ticket types. One life serves every kind: define, revise, retire.

mod list;
mod role;
mod team;
mod ticket_type;

use async_graphql::{Context, ID, Result};
use escalon_application::{Caller, Done, Failure, definition::Governed};
use escalon_domain::definition::{Body, Definition};

pub(super) use list::DefinitionListQuery;
pub(super) use role::{Role, RoleMutation, RoleQuery};
pub(super) use team::{Team, TeamMutation, TeamQuery};
pub(super) use ticket_type::{TicketType, TicketTypeMutation, TicketTypeQuery};

use super::{
    context::call,
    error::{bad_input, found, request_error},
    once::given,
    scalars::{AsOf, moment},
};

/// What the caller can do with a definition now.
#[derive(async_graphql::SimpleObject)]
pub(super) struct DefinitionViewerCan {
    /// Change it.
    revise: bool,
    /// End it.
    retire: bool,
}

fn viewer_can<B: Governed>(caller: &Caller, definition: &Definition<B>) -> DefinitionViewerCan {
    let body = definition.living();
    let can = caller.grants.allow(B::DEFINE) && body.is_some_and(|body| body.govern(caller).is_ok());
    DefinitionViewerCan { revise: can, retire: can }
}

/// A definition by its id, at any moment and retired ones too, or by the short name that it has now.
async fn find<B: Body>(
    ctx: &Context<'_>,
    id: Option<ID>,
    name: Option<String>,
    as_of: Option<AsOf>,
) -> Result<Option<Done<Definition<B>>>> {
    let call = call(ctx)?;
    let id = match (id, name) {
        (Some(id), None) => given(["id"], &id),
        (None, Some(name)) => call.engine.resolve::<B>(&call.caller, &name).await,
        _ => return Err(bad_input("give either the id or the name")),
    };
    match id {
        Ok(id) => found(call.engine.definition(&call.caller, id, moment(as_of)).await),
        Err(Failure::NotFound { .. }) => Ok(None),
        Err(failure) => Err(request_error(failure)),
    }
}

/// Declares the inputs with which a kind is defined and revised, and the body they give.
macro_rules! definition_inputs {
    (
        $(#[$define_doc:meta])+ $define:ident, $(#[$revise_doc:meta])+ $revise:ident, $(#[$retire_doc:meta])+ $retire:ident
        { $($(#[$doc:meta])+ $field:ident: $ty:ty),* $(,)? }
        |$input:ident| -> $body:ty $build:block
    ) => {
        input! { $(#[$define_doc])+ $define creates { $($(#[$doc])+ $field: $ty),* } }
        input! { $(#[$revise_doc])+ $revise changes { $($(#[$doc])+ $field: $ty),* } }
        input! {
            $(#[$retire_doc])+ $retire changes {
                /// Why.
                reason: String
            }
        }

        impl $define {
            fn body(&self) -> Result<$body, escalon_application::Failure> {
                let $input = self;
                $build
            }
        }

        impl $revise {
            fn body(&self) -> Result<$body, escalon_application::Failure> {
                let $input = self;
                $build
            }
        }
    };
}

/// Declares what the objects of every kind have in common.
macro_rules! definition_object {
    ($(#[$doc:meta])+ $object:ident of $body:ty { $($fields:tt)* }) => {
        pub(in crate::schema) struct $object(escalon_application::Done<escalon_domain::definition::Definition<$body>>);

        impl From<escalon_application::Done<escalon_domain::definition::Definition<$body>>> for $object {
            fn from(done: escalon_application::Done<escalon_domain::definition::Definition<$body>>) -> Self {
                Self(done)
            }
        }

        impl $object {
            fn body(&self) -> async_graphql::Result<&$body> {
                self.0.state.body.as_ref().ok_or_else(|| async_graphql::Error::new("a definition has no body"))
            }
        }

        $(#[$doc])+
        #[async_graphql::Object]
        impl $object {
            /// Its id.
            async fn id(&self) -> async_graphql::ID {
                self.0.id.to_string().into()
            }

            /// Its version; whatever uses it is pinned to one.
            async fn version(&self) -> u64 {
                self.0.version
            }

            /// Its short name, unique in its kind while it is not retired.
            async fn name(&self) -> async_graphql::Result<&str> {
                self.body().map(|body| body.name.as_str())
            }

            /// Its name for people.
            async fn title(&self) -> async_graphql::Result<&str> {
                self.body().map(|body| body.title.as_str())
            }

            /// Whether it has been retired and serves nothing new.
            async fn retired(&self) -> bool {
                self.0.state.retired
            }

            $($fields)*

            /// What happened to it, oldest first. Needs the permission `audit.view`.
            async fn history(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "How many, 100 at most.")] first: i32,
                #[graphql(desc = "Those after this cursor.")] after: Option<String>,
            ) -> async_graphql::Result<$crate::schema::page::List<$crate::schema::history::Event>> {
                $crate::schema::history::history(ctx, self.0.id, first, after).await
            }

            /// What differs between two moments of it, and by which events. Needs the permission `audit.view`.
            async fn compare(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "The earlier moment.")] from: $crate::schema::scalars::AsOf,
                #[graphql(desc = "The later moment; now when absent.")] to: Option<$crate::schema::scalars::AsOf>,
            ) -> async_graphql::Result<$crate::schema::comparison::Comparison> {
                $crate::schema::comparison::compare(ctx, self.0.id, from, to).await
            }

            /// What the caller can do with it now.
            async fn viewer_can(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> async_graphql::Result<super::DefinitionViewerCan> {
                Ok(super::viewer_can(&$crate::schema::context::call(ctx)?.caller, &self.0.state))
            }
        }
    };
}

use {definition_inputs, definition_object};
