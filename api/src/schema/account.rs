//! Accounts: registering, logging in, and who is calling.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use escalon_application::{
    Failure, Moment,
    account::{Registration, Session},
};
use escalon_domain::access::Permission;

use super::{
    context::{AppState, Call, call, loader, state},
    definition::Role,
    error::{bad_input, command_errors, request_error, wrong_credentials},
    member::{Member, MemberOutcome},
    once::given,
    organization::Organization,
    payload::{Outcome, Payload},
};

/// What the source of a call through this schema is called.
pub(super) const SOURCE: &str = "graphql";

/// Who is calling.
pub(super) struct Viewer;

/// Who is calling.
#[Object]
impl Viewer {
    /// The member; null for an operator's tool.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        let loader = loader(ctx)?;
        match loader.loader().caller.member() {
            Some(id) => Ok(loader.load_one(id).await?.map(Member::from)),
            None => Ok(None),
        }
    }

    /// Their organization.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Organization> {
        let call = call(ctx)?;
        let organization = call.engine.organization(&call.caller, Moment::Now).await;
        organization.map(Organization::from).map_err(request_error)
    }

    /// Their roles.
    async fn roles(&self, ctx: &Context<'_>) -> Result<Vec<Role>> {
        let loader = loader(ctx)?;
        let Some(id) = loader.loader().caller.member() else { return Ok(Vec::new()) };
        let Some(member) = loader.load_one(id).await? else { return Ok(Vec::new()) };
        let mut roles = loader.load_many(member.state.roles.iter().copied()).await?;
        Ok(member.state.roles.iter().filter_map(|id| roles.remove(id)).map(Role::from).collect())
    }

    /// The highest level of their roles; 1 is the highest there is, 255 means no role.
    async fn level(&self, ctx: &Context<'_>) -> Result<u8> {
        Ok(call(ctx)?.caller.grants.level)
    }

    /// Everything their roles allow, `module.action`.
    async fn permissions(&self, ctx: &Context<'_>) -> Result<Vec<&'static str>> {
        Ok(call(ctx)?.caller.grants.permissions.iter().map(|permission| permission.name()).collect())
    }

    /// Whether their roles allow something.
    async fn can(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The permission, `module.action`.")] permission: String,
    ) -> Result<bool> {
        let permission: Permission = permission.parse().map_err(|unknown| bad_input(format!("{unknown}")))?;
        Ok(call(ctx)?.caller.grants.allow(permission))
    }
}

/// Somebody who registers.
#[derive(InputObject)]
pub(super) struct MemberRegisterInput {
    /// The short name of the organization.
    organization: String,
    /// Their name; an invited person keeps the one they were invited with.
    name: String,
    /// Their address.
    email: String,
    /// The password they choose, of 12 characters or more.
    #[graphql(secret)]
    password: String,
    /// The invitation token, where the organization does not let people register by themselves.
    #[graphql(secret)]
    invitation: Option<String>,
}

/// Somebody who logs in.
#[derive(InputObject)]
pub(super) struct MemberLogInInput {
    /// The short name of the organization.
    organization: String,
    /// Their address.
    email: String,
    /// Their password.
    #[graphql(secret)]
    password: String,
}

/// The member, and the token that speaks for them.
#[derive(SimpleObject)]
#[graphql(concrete(name = "MemberRegisterPayload", params(Registering)))]
#[graphql(concrete(name = "MemberLogInPayload", params(LoggingIn)))]
pub(super) struct SessionPayload<M: Send + Sync> {
    #[graphql(flatten)]
    outcome: MemberOutcome,
    /// Send it with every request: `Authorization: Bearer …`.
    token: Option<String>,
    /// When the token ends.
    expires_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    by: std::marker::PhantomData<M>,
}

/// Marks the payload of a registration.
pub(super) struct Registering;
/// Marks the payload of a login.
pub(super) struct LoggingIn;

impl<M: Send + Sync> SessionPayload<M> {
    async fn of(state: &AppState, session: Session) -> Result<Self> {
        let Session { token, expires_at, member, .. } = session;
        let caller = state.engine.authenticate(&token, SOURCE).await.map_err(request_error)?;
        let mut outcome = Outcome::<Member>::done(member.clone());
        outcome.object = Some(Member::in_session(member, Call::new(state, caller).loader()));
        let outcome = MemberOutcome::new(outcome);
        Ok(Self { outcome, token: Some(token), expires_at: Some(expires_at), by: std::marker::PhantomData })
    }

    fn refused(errors: Vec<super::error::CommandError>) -> Self {
        let outcome = MemberOutcome::new(Outcome::refused(errors));
        Self { outcome, token: None, expires_at: None, by: std::marker::PhantomData }
    }
}

#[derive(Default)]
pub(super) struct AccountQuery;

#[Object]
impl AccountQuery {
    /// Who is calling.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer> {
        call(ctx).map(|_| Viewer)
    }
}

#[derive(Default)]
pub(super) struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Registers somebody and logs them in: who was invited joins; others get the role that the organization gives to
    /// newcomers, if it does. Needs no login.
    async fn member_register(
        &self,
        ctx: &Context<'_>,
        input: MemberRegisterInput,
    ) -> Result<SessionPayload<Registering>> {
        let state = state(ctx)?;
        let MemberRegisterInput { organization, name, email, password, invitation } = input;
        let registered = async {
            let email = given(["email"], &email)?;
            state
                .engine
                .register(Registration { organization, name, email, password, invitation }, SOURCE)
                .await
        };
        match registered.await {
            Ok(session) => SessionPayload::of(state, session).await,
            Err(failure) => Ok(SessionPayload::refused(command_errors(failure)?)),
        }
    }

    /// Logs in. Needs no login, of course.
    async fn member_log_in(
        &self,
        ctx: &Context<'_>,
        input: MemberLogInInput,
    ) -> Result<SessionPayload<LoggingIn>> {
        let state = state(ctx)?;
        match state.engine.log_in(&input.organization, &input.email, input.password, SOURCE).await {
            Ok(session) => SessionPayload::of(state, session).await,
            Err(Failure::Unauthenticated(why)) => Ok(SessionPayload::refused(vec![wrong_credentials(why)])),
            Err(failure) => Ok(SessionPayload::refused(command_errors(failure)?)),
        }
    }
}
