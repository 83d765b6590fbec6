//! Teams: members who share work.

use async_graphql::{Context, ID, Object, Result};
use escalon_domain::team as domain;

use super::{definition_inputs, definition_object, find};
use crate::schema::{
    context::{call, loader},
    member::Member,
    once::{given, input, several},
    payload::{answer, payloads},
    scalars::AsOf,
};

definition_object! {
    /// A team: members who share work.
    Team of domain::Team {
        /// The ids of who belongs to it.
        async fn member_ids(&self) -> Result<Vec<ID>> {
            self.body().map(|team| team.members.iter().map(|id| id.to_string().into()).collect())
        }

        /// Who belongs to it, as far as the caller may see them.
        async fn members(&self, ctx: &Context<'_>) -> Result<Vec<Member>> {
            let team = self.body()?;
            let mut members = loader(ctx)?.load_many(team.members.iter().copied()).await?;
            Ok(team.members.iter().filter_map(|id| members.remove(id)).map(Member::from).collect())
        }
    }
}

definition_inputs! {
    /// A new team.
    TeamDefineInput,
    /// The whole new content of a team.
    TeamReviseInput,
    /// A team to end.
    TeamRetireInput
    {
        /// Its short name, unique among teams.
        name: String,
        /// Its name for people.
        title: String,
        /// The ids of who belongs to it.
        #[graphql(default)]
        members: Vec<ID>,
    }
    |input| -> domain::Team {
        let members: Vec<String> = input.members.iter().map(|id| id.0.clone()).collect();
        Ok(domain::Team {
            name: given(["name"], &input.name)?,
            title: input.title.clone(),
            members: several("members", &members)?,
        })
    }
}

payloads! {
    /// The team afterwards, from the write side; null when the command was refused.
    team: Team => TeamDefinePayload, TeamRevisePayload, TeamRetirePayload
}

#[derive(Default)]
pub(in crate::schema) struct TeamQuery;

#[Object]
impl TeamQuery {
    /// A team, by its id or short name.
    async fn team(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        name: Option<String>,
        #[graphql(desc = "The moment to show; now when absent.")] as_of: Option<AsOf>,
    ) -> Result<Option<Team>> {
        Ok(find(ctx, id, name, as_of).await?.map(Team::from))
    }
}

#[derive(Default)]
pub(in crate::schema) struct TeamMutation;

#[Object]
impl TeamMutation {
    /// Defines a team.
    async fn team_define(&self, ctx: &Context<'_>, input: TeamDefineInput) -> Result<TeamDefinePayload> {
        let call = call(ctx)?;
        answer(async { call.engine.define(&call.caller, input.body()?, &input.once()).await }.await)
    }

    /// Replaces what a team is.
    async fn team_revise(&self, ctx: &Context<'_>, input: TeamReviseInput) -> Result<TeamRevisePayload> {
        let call = call(ctx)?;
        answer(
            async { call.engine.revise(&call.caller, input.id()?, input.body()?, &input.once()).await }.await,
        )
    }

    /// Ends a team; what it has keeps it until it is assigned anew.
    async fn team_retire(&self, ctx: &Context<'_>, input: TeamRetireInput) -> Result<TeamRetirePayload> {
        let call = call(ctx)?;
        let (id, once) = (input.id(), input.once());
        answer(
            async { call.engine.retire::<domain::Team>(&call.caller, id?, input.reason, &once).await }.await,
        )
    }
}
