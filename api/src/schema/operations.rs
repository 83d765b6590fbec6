//! What operators look after: the lag of subscriptions, and the sequences that they could not get past.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use escalon_application::{
    Done, Failure,
    parked_sequence::SkipSequence,
    ports::{Parked, Resumed},
};
use escalon_domain::{access::Permission, parked_sequence as domain};
use escalon_projections::SubscriptionStatus;

use super::{
    context::call,
    error::{command_errors, found, read_error, request_error},
    once::{given, input},
    page::{List, page},
    payload::{Outcome, Payload, payloads},
    scalars::Position,
};

/// How far a consumer of events is, and who works for it.
#[derive(SimpleObject)]
pub(super) struct SubscriptionLag {
    /// Its name, for example `projection.ticket_inbox`.
    name: String,
    /// The position up to which it has taken events.
    position: Position,
    /// How many events it is behind.
    behind: i64,
    /// For how long the oldest event that it has not taken has been there, in seconds.
    seconds_behind: f64,
    /// The process that works for it; null when none does.
    owner: Option<String>,
    /// When a process last said that it works for it.
    heartbeat_at: Option<DateTime<Utc>>,
    /// How many events a second it took of late.
    rate: f64,
    /// How long it needs for what is left at that rate, in seconds; null when it stands still.
    seconds_to_go: Option<f64>,
    /// How many sequences are parked, of all organizations.
    parked: i64,
    /// Whether something stands in its way; the cause is in the log.
    failing: bool,
    /// When it last moved.
    updated_at: DateTime<Utc>,
}

impl From<SubscriptionStatus> for SubscriptionLag {
    fn from(status: SubscriptionStatus) -> Self {
        Self {
            name: status.name,
            position: Position(status.position),
            behind: status.behind,
            seconds_behind: status.seconds_behind,
            owner: status.owner,
            heartbeat_at: status.heartbeat_at,
            rate: status.rate,
            seconds_to_go: status.seconds_to_go,
            parked: status.parked,
            failing: status.error.is_some(),
            updated_at: status.updated_at,
        }
    }
}

/// A stream that a subscription could not get past. Its events wait, for that subscription only; others go on.
#[derive(SimpleObject)]
pub(super) struct ParkedSequence {
    /// Its id.
    id: ID,
    /// The subscription.
    subscription: String,
    /// The id of the stream.
    stream: ID,
    /// What kind of stream, for example `ticket`.
    kind: String,
    /// The position of the event that could not be taken.
    position: Position,
    /// The name of that event.
    event: String,
    /// Its place in the stream, from 1.
    sequence: u64,
    /// Why it could not be taken.
    error: String,
    /// How often it was tried.
    attempts: u32,
    /// How many events wait, itself among them.
    waiting: u64,
    /// When it was parked.
    parked_at: DateTime<Utc>,
    /// When it was last tried.
    tried_at: DateTime<Utc>,
}

impl From<Parked> for ParkedSequence {
    fn from(parked: Parked) -> Self {
        Self {
            id: parked.id.to_string().into(),
            subscription: parked.subscription,
            stream: parked.stream.id.into(),
            kind: parked.stream.kind,
            position: Position(parked.position),
            event: parked.event,
            sequence: parked.sequence,
            error: parked.error,
            attempts: parked.attempts,
            waiting: parked.waiting,
            parked_at: parked.parked_at,
            tried_at: parked.tried_at,
        }
    }
}

/// What came of taking a parked sequence up again.
#[derive(SimpleObject)]
pub(super) struct ResumedSequence {
    /// Its id.
    id: ID,
    /// How many events were taken.
    taken: u64,
    /// How many were passed over.
    skipped: u64,
    /// Whether it is parked still, before another event perhaps.
    parked: bool,
}

/// What of a parked sequence to pass over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Skip")]
pub(super) enum ParkedSequencePart {
    /// The event that could not be taken; those behind it are taken then.
    Event,
    /// That event and everything that waits behind it.
    Waiting,
}

