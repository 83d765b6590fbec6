//! Lists of escalations, from the read model.

use async_graphql::{ComplexObject, Context, Enum, Error, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use escalon_application::Caller;
use escalon_domain::{
    escalation::{EscalationId, Status, Urgency as DomainUrgency},
    member::MemberId,
    stamp,
};
use escalon_projections::{EscalationFilter, EscalationOrder, EscalationRow, EscalationSort};

use super::{Escalation, EscalationStatus, Urgency, words::EscalationCause};
use crate::schema::{
    context::{call, loader},
    mask::{Kind, PersonalText, stored},
    page::{List, checked, connection, part},
    relations::member_name,
    scalars::Actor,
};

/// An escalation as lists show it: what was there a moment ago.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(in crate::schema) struct EscalationSummary {
    /// Its id.
    id: ID,
    /// How many events it has.
    version: i64,
    /// Where it stands.
    status: EscalationStatus,
    /// What is escalated: `ticket_…` or `conversation:…`.
    subject: String,
    /// Why there is one.
    cause: EscalationCause,
    /// The rule that found it necessary, where one did.
    rule: Option<String>,
    /// Why, in the words of who raised it.
    reason: PersonalText,
    /// How insistently to tell people.
    urgency: Urgency,
    /// The name of the customer it is about.
    customer_name: Option<PersonalText>,
    /// The customer's number.
    customer_phone: Option<PersonalText>,
    /// The customer's address.
    customer_email: Option<PersonalText>,
    /// Who raised it.
    raised_by: Actor,
    /// When it was raised.
    raised_at: DateTime<Utc>,
    /// The id of who has it.
    assignee_id: Option<ID>,
    /// Who owns it, while somebody does.
    acknowledged_by: Option<Actor>,
    /// Since when.
    acknowledged_at: Option<DateTime<Utc>>,
    /// Until when it is held.
    snoozed_until: Option<DateTime<Utc>>,
    /// The ids of the members who looked at it, in the order in which they did.
    viewer_ids: Vec<ID>,
    /// How often the customer was contacted.
    contacts: i32,
    /// When they were last contacted.
    last_contact_at: Option<DateTime<Utc>>,
    /// When it was resolved or called off.
    ended_at: Option<DateTime<Utc>>,
    /// When anything last happened to it.
    updated_at: DateTime<Utc>,
    #[graphql(skip)]
    escalation: EscalationId,
    #[graphql(skip)]
    assignee: Option<MemberId>,
}

#[ComplexObject]
impl EscalationSummary {
    /// The escalation as it stands now; null when the caller may not see it any more.
    async fn escalation(&self, ctx: &Context<'_>) -> Result<Option<Escalation>> {
        Ok(loader(ctx)?.load_one(self.escalation).await?.map(Escalation::from))
    }

    /// The name of who has it.
    async fn assignee_name(&self, ctx: &Context<'_>) -> Result<Option<PersonalText>> {
        match self.assignee {
            Some(id) => member_name(loader(ctx)?, id).await,
            None => Ok(None),
        }
    }
}

impl EscalationSummary {
    fn new(caller: &Caller, row: EscalationRow) -> Result<Self> {
        let subject = row.customer_subject.as_deref();
        let customer =
            |value: Option<String>, kind| value.map(|value| stored(caller, subject, Some(value), kind));
        Ok(Self {
            escalation: row.id.parse()?,
            assignee: row.assignee.as_deref().map(str::parse).transpose()?,
            id: row.id.into(),
            version: row.version,
            status: status(&row.status)?,
            subject: row.subject,
            cause: match row.cause.as_str() {
                "hand" => EscalationCause::Hand,
                "customer" => EscalationCause::Customer,
                _ => EscalationCause::Rule,
            },
            rule: row.rule,
            reason: stored(caller, Some(&row.reason_subject), row.reason, Kind::Words),
            urgency: urgency(&row.urgency)?,
            customer_name: customer(row.customer_name, Kind::Name),
            customer_phone: customer(row.customer_phone, Kind::Phone),
            customer_email: customer(row.customer_email, Kind::Email),
            raised_by: Actor::stored(&row.raised_by)?,
            raised_at: row.raised_at,
            assignee_id: row.assignee.map(ID::from),
            acknowledged_by: row.acknowledged_by.as_deref().map(Actor::stored).transpose()?,
            acknowledged_at: row.acknowledged_at,
            snoozed_until: row.snoozed_until,
            viewer_ids: row.viewers.into_iter().map(ID::from).collect(),
            contacts: row.contacts,
            last_contact_at: row.last_contact_at,
            ended_at: row.ended_at,
            updated_at: row.updated_at,
        })
    }
}

