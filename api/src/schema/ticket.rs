//! Tickets: tracked work with a requester, an assignee and a status.

mod input;
mod list;
mod mutation;
mod viewer_can;
mod words;

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use escalon_application::Done;
use escalon_domain::{
    access::Permission,
    id::Id,
    ticket::{self as domain, TicketId},
    ticket_type::FieldValue,
};
use serde_json::{Map, Value};

pub(super) use list::TicketListQuery;
pub(super) use mutation::TicketMutation;
pub(super) use words::{TicketPriority, TicketStatus};

use self::{
    viewer_can::TicketViewerCan,
    words::{TicketComment, TicketProof, TicketRequester, TicketResolution},
};
use super::{
    comparison::{Comparison, compare},
    context::{call, loader},
    definition::{Team, TicketType},
    error::{found, request_error},
    history::{Event, history},
    mask::{Kind, PersonalText, personal},
    member::Member,
    once::given,
    page::{List, page},
    scalars::{Actor, AsOf, moment},
};

/// A ticket: tracked work.
pub(super) struct Ticket(Done<domain::Ticket>);

impl From<Done<domain::Ticket>> for Ticket {
    fn from(done: Done<domain::Ticket>) -> Self {
        Self(done)
    }
}

/// A ticket: tracked work.
#[Object]
impl Ticket {
    /// Its id.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// How many events it has.
    async fn version(&self) -> u64 {
        self.0.version
    }

    /// Its number, `GROW-20251008-0001`, unique in the organization.
    async fn number(&self) -> Option<String> {
        self.0.state.number.as_ref().map(ToString::to_string)
    }

    /// Where it stands.
    async fn status(&self) -> TicketStatus {
        self.0.state.status.into()
    }

    /// Its type, at the version it was opened with.
    #[graphql(name = "type")]
    async fn ticket_type(&self, ctx: &Context<'_>) -> Result<Option<TicketType>> {
        match self.0.state.ticket_type {
            Some(pin) => Ok(loader(ctx)?.load_one((pin.id, pin.version)).await?.map(TicketType::from)),
            None => Ok(None),
        }
    }

    /// Who asks for it.
    async fn requester(&self, ctx: &Context<'_>) -> Result<Option<TicketRequester>> {
        let caller = &call(ctx)?.caller;
        Ok(self.0.state.requester.as_ref().map(|requester| TicketRequester::new(caller, requester)))
    }

    /// Who opened it.
    async fn opened_by(&self) -> Option<Actor> {
        self.0.state.opened_by.as_ref().map(Actor::from)
    }

    /// What it is, in a line.
    async fn title(&self, ctx: &Context<'_>) -> Result<Option<PersonalText>> {
        let caller = &call(ctx)?.caller;
        Ok(self.0.state.title.as_ref().map(|title| personal(caller, title, Kind::Words)))
    }

    /// What it is, at length.
    async fn description(&self, ctx: &Context<'_>) -> Result<Option<PersonalText>> {
        let caller = &call(ctx)?.caller;
        Ok(self.0.state.description.as_ref().map(|description| personal(caller, description, Kind::Words)))
    }

    /// The brand it is about.
    async fn brand(&self) -> Option<&str> {
        self.0.state.brand.as_deref()
    }

    /// How important it is.
    async fn priority(&self) -> Option<TicketPriority> {
        self.0.state.priority.as_ref().map(TicketPriority::from)
    }

    /// The type's custom fields by their short names. A forgotten text is null.
    async fn fields(&self, ctx: &Context<'_>) -> Result<Value> {
        let caller = &call(ctx)?.caller;
        let fields = self.0.state.fields.iter().map(|(name, value)| {
            let value = match value {
                FieldValue::Personal(text) => {
                    Value::from(personal(caller, text, Kind::of_field(name.as_str())).text)
                }
                FieldValue::Flag(flag) => Value::from(*flag),
                FieldValue::Number(number) => Value::from(*number),
                FieldValue::Text(text) => Value::from(text.as_str()),
            };
            (name.to_string(), value)
        });
        Ok(Value::Object(fields.collect::<Map<_, _>>()))
    }

