//! Lists of what an organization defines, from the read model.

use async_graphql::{Context, Object, OutputType, Result};
use escalon_application::Done;
use escalon_domain::{
    access,
    definition::{Body, Definition},
    team, ticket_type,
};
use escalon_projections::{DefinitionRow, Page};

use super::{Role, Team, TicketType};
use crate::schema::{
    context::call,
    page::{List, connection, part},
};

#[derive(Default)]
pub(in crate::schema) struct DefinitionListQuery;

#[Object]
impl DefinitionListQuery {
    /// The roles of the organization, by short name. Needs `first` or `last`, of at most 100.
    async fn roles(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "Whether to list retired ones, too.")] include_retired: bool,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<List<Role>> {
        list::<access::Role, _>(ctx, include_retired, part(first, last, after, before)?).await
    }

    /// The teams of the organization, by short name. Needs `first` or `last`, of at most 100.
    async fn teams(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "Whether to list retired ones, too.")] include_retired: bool,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<List<Team>> {
        list::<team::Team, _>(ctx, include_retired, part(first, last, after, before)?).await
    }

    /// The ticket types of the organization, by short name. Needs `first` or `last`, of at most 100.
    async fn ticket_types(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "Whether to list retired ones, too.")] include_retired: bool,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<List<TicketType>> {
        list::<ticket_type::TicketType, _>(ctx, include_retired, part(first, last, after, before)?).await
    }
}

async fn list<B: Body, T: OutputType + From<Done<Definition<B>>>>(
    ctx: &Context<'_>,
    include_retired: bool,
    part: Page,
) -> Result<List<T>> {
    let call = call(ctx)?;
    let slice = call.reads.definitions(&call.scope(), B::PREFIX, include_retired, part).await;
    connection(slice, |row| definition::<B>(row).map(T::from))
}

/// A row has all of a definition at its latest version.
fn definition<B: Body>(row: DefinitionRow) -> Result<Done<Definition<B>>> {
    let body = Some(serde_json::from_value(row.body)?);
    let state = Definition { body, retired: row.retired };
    Ok(Done {
        id: row.id.parse()?,
        state: state.into(),
        version: u64::try_from(row.version)?,
        insertion: None,
        replayed: false,
    })
}
