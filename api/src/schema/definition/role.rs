//! Roles: a level and the permissions they grant.

use async_graphql::{Context, ID, Object, Result};
use escalon_domain::access::{self as domain, Permission};

use super::{definition_inputs, definition_object, find};
use crate::schema::{
    context::call,
    once::{given, input, several},
    payload::{answer, payloads},
    scalars::AsOf,
};

definition_object! {
    /// A role: what it allows, and how high it stands.
    Role of domain::Role {
        /// Its level; 1 is the highest. Nobody grants or defines a role above their own level.
        async fn level(&self) -> Result<u8> {
            self.body().map(|role| role.level)
        }

        /// What it allows, `module.action`.
        async fn permissions(&self) -> Result<Vec<&'static str>> {
            self.body().map(|role| role.permissions.iter().map(|permission| permission.name()).collect())
        }
    }
}

definition_inputs! {
    /// A new role.
    RoleDefineInput,
    /// The whole new content of a role.
    RoleReviseInput,
    /// A role to end.
    RoleRetireInput
    {
        /// Its short name, unique among roles.
        name: String,
        /// Its name for people.
        title: String,
        /// Its level; 1 is the highest.
        level: u8,
        /// What it allows, `module.action`.
        permissions: Vec<String>,
    }
    |input| -> domain::Role {
        Ok(domain::Role {
            name: given(["name"], &input.name)?,
            title: input.title.clone(),
            level: input.level,
            permissions: several::<Permission, _>("permissions", &input.permissions)?,
        })
    }
}

payloads! {
    /// The role afterwards, from the write side; null when the command was refused.
    role: Role => RoleDefinePayload, RoleRevisePayload, RoleRetirePayload
}

#[derive(Default)]
pub(in crate::schema) struct RoleQuery;

#[Object]
impl RoleQuery {
    /// A role, by its id or short name.
    async fn role(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        name: Option<String>,
        #[graphql(desc = "The moment to show; now when absent.")] as_of: Option<AsOf>,
    ) -> Result<Option<Role>> {
        Ok(find(ctx, id, name, as_of).await?.map(Role::from))
    }
}

#[derive(Default)]
pub(in crate::schema) struct RoleMutation;

#[Object]
impl RoleMutation {
    /// Defines a role, up to the caller's own level and permissions.
    async fn role_define(&self, ctx: &Context<'_>, input: RoleDefineInput) -> Result<RoleDefinePayload> {
        let call = call(ctx)?;
        answer(async { call.engine.define(&call.caller, input.body()?, &input.once()).await }.await)
    }

    /// Replaces what a role is, for everybody who has it.
    async fn role_revise(&self, ctx: &Context<'_>, input: RoleReviseInput) -> Result<RoleRevisePayload> {
        let call = call(ctx)?;
        answer(
            async { call.engine.revise(&call.caller, input.id()?, input.body()?, &input.once()).await }.await,
        )
    }

    /// Ends a role; who has it loses what it allows.
    async fn role_retire(&self, ctx: &Context<'_>, input: RoleRetireInput) -> Result<RoleRetirePayload> {
        let call = call(ctx)?;
        let (id, once) = (input.id(), input.once());
        answer(
            async { call.engine.retire::<domain::Role>(&call.caller, id?, input.reason, &once).await }.await,
        )
    }
}
