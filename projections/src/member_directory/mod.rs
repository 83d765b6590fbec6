//! Who is there and what is defined: members with their roles, definitions with their bodies, organizations.

mod definition;
mod directory;
mod member;
mod organization;
mod queries;

use async_trait::async_trait;

pub use definition::{DefinitionFold, DefinitionRow};
pub use directory::ReadDirectory;
pub use member::{MemberFold, MemberRow};
pub use organization::{OrganizationFold, OrganizationRow};

use escalon_domain::{
    access::Role, id::Named, member::Member, organization::Organization, team::Team, ticket_type::TicketType,
};

use crate::{
    error::ProjectionError,
    happening::Happening,
    projection::{Build, PersonalIn, Projection},
    tables::Tables,
};

/// The projection.
#[derive(Debug, Clone, Copy)]
pub struct MemberDirectory;

impl MemberDirectory {
    pub(crate) const NAME: &'static str = "member_directory";
}

#[async_trait]
impl Projection for MemberDirectory {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn version(&self) -> i32 {
        1
    }

    fn ddl(&self) -> &'static str {
        include_str!("tables.sql")
    }

    fn tables(&self) -> &'static [&'static str] {
        &["member", "definition", "organization"]
    }

    fn reads(&self) -> &'static [&'static str] {
        &[Member::PREFIX, Organization::PREFIX, Role::PREFIX, Team::PREFIX, TicketType::PREFIX]
    }

    fn build(&self) -> Build {
        Build::ByStream
    }

    fn personal(&self) -> &'static [PersonalIn] {
        &[PersonalIn::Columns {
            table: "member",
            whose: "subject",
            columns: &[("name", "null"), ("email", "null"), ("sort_name", "''")],
        }]
    }

    async fn project(
        &self,
        tables: &mut Tables<'_>,
        happenings: &[Happening<'_>],
    ) -> Result<(), ProjectionError> {
        tables.fold::<OrganizationFold>(happenings).await?;
        tables.fold::<DefinitionFold>(happenings).await?;
        tables.fold::<MemberFold>(happenings).await
    }
}