input! {
    /// A parked sequence to take up again.
    ParkedSequenceRetryInput changes {}
}

input! {
    /// A parked sequence to get past.
    ParkedSequenceSkipInput changes {
        /// What to pass over.
        part: ParkedSequencePart,
        /// The position of the event that you saw in the way; another one is not passed over.
        position: Position,
        /// Why.
        reason: String,
    }
}

payloads! {
    /// What came of it; null when the command was refused.
    parked_sequence: ResumedSequence => ParkedSequenceRetryPayload, ParkedSequenceSkipPayload
}

/// How taking a sequence up again ended.
fn answer<P: Payload<Object = ResumedSequence>>(
    result: std::result::Result<(Done<domain::ParkedSequence>, Resumed), Failure>,
) -> Result<P> {
    Ok(P::new(match result {
        Ok((done, Resumed { taken, skipped, parked })) => {
            let object = ResumedSequence { id: done.id.to_string().into(), taken, skipped, parked };
            let (insertion, replayed) = (done.insertion, done.replayed);
            Outcome { object: Some(object), errors: Vec::new(), insertion, replayed }
        }
        Err(failure) => Outcome::refused(command_errors(failure)?),
    }))
}

#[derive(Default)]
pub(super) struct OperationsQuery;

#[Object]
impl OperationsQuery {
    /// How far each consumer of events is, and who works for it. Needs the permission `engine.operate`.
    async fn subscriptions(&self, ctx: &Context<'_>) -> Result<Vec<SubscriptionLag>> {
        let call = call(ctx)?;
        call.caller.must(Permission::EngineOperate).map_err(request_error)?;
        let all = call.reads.subscriptions().await.map_err(read_error)?;
        Ok(all.into_iter().map(SubscriptionLag::from).collect())
    }

    /// The streams of the organization that a subscription could not get past, the oldest first. Needs the permission
    /// `engine.operate`.
    async fn parked_sequences(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 100 at most.")] first: i32,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
    ) -> Result<List<ParkedSequence>> {
        let call = call(ctx)?;
        let all = call.engine.parked_sequences(&call.caller).await.map_err(request_error)?;
        page(all.into_iter().map(ParkedSequence::from).collect(), first, after.as_deref())
    }

    /// One of them; null when it is not there, or is parked no more. Needs the permission `engine.operate`.
    async fn parked_sequence(&self, ctx: &Context<'_>, id: ID) -> Result<Option<ParkedSequence>> {
        let call = call(ctx)?;
        let id = given(["id"], &id).map_err(request_error)?;
        Ok(found(call.engine.parked_sequence(&call.caller, id).await)?.map(ParkedSequence::from))
    }
}

#[derive(Default)]
pub(super) struct OperationsMutation;

#[Object]
impl OperationsMutation {
    /// Take the waiting events of a parked sequence once more, in order. Needs the permission `engine.operate`.
    async fn parked_sequence_retry(
        &self,
        ctx: &Context<'_>,
        input: ParkedSequenceRetryInput,
    ) -> Result<ParkedSequenceRetryPayload> {
        let call = call(ctx)?;
        answer(async { call.engine.retry_sequence(&call.caller, input.id()?, &input.once()).await }.await)
    }

    /// Pass over what a subscription could not take, and go on with what waits behind it. Needs the permission
    /// `engine.operate`.
    async fn parked_sequence_skip(
        &self,
        ctx: &Context<'_>,
        input: ParkedSequenceSkipInput,
    ) -> Result<ParkedSequenceSkipPayload> {
        let call = call(ctx)?;
        let once = input.once();
        let skipped = async {
            let id = input.id()?;
            let ParkedSequenceSkipInput { part, position, reason, .. } = input;
            let skip = SkipSequence { what: part.into(), position: Some(position.0), reason };
            call.engine.skip_sequence(&call.caller, id, skip, &once).await
        };
        answer(skipped.await)
    }
}
