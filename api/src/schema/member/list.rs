//! Lists of members, from the read model.

use async_graphql::{ComplexObject, Context, Error, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use escalon_application::Caller;
use escalon_domain::{access::RoleId, member::MemberId};
use escalon_projections::MemberRow;

use super::{Member, MemberStatus};
use crate::schema::{
    context::{call, loader},
    definition::Role,
    mask::{Kind, PersonalText, stored},
    page::{List, connection, part},
};

/// A member as lists show them: what was there a moment ago.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(in crate::schema) struct MemberSummary {
    /// Their id.
    id: ID,
    /// How many events they have.
    version: i64,
    /// Where they are in their life.
    status: MemberStatus,
    /// Their name.
    name: PersonalText,
    /// Their address, if they have one.
    email: Option<PersonalText>,
    /// When they were invited.
    invited_at: DateTime<Utc>,
    /// When anything last happened to their membership.
    updated_at: DateTime<Utc>,
    #[graphql(skip)]
    member: MemberId,
    #[graphql(skip)]
    roles: Vec<RoleId>,
}

#[ComplexObject]
impl MemberSummary {
    /// Their roles.
    async fn roles(&self, ctx: &Context<'_>) -> Result<Vec<Role>> {
        let mut roles = loader(ctx)?.load_many(self.roles.iter().copied()).await?;
        Ok(self.roles.iter().filter_map(|id| roles.remove(id)).map(Role::from).collect())
    }

    /// The member as they stand now.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        Ok(loader(ctx)?.load_one(self.member).await?.map(Member::from))
    }
}

impl MemberSummary {
    fn new(caller: &Caller, row: MemberRow) -> Result<Self> {
        let subject = Some(row.subject.as_str());
        Ok(Self {
            member: row.id.parse()?,
            roles: row.roles.iter().map(|id| id.parse()).collect::<Result<_, _>>()?,
            id: row.id.into(),
            version: row.version,
            status: match row.status.as_str() {
                "invited" => MemberStatus::Invited,
                "active" => MemberStatus::Active,
                "suspended" => MemberStatus::Suspended,
                "forgotten" => MemberStatus::Forgotten,
                _ => return Err(Error::new("a member has a status that is unknown here")),
            },
            name: stored(caller, subject, row.name, Kind::Name),
            email: row.email.map(|email| stored(caller, subject, Some(email), Kind::Email)),
            invited_at: row.invited_at,
            updated_at: row.updated_at,
        })
    }
}

#[derive(Default)]
pub(in crate::schema) struct MemberListQuery;

#[Object]
impl MemberListQuery {
    /// The members of the organization, by name. Needs the permission `member.read`, and `first` or `last`, of at most 100.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those with this in their name or address.")] text: Option<String>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<List<MemberSummary>> {
        let call = call(ctx)?;
        let part = part(first, last, after, before)?;
        let slice = call.reads.members(&call.scope(), text.as_deref(), part).await;
        connection(slice, |row| MemberSummary::new(&call.caller, row))
    }
}
