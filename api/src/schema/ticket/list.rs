//! Lists of tickets, from the read model.

use async_graphql::{ComplexObject, Context, Enum, Error, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use escalon_application::Caller;
use escalon_domain::{
    member::MemberId,
    stamp,
    team::TeamId,
    ticket::{Status, TicketId},
};
use escalon_projections::{TicketFilter, TicketOrder, TicketRow, TicketSort};

use super::{Ticket, TicketPriority, TicketStatus};
use crate::schema::{
    context::{call, loader},
    mask::{Kind, PersonalText, stored},
    page::{List, checked, connection, part},
    relations::{NameOf, member_name},
    scalars::Actor,
};

/// A ticket as lists show it: what was there a moment ago.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(in crate::schema) struct TicketSummary {
    /// Its id.
    id: ID,
    /// How many events it has.
    version: i64,
    /// Its number.
    number: String,
    /// The short name of its type.
    type_name: String,
    /// What it is, in a line.
    title: PersonalText,
    /// Who asks for it: `member_…`, or `subject_…` for a customer.
    requester_id: ID,
    /// The name of who asks for it.
    requester_name: Option<PersonalText>,
    /// Who opened it.
    opened_by: Actor,
    /// The brand it is about.
    brand: Option<String>,
    /// How important it is.
    priority: TicketPriority,
    /// Where it stands.
    status: TicketStatus,
    /// The id of the team it belongs to.
    team_id: Option<ID>,
    /// The id of the member it belongs to.
    assignee_id: Option<ID>,
    /// Its tags.
    tags: Vec<String>,
    /// For whom or what it waits, while it does.
    waiting_for: Option<String>,
    /// How often it was reopened.
    reopenings: i32,
    /// How many comments the requester can read.
    comment_count: i32,
    /// When it was opened.
    opened_at: DateTime<Utc>,
    /// When anything last happened to it.
    updated_at: DateTime<Utc>,
    /// When somebody first answered the requester.
    first_response_at: Option<DateTime<Utc>>,
    /// When its resolution was last accepted.
    resolved_at: Option<DateTime<Utc>>,
    /// When it was last closed.
    closed_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    ticket: TicketId,
    #[graphql(skip)]
    assignee: Option<MemberId>,
}

#[ComplexObject]
impl TicketSummary {
    /// The ticket as it stands now; null when the caller may not see it any more.
    async fn ticket(&self, ctx: &Context<'_>) -> Result<Option<Ticket>> {
        Ok(loader(ctx)?.load_one(self.ticket).await?.map(Ticket::from))
    }

    /// The title of the team it belongs to.
    async fn team_title(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        match &self.team_id {
            Some(id) => loader(ctx)?.load_one(NameOf(id.0.clone())).await,
            None => Ok(None),
        }
    }

    /// The name of the member it belongs to.
    async fn assignee_name(&self, ctx: &Context<'_>) -> Result<Option<PersonalText>> {
        match self.assignee {
            Some(id) => member_name(loader(ctx)?, id).await,
            None => Ok(None),
        }
    }
}

impl TicketSummary {
    fn new(caller: &Caller, row: TicketRow) -> Result<Self> {
        let subject = Some(row.requester_subject.as_str());
        let requester = row.requester_name.map(|name| stored(caller, subject, Some(name), Kind::Name));
        Ok(Self {
            ticket: row.id.parse()?,
            assignee: row.assignee.as_deref().map(str::parse).transpose()?,
            id: row.id.into(),
            version: row.version,
            number: row.number,
            type_name: row.type_name,
            title: stored(caller, subject, row.title, Kind::Words),
            requester_id: row.requester_member.unwrap_or_else(|| row.requester_subject.clone()).into(),
            requester_name: requester,
            opened_by: Actor::stored(&row.opened_by)?,
            brand: row.brand,
            priority: TicketPriority { name: row.priority, rank: u8::try_from(row.priority_rank)? },
            status: status(&row.status)?,
            team_id: row.team.map(ID::from),
            assignee_id: row.assignee.map(ID::from),
            tags: row.tags,
            waiting_for: row.waiting_for,
            reopenings: row.reopenings,
            comment_count: row.comments,
            opened_at: row.opened_at,
            updated_at: row.updated_at,
            first_response_at: row.first_response_at,
            resolved_at: row.resolved_at,
            closed_at: row.closed_at,
        })
    }
}

