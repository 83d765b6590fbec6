//! Members: the people of an organization.

mod list;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use escalon_application::{Caller, Done, member::InviteMember};
use escalon_domain::{
    access::Permission,
    member::{self as domain, MemberId},
};

pub(super) use list::MemberListQuery;

use super::{
    comparison::{Comparison, compare_for},
    context::{Loader, call, loader},
    definition::Role,
    error::{command_errors, found, request_error},
    history::{Event, history_for},
    mask::{Kind, PersonalText, personal},
    once::{given, input, maybe},
    page::List,
    payload::{Outcome, Payload, answer, payloads},
    scalars::{AsOf, moment},
};

/// Where a member is in their life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum MemberStatus {
    /// Invited, without a password yet.
    Invited,
    /// Joined.
    Active,
    /// May not act for now.
    Suspended,
    /// Gone for good: nobody can read who it was.
    Forgotten,
}

impl From<domain::MemberStatus> for MemberStatus {
    /// A member that is shown is there: nobody meets an unknown one.
    fn from(status: domain::MemberStatus) -> Self {
        match status {
            domain::MemberStatus::Unknown | domain::MemberStatus::Invited => Self::Invited,
            domain::MemberStatus::Active => Self::Active,
            domain::MemberStatus::Suspended => Self::Suspended,
            domain::MemberStatus::Forgotten => Self::Forgotten,
        }
    }
}

/// A person in an organization.
pub(super) struct Member {
    done: Done<domain::Member>,
    /// Who looks at it, where that is not the caller of the request: who has just logged in.
    session: Option<Arc<Loader>>,
}

impl From<Done<domain::Member>> for Member {
    fn from(done: Done<domain::Member>) -> Self {
        Self { done, session: None }
    }
}

impl Member {
    /// A member who has just logged in and looks at themselves.
    pub(super) fn in_session(done: Done<domain::Member>, session: Loader) -> Self {
        Self { done, session: Some(Arc::new(session)) }
    }

    fn loader<'a>(&'a self, ctx: &Context<'a>) -> Result<&'a Loader> {
        self.session.as_deref().map_or_else(|| loader(ctx), Ok)
    }

    fn viewer<'a>(&'a self, ctx: &Context<'a>) -> Result<&'a Caller> {
        Ok(&self.loader(ctx)?.loader().caller)
    }
}

/// A person in an organization.
#[Object]
impl Member {
    /// Their id.
    async fn id(&self) -> ID {
        self.done.id.to_string().into()
    }

    /// How many events they have.
    async fn version(&self) -> u64 {
        self.done.version
    }

    /// Where they are in their life.
    async fn status(&self) -> MemberStatus {
        self.done.state.status.into()
    }

    /// Their name.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<PersonalText>> {
        let viewer = self.viewer(ctx)?;
        Ok(self.done.state.name.as_ref().map(|name| personal(viewer, name, Kind::Name)))
    }

    /// Their address.
    async fn email(&self, ctx: &Context<'_>) -> Result<Option<PersonalText>> {
        let viewer = self.viewer(ctx)?;
        Ok(self.done.state.email.as_ref().map(|email| personal(viewer, email, Kind::Email)))
    }

    /// Their roles.
    async fn roles(&self, ctx: &Context<'_>) -> Result<Vec<Role>> {
        let mut roles = self.loader(ctx)?.load_many(self.done.state.roles.iter().copied()).await?;
        Ok(self.done.state.roles.iter().filter_map(|id| roles.remove(id)).map(Role::from).collect())
    }

    /// What happened to them, oldest first. Needs the permission `audit.view`.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 100 at most.")] first: i32,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
    ) -> Result<List<Event>> {
        history_for(self.loader(ctx)?, self.done.id, first, after).await
    }

    /// What differs between two moments of it, and by which events. Needs the permission `audit.view`.
    async fn compare(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The earlier moment.")] from: AsOf,
        #[graphql(desc = "The later moment; now when absent.")] to: Option<AsOf>,
    ) -> Result<Comparison> {
        compare_for(self.loader(ctx)?, self.done.id, from, to).await
    }

    /// What the caller can do with them now.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<MemberViewerCan> {
        let grants = &self.viewer(ctx)?.grants;
        let suspended = self.done.state.status == domain::MemberStatus::Suspended;
        let there = self.done.state.status != domain::MemberStatus::Forgotten;
        let may = |permission, possible| grants.allow(permission) && there && possible;
        Ok(MemberViewerCan {
            grant_role: may(Permission::RoleGrant, !suspended),
            revoke_role: may(Permission::RoleGrant, !suspended && !self.done.state.roles.is_empty()),
            suspend: may(Permission::MemberSuspend, !suspended),
            reinstate: may(Permission::MemberSuspend, suspended),
            forget: may(Permission::PrivacyForget, true),
        })
    }
}

/// What the caller can do with a member now, as far as permissions and status tell; levels are checked when it is done.
#[derive(SimpleObject)]
pub(super) struct MemberViewerCan {
    /// Give them a role.
    grant_role: bool,
    /// Take a role from them.
    revoke_role: bool,
    /// Stop them from acting.
    suspend: bool,
    /// Let them act again.
    reinstate: bool,
    /// Forget them for ever.
    forget: bool,
}

