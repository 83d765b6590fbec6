//! Escalations: a ticket or conversation raised to people until somebody owns it and it is resolved.

mod input;
mod list;
mod mutation;
mod words;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use escalon_application::{Caller, Done, escalation::permission};
use escalon_domain::escalation::{self as domain, Action, Cause, EscalationCommand as Command, EscalationId};

pub(super) use list::EscalationListQuery;
pub(super) use mutation::EscalationMutation;
pub(super) use words::{EscalationStatus, Urgency};

use self::words::{
    EscalationAcknowledgement, EscalationCause, EscalationCustomer, EscalationSubject, EscalationViewing,
};
use super::{
    comparison::{Comparison, compare},
    context::{call, loader},
    error::{found, request_error},
    history::{Event, history},
    mask::{Kind, PersonalText, personal},
    member::Member,
    once::given,
    page::List,
    scalars::{Actor, AsOf, moment},
};

/// Something raised to people until somebody owns it and it is resolved.
pub(super) struct Escalation(Done<domain::Escalation>);

impl From<Done<domain::Escalation>> for Escalation {
    fn from(done: Done<domain::Escalation>) -> Self {
        Self(done)
    }
}

/// Something raised to people until somebody owns it and it is resolved.
#[Object]
impl Escalation {
    /// Its id.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// How many events it has.
    async fn version(&self) -> u64 {
        self.0.version
    }

    /// Where it stands.
    async fn status(&self) -> EscalationStatus {
        self.0.state.status.into()
    }

    /// What is escalated.
    async fn subject(&self) -> Option<EscalationSubject> {
        self.0.state.subject.clone().map(EscalationSubject)
    }

    /// Why there is one.
    async fn cause(&self) -> Option<EscalationCause> {
        self.0.state.cause.as_ref().map(EscalationCause::from)
    }

    /// The rule that found it necessary, where one did.
    async fn rule(&self) -> Option<&str> {
        match &self.0.state.cause {
            Some(Cause::Rule(name)) => Some(name),
            _ => None,
        }
    }

    /// Why, in the words of who raised it.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<PersonalText>> {
        let caller = &call(ctx)?.caller;
        Ok(self.0.state.reason.as_ref().map(|reason| personal(caller, reason, Kind::Words)))
    }

    /// How insistently to tell people.
    async fn urgency(&self) -> Option<Urgency> {
        self.0.state.urgency.map(Urgency::from)
    }

    /// The customer it is about.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Option<EscalationCustomer>> {
        let caller = &call(ctx)?.caller;
        Ok(self.0.state.customer.as_ref().map(|customer| EscalationCustomer::new(caller, customer)))
    }

    /// Who raised it.
    async fn raised_by(&self) -> Option<Actor> {
        self.0.state.raised_by.as_ref().map(Actor::from)
    }

    /// When it was raised.
    async fn raised_at(&self) -> Option<DateTime<Utc>> {
        self.0.state.raised_at
    }

    /// The id of who has it.
    async fn assignee_id(&self) -> Option<ID> {
        self.0.state.assignee.map(|id| id.to_string().into())
    }

    /// Who has it, where the caller may see members.
    async fn assignee(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.0.state.assignee {
            Some(id) => Ok(loader(ctx)?.load_one(id).await?.map(Member::from)),
            None => Ok(None),
        }
    }

    /// Who owns it, while somebody does.
    async fn acknowledgement(&self) -> Option<EscalationAcknowledgement> {
        self.0.state.acknowledgement.as_ref().map(EscalationAcknowledgement::from)
    }

    /// Until when it is held.
    async fn snoozed_until(&self) -> Option<DateTime<Utc>> {
        self.0.state.snoozed_until
    }

    /// Who looked at it, and when first.
    async fn viewers(&self) -> Vec<EscalationViewing> {
        let mut viewings: Vec<_> = self.0.state.viewers.iter().map(EscalationViewing::from).collect();
        viewings.sort_by_key(|viewing| viewing.at);
        viewings
    }

    /// When the customer was last contacted.
    async fn last_contact_at(&self) -> Option<DateTime<Utc>> {
        self.0.state.last_contact_at
    }

    /// What was done, once it is resolved.
    async fn notes(&self, ctx: &Context<'_>) -> Result<Option<PersonalText>> {
        let caller = &call(ctx)?.caller;
        Ok(self.0.state.notes.as_ref().map(|notes| personal(caller, notes, Kind::Words)))
    }

    /// When it was resolved or called off.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.state.ended_at
    }

    /// What happened to it, oldest first. Needs the permission `audit.view`.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 100 at most.")] first: i32,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
    ) -> Result<List<Event>> {
        history(ctx, self.0.id, first, after).await
    }

    /// What differs between two moments of it, and by which events. Needs the permission `audit.view`.
    async fn compare(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The earlier moment.")] from: AsOf,
        #[graphql(desc = "The later moment; now when absent.")] to: Option<AsOf>,
    ) -> Result<Comparison> {
        compare(ctx, self.0.id, from, to).await
    }

    /// What the caller can do with it now.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<EscalationViewerCan> {
        Ok(EscalationViewerCan::new(&call(ctx)?.caller, &self.0.state))
    }
}

/// What the caller can do with an escalation now.
#[derive(SimpleObject)]
pub(super) struct EscalationViewerCan {
    /// Give it to somebody.
    assign: bool,
    /// Begin to work on it.
    start: bool,
    /// Record that the customer was contacted.
    contact: bool,
    /// Own it: it escalates no further.
    acknowledge: bool,
    /// Give up owning it: it escalates again.
    unacknowledge: bool,
    /// Hold it for a while.
    snooze: bool,
    /// End the hold.
    wake: bool,
    /// Record that somebody looked at it.
    view: bool,
    /// Be done with it.
    resolve: bool,
    /// Call it off.
    cancel: bool,
}

impl EscalationViewerCan {
    fn new(caller: &Caller, escalation: &domain::Escalation) -> Self {
        let handles = caller.grants.allow(permission(&Command::Start));
        let handle = |action| handles && escalation.can(action);
        let resolves = caller.grants.allow(permission(&Command::Resolve { notes: String::new() }));
        let views = caller.grants.allow(permission(&Command::View)) && caller.member().is_some();
        Self {
            assign: handle(Action::Assign),
            start: handle(Action::Start),
            contact: handle(Action::Contact),
            acknowledge: handle(Action::Acknowledge),
            unacknowledge: handle(Action::Unacknowledge),
            snooze: handle(Action::Snooze),
            wake: handle(Action::Wake),
            view: views && escalation.can(Action::View),
            resolve: resolves && escalation.can(Action::Resolve),
            cancel: handle(Action::Cancel),
        }
    }
}

#[derive(Default)]
pub(super) struct EscalationQuery;

#[Object]
impl EscalationQuery {
    /// An escalation, where the caller may see it.
    async fn escalation(
        &self,
        ctx: &Context<'_>,
        id: ID,
        #[graphql(desc = "The moment to show; now when absent.")] as_of: Option<AsOf>,
    ) -> Result<Option<Escalation>> {
        let call = call(ctx)?;
        let id: EscalationId = given(["id"], &id).map_err(request_error)?;
        found(call.engine.escalation(&call.caller, id, moment(as_of)).await.map(Escalation::from))
    }
}
