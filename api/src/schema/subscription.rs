//! Events as they happen, from any position, without gap or duplicate.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};
use async_stream::try_stream;
use escalon_application::{Failure, Moment};
use escalon_domain::{access::Permission, escalation::EscalationId, ticket::TicketId};
use futures::Stream;
use tokio::time::{Instant, timeout_at};

use super::{
    context::{AppState, Call, FeedEvent, call, state},
    error::{bad_input, request_error},
    history::Event,
    page::LARGEST_PAGE,
    scalars::Position,
};

/// How many events a batch has at most.
const BATCH: usize = 100;
/// How long a stream is silent at most.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What somebody said among themselves on a ticket.
const NOTE: &str = "ticket.noted";

/// Which events; what is absent does not matter.
#[derive(Default, InputObject)]
pub(super) struct EventFilterInput {
    /// Of these things, by their ids; 100 at most. Needed without the permission `audit.view`.
    streams: Option<Vec<ID>>,
    /// Of these kinds of things, for example `ticket`.
    kinds: Option<Vec<String>>,
    /// With these names, for example `ticket.opened`.
    names: Option<Vec<String>>,
}

/// Some events, and how far this goes.
#[derive(SimpleObject)]
pub(super) struct EventBatch {
    /// The events, in the order of their positions; none in a heartbeat.
    events: Vec<Event>,
    /// Up to where every event was looked at: resume from here.
    position: Position,
}

/// What somebody subscribed to.
struct Following {
    state: AppState,
    call: Call,
    filter: Filter,
    position: i64,
}

struct Filter {
    streams: Option<BTreeSet<String>>,
    kinds: Option<BTreeSet<String>>,
    names: Option<BTreeSet<String>>,
}

/// What happens, as it happens.
#[derive(Default)]
pub struct Subscription;

/// What happens, as it happens.
#[async_graphql::Subscription]
impl Subscription {
    /// The events of the caller's organization after a position, in batches of up to 100, and then those that follow as
    /// they happen. When nothing happens for 15 seconds, an empty batch tells the present position. To go on after an
    /// interruption, subscribe again after the position of the last batch: nothing is left out and nothing comes twice.
    /// Without the permission `audit.view` it needs the ids of tickets and escalations that the caller may see, and ends
    /// when that is no longer so.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Begin after this position; with what happens from now on when absent.")]
        after: Option<Position>,
        filter: Option<EventFilterInput>,
    ) -> Result<impl Stream<Item = Result<EventBatch>> + use<>> {
        let (call, state) = (call(ctx)?.clone(), state(ctx)?.clone());
        let filter = Filter::new(filter.unwrap_or_default())?;
        let position = match after {
            Some(Position(position)) => position,
            None => state.positions.head().await.map_err(|error| request_error(error.into()))?,
        };
        let mut following = Following { state, call, filter, position };
        following.authorise().await.map_err(request_error)?;
        Ok(try_stream! {
            loop {
                yield following.next().await.map_err(request_error)?;
            }
        })
    }
}

impl Following {
    /// The next batch: with events, or without when it was silent for long.
    async fn next(&mut self) -> Result<EventBatch, Failure> {
        let silence_ends = Instant::now() + HEARTBEAT;
        loop {
            let head = self.state.positions.head().await?;
            let found = self.state.feed.after(self.call.caller.organization, self.position, BATCH).await?;
            let all = found.len() < BATCH;
            let last = found.last().map_or(self.position, |event| event.position);
            // Every event up to the head was there when the feed was read.
            self.position = if all { last.max(head) } else { last };
            let wanted: Vec<_> = found.into_iter().filter(|event| self.filter.lets(event)).collect();
            if !wanted.is_empty() || Instant::now() >= silence_ends {
                return self.batch(wanted).await;
            }
            if all {
                timeout_at(silence_ends, self.state.feed.beyond(self.position)).await.ok();
            }
        }
    }

    async fn batch(&mut self, events: Vec<FeedEvent>) -> Result<EventBatch, Failure> {
        self.authorise().await?;
        let viewer = Arc::new(self.call.caller.clone());
        let grants = &viewer.grants;
        let notes = grants.allow(Permission::AuditView) || grants.allow(Permission::TicketNote);
        let readable = events.into_iter().filter(|event| notes || event.event.name != NOTE);
        let events = readable.map(|event| Event::streamed(event.event, event.position, Arc::clone(&viewer)));
        Ok(EventBatch { events: events.collect(), position: Position(self.position) })
    }

    /// Roles may have changed since the stream began, and so may who can see what.
    async fn authorise(&mut self) -> Result<(), Failure> {
        self.call = self.call.refreshed().await?;
        if self.call.caller.grants.allow(Permission::AuditView) {
            return Ok(());
        }
        let Some(streams) = &self.filter.streams else {
            return Err(Failure::NotPermitted { permission: Permission::AuditView });
        };
        for stream in streams {
            self.visible(stream).await?;
        }
        Ok(())
    }

    async fn visible(&self, stream: &str) -> Result<(), Failure> {
        let Call { engine, caller, .. } = &self.call;
        if let Ok(ticket) = stream.parse::<TicketId>() {
            engine.ticket(caller, ticket, Moment::Now).await.map(drop)
        } else if let Ok(escalation) = stream.parse::<EscalationId>() {
            engine.escalation(caller, escalation, Moment::Now).await.map(drop)
        } else {
            Err(Failure::NotPermitted { permission: Permission::AuditView })
        }
    }
}

impl Filter {
    fn new(input: EventFilterInput) -> Result<Self> {
        let most = usize::try_from(LARGEST_PAGE)?;
        let lengths = [
            input.streams.as_ref().map(Vec::len),
            input.kinds.as_ref().map(Vec::len),
            input.names.as_ref().map(Vec::len),
        ];
        if lengths.into_iter().flatten().any(|length| length == 0 || length > most) {
            let message =
                format!("a list of the filter needs 1 to {most} entries; leave it out to let all through");
            return Err(bad_input(message));
        }
        let texts = |texts: Vec<String>| texts.into_iter().collect();
        Ok(Self {
            streams: input.streams.map(|ids| ids.into_iter().map(|id| id.0).collect()),
            kinds: input.kinds.map(texts),
            names: input.names.map(texts),
        })
    }

    fn lets(&self, event: &FeedEvent) -> bool {
        let among = |wanted: &Option<BTreeSet<String>>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.contains(found))
        };
        let stored = &event.event;
        among(&self.streams, &stored.stream.id)
            && among(&self.kinds, &stored.stream.kind)
            && among(&self.names, &stored.name)
    }
}
