//! Forgetting members and customers, and the certificates of it.

use async_graphql::{Context, ID, Object, OneofObject, Result, SimpleObject};
use chrono::{DateTime, Utc};
use escalon_application::{
    Failure,
    privacy::{Certificate, WhichCustomer},
};
use escalon_domain::{member::MemberId, personal::SubjectId};

use super::{
    context::{Call, call},
    error::{command_errors, found, request_error},
    member::{Member, MemberOutcome},
    once::{given, input},
    payload::{Outcome, Payload, payloads},
    scalars::{Actor, Position},
};

/// What proves that somebody was forgotten. It can be had again at any time.
#[derive(SimpleObject)]
pub(super) struct ForgettingCertificate {
    /// The subject of the person's data: `subject_…`, with the same digits as the `member_…` or `customer_…`.
    subject: ID,
    /// The stream with the event that tells of it: `member_…` or `customer_…`.
    stream: ID,
    /// Why.
    reason: String,
    /// Who forgot them.
    forgotten_by: Actor,
    /// When.
    forgotten_at: DateTime<Utc>,
    /// The position of the event; null until it has one.
    position: Option<Position>,
    /// The event's hash in the chain of its stream.
    event_hash: String,
    /// In how many streams something was kept of them.
    streams: u64,
    /// In how many events.
    events: u64,
    /// How many values.
    values: u64,
    /// Up to which position that was counted.
    counted_to: Position,
    /// The SHA-256 digest of the destroyed key as it was kept, wrapped; null when there was none.
    key: Option<String>,
    /// When the key was destroyed.
    key_destroyed_at: DateTime<Utc>,
    /// When nothing readable was left on the engine's disk; null before.
    scrubbed_at: Option<DateTime<Utc>>,
    /// What that waits for, or what is left to others: archives of the database's log, for example.
    scrub: Option<String>,
    /// The SHA-256 digest of organization, stream, event hash and key, by which two certificates are compared.
    digest: String,
}

impl From<Certificate> for ForgettingCertificate {
    fn from(certificate: Certificate) -> Self {
        let Certificate { stream, forgotten, by, at, hash, destroyed, digest, .. } = certificate;
        Self {
            subject: forgotten.subject.to_string().into(),
            stream: stream.into(),
            reason: forgotten.reason,
            forgotten_by: (&by).into(),
            forgotten_at: at,
            position: destroyed.position.map(Position),
            event_hash: hash,
            streams: forgotten.held.streams,
            events: forgotten.held.events,
            values: forgotten.held.values,
            counted_to: Position(forgotten.held.position),
            key: destroyed.key,
            key_destroyed_at: destroyed.at,
            scrubbed_at: destroyed.scrubbed_at,
            scrub: destroyed.scrub,
            digest,
        }
    }
}

input! {
    /// A member to forget.
    MemberForgetInput changes {
        /// Why, in 3 to 500 characters that do not tell who it was: the reason stays. Their name and address are refused.
        reason: String,
    }
}

/// A customer.
#[derive(OneofObject)]
pub(super) enum CustomerWhichInput {
    /// By their subject, `subject_…`.
    Subject(ID),
    /// By the reference that they were given with.
    Reference(String),
}

input! {
    /// A customer to forget.
    CustomerForgetInput creates {
        /// Which customer.
        customer: CustomerWhichInput,
        /// Why, in 3 to 500 characters that do not tell who it was: the reason stays. Their reference is refused.
        reason: String,
    }
}

/// What became of the command.
#[derive(SimpleObject)]
pub(super) struct MemberForgetPayload {
    #[graphql(flatten)]
    outcome: MemberOutcome,
    /// What proves it; null when the command was refused.
    certificate: Option<ForgettingCertificate>,
}

payloads! {
    /// What proves it; null when the command was refused.
    certificate: ForgettingCertificate => CustomerForgetPayload
}

#[derive(Default)]
pub(super) struct PrivacyQuery;

#[Object]
impl PrivacyQuery {
    /// What proves that somebody was forgotten; null for who was not. Needs the permission `privacy.forget` or
    /// `audit.view`.
    async fn forgetting_certificate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who: `subject_…` or `member_…`.")] subject: ID,
    ) -> Result<Option<ForgettingCertificate>> {
        let call = call(ctx)?;
        let subject: SubjectId = match subject.parse::<MemberId>() {
            Ok(member) => member.cast(),
            Err(_) => given(["subject"], &subject).map_err(request_error)?,
        };
        found(call.engine.certificate(&call.caller, subject).await.map(ForgettingCertificate::from))
    }
}

#[derive(Default)]
pub(super) struct PrivacyMutation;

#[Object]
impl PrivacyMutation {
    /// Forgets a member, for ever: the key of everything they said and of what is known of them is destroyed, so that
    /// nobody can read it any more, in events, read models, search and exports. They can no longer log in, and their
    /// address may be used again. The last administrator stays. Needs the permission `privacy.forget`.
    async fn member_forget(
        &self,
        ctx: &Context<'_>,
        input: MemberForgetInput,
    ) -> Result<MemberForgetPayload> {
        let call = call(ctx)?;
        let once = input.once();
        let forgotten = async {
            let member: MemberId = input.id()?;
            let done = call.engine.forget_member(&call.caller, member, input.reason, &once).await?;
            let certificate = certificate(call, member.cast()).await?;
            Ok::<_, Failure>((done, certificate))
        };
        let (outcome, certificate) = match forgotten.await {
            Ok((done, certificate)) => (Outcome::<Member>::done(done), Some(certificate)),
            Err(failure) => (Outcome::refused(command_errors(failure)?), None),
        };
        Ok(MemberForgetPayload { outcome: MemberOutcome::new(outcome), certificate })
    }

    /// Forgets a customer, for ever: the key of everything that is kept of them is destroyed, so that nobody can read it any
    /// more. Who comes back with the same reference is somebody new. Needs the permission `privacy.forget`.
    async fn customer_forget(
        &self,
        ctx: &Context<'_>,
        input: CustomerForgetInput,
    ) -> Result<CustomerForgetPayload> {
        let call = call(ctx)?;
        let once = input.once();
        let forgotten = async {
            let which = match input.customer {
                CustomerWhichInput::Subject(id) => {
                    WhichCustomer::Subject(given(["customer", "subject"], &id)?)
                }
                CustomerWhichInput::Reference(reference) => WhichCustomer::Reference(reference),
            };
            let done = call.engine.forget_customer(&call.caller, which, input.reason, &once).await?;
            let certificate = certificate(call, done.id.cast()).await?;
            let (insertion, replayed) = (done.insertion, done.replayed);
            Ok::<_, Failure>(Outcome { object: Some(certificate), errors: Vec::new(), insertion, replayed })
        };
        match forgotten.await {
            Ok(outcome) => Ok(CustomerForgetPayload::new(outcome)),
            Err(failure) => Ok(CustomerForgetPayload::new(Outcome::refused(command_errors(failure)?))),
        }
    }
}

async fn certificate(call: &Call, subject: SubjectId) -> std::result::Result<ForgettingCertificate, Failure> {
    call.engine.certificate(&call.caller, subject).await.map(Into::into)
}