fn status(word: &str) -> Result<TicketStatus> {
    let status = Status::ALL.iter().copied().find(|status| status.name() == word);
    status.map(TicketStatus::from).ok_or_else(|| Error::new("a ticket has a status that is unknown here"))
}

/// Which tickets; what is absent does not matter.
#[derive(Default, InputObject)]
pub(in crate::schema) struct TicketFilterInput {
    /// At one of these statuses.
    statuses: Option<Vec<TicketStatus>>,
    /// Of one of these priorities.
    priorities: Option<Vec<String>>,
    /// Of this type, by its id or short name.
    #[graphql(name = "type")]
    ticket_type: Option<String>,
    /// About this brand.
    brand: Option<String>,
    /// This member's.
    assignee: Option<ID>,
    /// No member's (true), or some member's (false).
    unassigned: Option<bool>,
    /// This team's, by its id.
    team: Option<ID>,
    /// Asked for by this member or customer: `member_…` or `subject_…`.
    requester: Option<ID>,
    /// With this tag.
    tag: Option<String>,
    /// With words that begin like all of these, in number, title, description, brand or tags.
    text: Option<String>,
    /// Opened at this moment or later.
    opened_after: Option<DateTime<Utc>>,
    /// Opened before this moment.
    opened_before: Option<DateTime<Utc>>,
}

impl TryFrom<TicketFilterInput> for TicketFilter {
    type Error = Error;

    fn try_from(input: TicketFilterInput) -> Result<Self> {
        let statuses = input.statuses.unwrap_or_default().into_iter();
        Ok(Self {
            statuses: statuses.map(|status| Status::from(status).name().to_owned()).collect(),
            priorities: input.priorities.unwrap_or_default(),
            ticket_type: input.ticket_type,
            brand: input.brand,
            assignee: checked::<MemberId>("assignee", input.assignee.as_ref())?,
            unassigned: input.unassigned,
            team: checked::<TeamId>("team", input.team.as_ref())?,
            requester: checked::<stamp::Actor>("requester", input.requester.as_ref())?,
            tag: input.tag,
            text: input.text,
            opened_after: input.opened_after,
            opened_before: input.opened_before,
        })
    }
}

/// In which order tickets are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "TicketOrder")]
pub(in crate::schema) enum Order {
    /// The newest first.
    OpenedAtDescending,
    /// The oldest first.
    OpenedAtAscending,
    /// Where anything happened last, first.
    UpdatedAtDescending,
    /// Where nothing happened for longest, first.
    UpdatedAtAscending,
    /// The most important first.
    PriorityDescending,
    /// The least important first.
    PriorityAscending,
}

impl From<Order> for TicketOrder {
    fn from(order: Order) -> Self {
        let (by, descending) = match order {
            Order::OpenedAtDescending => (TicketSort::OpenedAt, true),
            Order::OpenedAtAscending => (TicketSort::OpenedAt, false),
            Order::UpdatedAtDescending => (TicketSort::UpdatedAt, true),
            Order::UpdatedAtAscending => (TicketSort::UpdatedAt, false),
            // Ranks count from the most important, 1.
            Order::PriorityDescending => (TicketSort::Priority, false),
            Order::PriorityAscending => (TicketSort::Priority, true),
        };
        Self { by, descending }
    }
}

#[derive(Default)]
pub(in crate::schema) struct TicketListQuery;

#[Object]
impl TicketListQuery {
    /// The tickets that the caller may see. Needs `first` or `last`, of at most 100.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        filter: Option<TicketFilterInput>,
        #[graphql(default_with = "Order::OpenedAtDescending")] order_by: Order,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<List<TicketSummary>> {
        let call = call(ctx)?;
        let (part, filter) = (part(first, last, after, before)?, filter.unwrap_or_default().try_into()?);
        let slice = call.reads.tickets(&call.scope(), filter, order_by.into(), part).await;
        connection(slice, |row| TicketSummary::new(&call.caller, row))
    }
}