fn status(word: &str) -> Result<EscalationStatus> {
    let status = Status::ALL.iter().copied().find(|status| status.name() == word);
    status
        .map(EscalationStatus::from)
        .ok_or_else(|| Error::new("an escalation has a status that is unknown here"))
}

fn urgency(word: &str) -> Result<Urgency> {
    let urgency = DomainUrgency::ALL.iter().copied().find(|urgency| urgency.name() == word);
    urgency.map(Urgency::from).ok_or_else(|| Error::new("an escalation has an urgency that is unknown here"))
}

/// Which escalations; what is absent does not matter.
#[derive(Default, InputObject)]
pub(in crate::schema) struct EscalationFilterInput {
    /// At one of these statuses.
    statuses: Option<Vec<EscalationStatus>>,
    /// Of one of these urgencies.
    urgencies: Option<Vec<Urgency>>,
    /// About this: `ticket_…` or `conversation:…`.
    subject: Option<String>,
    /// This member's.
    assignee: Option<ID>,
    /// No member's (true), or some member's (false).
    unassigned: Option<bool>,
    /// Owned by somebody (true) or by nobody (false).
    acknowledged: Option<bool>,
    /// Raised by this actor: `member_…`, `subject_…` or `system:…`.
    raised_by: Option<ID>,
    /// With words that begin like all of these, in conversation, reason, customer's name or notes.
    text: Option<String>,
    /// Raised at this moment or later.
    raised_after: Option<DateTime<Utc>>,
    /// Raised before this moment.
    raised_before: Option<DateTime<Utc>>,
}

impl TryFrom<EscalationFilterInput> for EscalationFilter {
    type Error = Error;

    fn try_from(input: EscalationFilterInput) -> Result<Self> {
        let statuses = input.statuses.unwrap_or_default().into_iter();
        let urgencies = input.urgencies.unwrap_or_default().into_iter();
        Ok(Self {
            statuses: statuses.map(|status| Status::from(status).name().to_owned()).collect(),
            urgencies: urgencies.map(|urgency| DomainUrgency::from(urgency).name().to_owned()).collect(),
            subject: input.subject,
            assignee: checked::<MemberId>("assignee", input.assignee.as_ref())?,
            unassigned: input.unassigned,
            acknowledged: input.acknowledged,
            raised_by: checked::<stamp::Actor>("raisedBy", input.raised_by.as_ref())?,
            text: input.text,
            raised_after: input.raised_after,
            raised_before: input.raised_before,
        })
    }
}

/// In which order escalations are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "EscalationOrder")]
pub(in crate::schema) enum Order {
    /// The newest first.
    RaisedAtDescending,
    /// The oldest first.
    RaisedAtAscending,
    /// Where anything happened last, first.
    UpdatedAtDescending,
    /// Where nothing happened for longest, first.
    UpdatedAtAscending,
    /// The most insistent first.
    UrgencyDescending,
    /// The least insistent first.
    UrgencyAscending,
}

impl From<Order> for EscalationOrder {
    fn from(order: Order) -> Self {
        let (by, descending) = match order {
            Order::RaisedAtDescending => (EscalationSort::RaisedAt, true),
            Order::RaisedAtAscending => (EscalationSort::RaisedAt, false),
            Order::UpdatedAtDescending => (EscalationSort::UpdatedAt, true),
            Order::UpdatedAtAscending => (EscalationSort::UpdatedAt, false),
            // Ranks count from the most insistent, 1.
            Order::UrgencyDescending => (EscalationSort::Urgency, false),
            Order::UrgencyAscending => (EscalationSort::Urgency, true),
        };
        Self { by, descending }
    }
}

#[derive(Default)]
pub(in crate::schema) struct EscalationListQuery;

#[Object]
impl EscalationListQuery {
    /// The escalations that the caller may see. Needs `first` or `last`, of at most 100.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn escalations(
        &self,
        ctx: &Context<'_>,
        filter: Option<EscalationFilterInput>,
        #[graphql(default_with = "Order::RaisedAtDescending")] order_by: Order,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<List<EscalationSummary>> {
        let call = call(ctx)?;
        let (part, filter) = (part(first, last, after, before)?, filter.unwrap_or_default().try_into()?);
        let slice = call.reads.escalations(&call.scope(), filter, order_by.into(), part).await;
        connection(slice, |row| EscalationSummary::new(&call.caller, row))
    }
}