    /// Its tags.
    async fn tags(&self) -> Vec<&str> {
        self.0.state.tags.iter().map(|tag| tag.as_str()).collect()
    }

    /// The team it belongs to.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        match self.0.state.team {
            Some(id) => Ok(loader(ctx)?.load_one(id).await?.map(Team::from)),
            None => Ok(None),
        }
    }

    /// The id of the member it belongs to.
    async fn assignee_id(&self) -> Option<ID> {
        self.0.state.assignee.map(|id| id.to_string().into())
    }

    /// The member it belongs to, where the caller may see members.
    async fn assignee(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.0.state.assignee {
            Some(id) => Ok(loader(ctx)?.load_one(id).await?.map(Member::from)),
            None => Ok(None),
        }
    }

    /// For whom or what it waits, while it does.
    async fn waiting_for(&self) -> Option<&str> {
        self.0.state.waiting_for.as_ref().map(|reason| reason.as_str())
    }

    /// The latest proposed resolution.
    async fn resolution(&self, ctx: &Context<'_>) -> Result<Option<TicketResolution>> {
        let caller = &call(ctx)?.caller;
        Ok(self.0.state.resolution.as_ref().map(|resolution| TicketResolution::new(caller, resolution)))
    }

    /// What was said, oldest first: comments, and notes where the caller has the permission `ticket.note`.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 100 at most.")] first: i32,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
    ) -> Result<List<TicketComment>> {
        let caller = &call(ctx)?.caller;
        let notes = caller.grants.allow(Permission::TicketNote);
        let readable = self.0.state.comments.iter().filter(|comment| notes || !comment.internal);
        page(readable.map(|comment| TicketComment::new(caller, comment)).collect(), first, after.as_deref())
    }

    /// Proof of work, in the order of submission.
    async fn proofs(&self, ctx: &Context<'_>) -> Result<Vec<TicketProof>> {
        let caller = &call(ctx)?.caller;
        Ok(self.0.state.proofs.iter().map(|(id, proof)| TicketProof::new(caller, *id, proof)).collect())
    }

    /// How often it was reopened.
    async fn reopenings(&self) -> u32 {
        self.0.state.reopenings
    }

    /// When it was opened.
    async fn opened_at(&self) -> Option<DateTime<Utc>> {
        self.0.state.opened_at
    }

    /// When anything last happened to it.
    async fn updated_at(&self) -> Option<DateTime<Utc>> {
        self.0.state.updated_at
    }

    /// When somebody first answered the requester.
    async fn first_response_at(&self) -> Option<DateTime<Utc>> {
        self.0.state.first_response_at
    }

    /// When its resolution was last accepted.
    async fn resolved_at(&self) -> Option<DateTime<Utc>> {
        self.0.state.resolved_at
    }

    /// When it was last closed.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.0.state.closed_at
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
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<TicketViewerCan> {
        Ok(TicketViewerCan::new(&call(ctx)?.caller, &self.0.state))
    }
}

#[derive(Default)]
pub(super) struct TicketQuery;

#[Object]
impl TicketQuery {
    /// A ticket, where the caller may see it.
    async fn ticket(
        &self,
        ctx: &Context<'_>,
        id: ID,
        #[graphql(desc = "The moment to show; now when absent.")] as_of: Option<AsOf>,
    ) -> Result<Option<Ticket>> {
        let call = call(ctx)?;
        let id: TicketId = given(["id"], &id).map_err(request_error)?;
        found(call.engine.ticket(&call.caller, id, moment(as_of)).await.map(Ticket::from))
    }
}

fn text_id<T: escalon_domain::id::Named>(id: Id<T>) -> ID {
    id.to_string().into()
}
