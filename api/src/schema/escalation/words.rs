//! The words of an escalation: where it stands, what it is about, and who looked at it.

use async_graphql::{ComplexObject, Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use escalon_application::Caller;
use escalon_domain::{
    escalation::{self as domain, Acknowledgement, Cause, Customer},
    member::MemberId,
    stamp::Timestamp,
};

use crate::schema::{
    context::loader,
    mask::{Kind, PersonalText, personal},
    member::Member,
    scalars::Actor,
    ticket::Ticket,
};

/// Where an escalation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::schema) enum EscalationStatus {
    /// Nobody has it.
    Pending,
    /// Somebody has it.
    Assigned,
    /// Somebody works on it.
    InProgress,
    /// It is resolved.
    Resolved,
    /// It was called off.
    Cancelled,
}

impl From<domain::Status> for EscalationStatus {
    /// An escalation that is shown is there: nobody meets an unknown one.
    fn from(status: domain::Status) -> Self {
        match status {
            domain::Status::Unknown | domain::Status::Pending => Self::Pending,
            domain::Status::Assigned => Self::Assigned,
            domain::Status::InProgress => Self::InProgress,
            domain::Status::Resolved => Self::Resolved,
            domain::Status::Cancelled => Self::Cancelled,
        }
    }
}

impl From<EscalationStatus> for domain::Status {
    fn from(status: EscalationStatus) -> Self {
        match status {
            EscalationStatus::Pending => Self::Pending,
            EscalationStatus::Assigned => Self::Assigned,
            EscalationStatus::InProgress => Self::InProgress,
            EscalationStatus::Resolved => Self::Resolved,
            EscalationStatus::Cancelled => Self::Cancelled,
        }
    }
}

/// How insistently to tell people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Urgency")]
pub(in crate::schema) enum Urgency {
    /// At once.
    Urgent,
    /// Soon.
    High,
    /// In its turn.
    Medium,
    /// When there is time.
    Low,
}

/// How a customer is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::ContactChannel")]
pub(in crate::schema) enum ContactChannel {
    /// By text message.
    Sms,
    /// By a call.
    Call,
    /// By email.
    Email,
}

/// Why there is an escalation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::schema) enum EscalationCause {
    /// A member asked for it.
    Hand,
    /// The customer asked for it.
    Customer,
    /// A rule found it necessary.
    Rule,
}

impl From<&Cause> for EscalationCause {
    fn from(cause: &Cause) -> Self {
        match cause {
            Cause::Hand => Self::Hand,
            Cause::Customer => Self::Customer,
            Cause::Rule(_) => Self::Rule,
        }
    }
}

/// What is escalated: a ticket, or a conversation of the host application.
pub(in crate::schema) struct EscalationSubject(pub(super) domain::EscalationSubject);

/// What is escalated: a ticket, or a conversation of the host application.
#[Object]
impl EscalationSubject {
    /// `ticket_…` or `conversation:…`.
    async fn key(&self) -> String {
        self.0.key()
    }

    /// The ticket, if it is one that the caller may see.
    async fn ticket(&self, ctx: &Context<'_>) -> Result<Option<Ticket>> {
        match &self.0 {
            domain::EscalationSubject::Ticket(id) => Ok(loader(ctx)?.load_one(*id).await?.map(Ticket::from)),
            domain::EscalationSubject::Conversation(_) => Ok(None),
        }
    }

    /// The host application's reference of the conversation, if it is one.
    async fn conversation(&self) -> Option<&str> {
        match &self.0 {
            domain::EscalationSubject::Ticket(_) => None,
            domain::EscalationSubject::Conversation(reference) => Some(reference),
        }
    }
}

/// The customer an escalation is about.
#[derive(SimpleObject)]
pub(in crate::schema) struct EscalationCustomer {
    /// `subject_…`: whose data it is.
    id: ID,
    /// Their name.
    name: Option<PersonalText>,
    /// Their number.
    phone: Option<PersonalText>,
    /// Their address.
    email: Option<PersonalText>,
    /// How they want to be reached.
    preferred: Option<ContactChannel>,
}

impl EscalationCustomer {
    pub(super) fn new(caller: &Caller, customer: &Customer) -> Self {
        Self {
            id: customer.subject.to_string().into(),
            name: customer.name.as_ref().map(|name| personal(caller, name, Kind::Name)),
            phone: customer.phone.as_ref().map(|phone| personal(caller, phone, Kind::Phone)),
            email: customer.email.as_ref().map(|email| personal(caller, email, Kind::Email)),
            preferred: customer.preferred.map(ContactChannel::from),
        }
    }
}

/// That somebody owns an escalation.
#[derive(SimpleObject)]
pub(in crate::schema) struct EscalationAcknowledgement {
    /// Who.
    by: Actor,
    /// Since when.
    at: DateTime<Utc>,
}

impl From<&Acknowledgement> for EscalationAcknowledgement {
    fn from(acknowledgement: &Acknowledgement) -> Self {
        Self { by: (&acknowledgement.by).into(), at: acknowledgement.at }
    }
}

/// That somebody looked at an escalation.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(in crate::schema) struct EscalationViewing {
    /// The id of the member.
    member_id: ID,
    #[graphql(skip)]
    member: MemberId,
    /// When first.
    pub(super) at: DateTime<Utc>,
}

#[ComplexObject]
impl EscalationViewing {
    /// The member, where the caller may see members.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        Ok(loader(ctx)?.load_one(self.member).await?.map(Member::from))
    }
}

impl From<(&MemberId, &Timestamp)> for EscalationViewing {
    fn from((member, at): (&MemberId, &Timestamp)) -> Self {
        Self { member_id: member.to_string().into(), member: *member, at: *at }
    }
}