input! {
    /// Somebody to invite.
    MemberInviteInput creates {
        /// Their name.
        name: String,
        /// Their address; without one they cannot join.
        email: Option<String>,
        /// The ids or short names of the roles they get at once.
        #[graphql(default)]
        roles: Vec<String>,
    }
}

input! {
    /// A role to give to a member.
    MemberGrantRoleInput changes {
        /// The id or short name of the role.
        role: String,
    }
}

input! {
    /// A role to take from a member.
    MemberRevokeRoleInput changes {
        /// The id or short name of the role.
        role: String,
    }
}

input! {
    /// A member to stop from acting.
    MemberSuspendInput changes {
        /// Why.
        reason: String,
    }
}

input! {
    /// A member to let act again.
    MemberReinstateInput changes {}
}

payloads! {
    /// The member afterwards, from the write side; null when the command was refused.
    member: Member => MemberOutcome, MemberGrantRolePayload, MemberRevokeRolePayload, MemberSuspendPayload,
        MemberReinstatePayload
}

/// What became of an invitation.
#[derive(SimpleObject)]
pub(super) struct MemberInvitePayload {
    #[graphql(flatten)]
    outcome: MemberOutcome,
    /// The token with which they join (`memberRegister`), good for 7 days. Send it to them; it is not kept. Null for who
    /// has no address or has joined.
    invitation: Option<String>,
}

#[derive(Default)]
pub(super) struct MemberQuery;

#[Object]
impl MemberQuery {
    /// A member. Everybody may see themselves; others with the permission `member.read`.
    async fn member(
        &self,
        ctx: &Context<'_>,
        id: ID,
        #[graphql(desc = "The moment to show; now when absent.")] as_of: Option<AsOf>,
    ) -> Result<Option<Member>> {
        let call = call(ctx)?;
        let id: MemberId = given(["id"], &id).map_err(request_error)?;
        found(call.engine.member(&call.caller, id, moment(as_of)).await.map(Member::from))
    }
}

#[derive(Default)]
pub(super) struct MemberMutation;

#[Object]
impl MemberMutation {
    /// Invites somebody, with roles up to the caller's own level.
    async fn member_invite(
        &self,
        ctx: &Context<'_>,
        input: MemberInviteInput,
    ) -> Result<MemberInvitePayload> {
        let call = call(ctx)?;
        let once = input.once();
        let email = match maybe(["email"], input.email.as_ref()) {
            Ok(email) => email,
            Err(failure) => {
                return Ok(MemberInvitePayload::refused(Outcome::refused(command_errors(failure)?)));
            }
        };
        let invite = InviteMember { id: None, name: input.name, email, roles: input.roles, joins: false };
        let result = call.engine.invite_member(&call.caller, invite, &once).await;
        let waiting = result
            .as_ref()
            .ok()
            .filter(|done| done.state.status == domain::MemberStatus::Invited && done.state.email.is_some());
        let token = waiting.map(|done| call.engine.invitation(call.caller.organization, done.id)).transpose();
        let invitation = token.map_err(request_error)?;
        Ok(MemberInvitePayload { outcome: answer(result)?, invitation })
    }

    /// Gives a member a role, up to the caller's own level.
    async fn member_grant_role(
        &self,
        ctx: &Context<'_>,
        input: MemberGrantRoleInput,
    ) -> Result<MemberGrantRolePayload> {
        let call = call(ctx)?;
        answer(
            async { call.engine.grant_role(&call.caller, input.id()?, &input.role, &input.once()).await }
                .await,
        )
    }

    /// Takes a role from a member. The last administrator stays one.
    async fn member_revoke_role(
        &self,
        ctx: &Context<'_>,
        input: MemberRevokeRoleInput,
    ) -> Result<MemberRevokeRolePayload> {
        let call = call(ctx)?;
        answer(
            async { call.engine.revoke_role(&call.caller, input.id()?, &input.role, &input.once()).await }
                .await,
        )
    }

    /// Stops a member from acting. The last administrator stays.
    async fn member_suspend(
        &self,
        ctx: &Context<'_>,
        input: MemberSuspendInput,
    ) -> Result<MemberSuspendPayload> {
        let call = call(ctx)?;
        let once = input.once();
        answer(
            async { call.engine.suspend_member(&call.caller, input.id()?, input.reason, &once).await }.await,
        )
    }

    /// Lets a suspended member act again.
    async fn member_reinstate(
        &self,
        ctx: &Context<'_>,
        input: MemberReinstateInput,
    ) -> Result<MemberReinstatePayload> {
        let call = call(ctx)?;
        answer(async { call.engine.reinstate_member(&call.caller, input.id()?, &input.once()).await }.await)
    }
}

impl MemberInvitePayload {
    fn refused(outcome: Outcome<Member>) -> Self {
        Self { outcome: MemberOutcome::new(outcome), invitation: None }
    }
}
