//! The words of a ticket: where it stands, what is said on it, and what stands in it.

use async_graphql::{ComplexObject, Context, Enum, ID, Result, SimpleObject};
use chrono::{DateTime, Utc};
use escalon_application::Caller;
use escalon_domain::{
    member::MemberId,
    ticket::{self as domain, ProofId, Requester, Resolution},
    ticket_type::Priority,
};

use super::{
    super::{
        context::loader,
        mask::{Kind, PersonalText, personal},
        member::Member,
        scalars::Actor,
    },
    text_id,
};

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::schema) enum TicketStatus {
    /// To be worked on.
    Open,
    /// Somebody outside must do something first; the clock is paused.
    Waiting,
    /// A resolution was proposed.
    Processed,
    /// The resolution stands.
    Resolved,
    /// To be worked on again.
    Reopened,
    /// Done with.
    Closed,
}

impl From<domain::Status> for TicketStatus {
    /// A ticket that is shown is there: nobody meets an unknown one.
    fn from(status: domain::Status) -> Self {
        match status {
            domain::Status::Unknown | domain::Status::Open => Self::Open,
            domain::Status::Waiting => Self::Waiting,
            domain::Status::Processed => Self::Processed,
            domain::Status::Resolved => Self::Resolved,
            domain::Status::Reopened => Self::Reopened,
            domain::Status::Closed => Self::Closed,
        }
    }
}

impl From<TicketStatus> for domain::Status {
    fn from(status: TicketStatus) -> Self {
        match status {
            TicketStatus::Open => Self::Open,
            TicketStatus::Waiting => Self::Waiting,
            TicketStatus::Processed => Self::Processed,
            TicketStatus::Resolved => Self::Resolved,
            TicketStatus::Reopened => Self::Reopened,
            TicketStatus::Closed => Self::Closed,
        }
    }
}

/// How important a ticket is.
#[derive(Debug, SimpleObject)]
pub(in crate::schema) struct TicketPriority {
    /// The word, for example `urgent`.
    pub(in crate::schema) name: String,
    /// Its place in the scale of the type; 1 is the most important.
    pub(in crate::schema) rank: u8,
}

impl From<&Priority> for TicketPriority {
    fn from(priority: &Priority) -> Self {
        Self { name: priority.name.to_string(), rank: priority.rank }
    }
}

/// Who asks for a ticket: a member, or a customer without an account.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(in crate::schema) struct TicketRequester {
    /// `member_…`, or `subject_…` for a customer.
    id: ID,
    #[graphql(skip)]
    member: Option<MemberId>,
    /// The customer's name; null for a member, who has their own.
    customer_name: Option<PersonalText>,
}

#[ComplexObject]
impl TicketRequester {
    /// The member, if it is one whom the caller may see.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.member {
            Some(id) => Ok(loader(ctx)?.load_one(id).await?.map(Member::from)),
            None => Ok(None),
        }
    }
}

impl TicketRequester {
    pub(super) fn new(caller: &Caller, requester: &Requester) -> Self {
        match requester {
            Requester::Member(id) => Self { id: text_id(*id), member: Some(*id), customer_name: None },
            Requester::Customer { subject, name } => {
                let name = personal(caller, name, Kind::Name);
                Self { id: text_id(*subject), member: None, customer_name: Some(name) }
            }
        }
    }
}

/// What was done to resolve a ticket.
#[derive(SimpleObject)]
pub(in crate::schema) struct TicketResolution {
    /// What was done.
    remarks: PersonalText,
    /// Who says so.
    by: Actor,
    /// When it was proposed.
    at: DateTime<Utc>,
}

impl TicketResolution {
    pub(super) fn new(caller: &Caller, resolution: &Resolution) -> Self {
        let remarks = personal(caller, &resolution.remarks, Kind::Words);
        Self { remarks, by: (&resolution.by).into(), at: resolution.at }
    }
}

/// Something said on a ticket.
#[derive(SimpleObject)]
pub(in crate::schema) struct TicketComment {
    /// Its id.
    id: ID,
    /// Who said it.
    by: Actor,
    /// When.
    at: DateTime<Utc>,
    /// What.
    body: PersonalText,
    /// Whether it is a note: said among ourselves, and not for the requester.
    internal: bool,
}

impl TicketComment {
    pub(super) fn new(caller: &Caller, comment: &domain::Comment) -> Self {
        let body = personal(caller, &comment.body, Kind::Words);
        let by = (&comment.by).into();
        Self { id: text_id(comment.id), by, at: comment.at, body, internal: comment.internal }
    }
}

/// What became of a proof of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::ProofStatus")]
pub(in crate::schema) enum ProofStatus {
    /// To be reviewed.
    Submitted,
    /// Approved by another person.
    Approved,
    /// Rejected by another person.
    Rejected,
}

/// Proof of work.
#[derive(SimpleObject)]
pub(in crate::schema) struct TicketProof {
    /// Its id.
    id: ID,
    /// What it shows.
    summary: PersonalText,
    /// Who submitted it.
    by: Actor,
    /// When.
    at: DateTime<Utc>,
    /// What became of it.
    status: ProofStatus,
}

impl TicketProof {
    pub(super) fn new(caller: &Caller, id: ProofId, proof: &domain::Proof) -> Self {
        let summary = personal(caller, &proof.summary, Kind::Words);
        Self { id: text_id(id), summary, by: (&proof.by).into(), at: proof.at, status: proof.status.into() }
    }
}
