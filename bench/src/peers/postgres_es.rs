//! The crate postgres-es, as it comes: its event store, and its replay into its view.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use cqrs_es::{
    Aggregate, CqrsFramework, DomainEvent, EventEnvelope, View,
    event_sink::EventSink,
    persist::{GenericQuery, PersistedEventStore, QueryReplay},
};
use escalon_application::ports::Ids;
use escalon_infrastructure::world::RandomIds;
use postgres_es::{PostgresEventRepository, PostgresViewRepository};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{Executor, PgPool};

use super::{Contender, Round, Specimen};
use crate::{Result, cluster::Cluster, load::Shape};

const DATABASE: &str = "postgres_es";
/// The tables of its own `db/init.sql`.
const TABLES: &str = "
    create table events (
        aggregate_type text not null, aggregate_id text not null, sequence bigint check (sequence >= 0) not null,
        event_type text not null, event_version text not null, payload json not null, metadata json not null,
        primary key (aggregate_type, aggregate_id, sequence));
    create table ticket_view (
        view_id text not null, version bigint check (version >= 0) not null, payload json not null,
        primary key (view_id));";

/// An event as it is stored, taken as it is: nothing is lost on decoding it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Fact(Value);

impl DomainEvent for Fact {
    fn event_type(&self) -> String {
        self.0["event"].as_str().unwrap_or_default().to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

/// An aggregate that records what it is told and decides nothing.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Recorder {}

impl Aggregate for Recorder {
    const TYPE: &'static str = "ticket";
    type Command = Fact;
    type Event = Fact;
    type Error = std::fmt::Error;
    type Services = ();

    async fn handle(
        &mut self,
        fact: Fact,
        (): &(),
        sink: &EventSink<Self>,
    ) -> std::result::Result<(), std::fmt::Error> {
        sink.write(fact, self).await;
        Ok(())
    }

    fn apply(&mut self, _: Fact) {}
}

/// Its event store: load and append, without authorisation, idempotency or claims.
pub(crate) struct PostgresEs<'c> {
    cluster: &'c Cluster,
    fact: Fact,
    metadata: HashMap<String, String>,
}

impl<'c> PostgresEs<'c> {
    pub(crate) async fn new(cluster: &'c Cluster, specimen: &Specimen) -> Result<Self> {
        make(cluster, DATABASE).await?;
        let (fact, metadata) =
            (serde_json::from_str(&specimen.payload)?, serde_json::from_str(&specimen.metadata)?);
        Ok(Self { cluster, fact, metadata })
    }
}

async fn make(cluster: &Cluster, database: &str) -> Result<()> {
    cluster.create(database).await?;
    cluster.connect(database).await?.execute(TABLES).await?;
    Ok(())
}

type Store = PersistedEventStore<PostgresEventRepository, Recorder>;

#[async_trait]
impl Contender for PostgresEs<'_> {
    fn name(&self) -> &'static str {
        "postgres-es"
    }

    async fn append(&self, callers: usize, time: Duration) -> Result<Round> {
        let pool = self.cluster.pool(DATABASE, callers).await?;
        let store: Store = PersistedEventStore::new_event_store(PostgresEventRepository::new(pool.clone()));
        let cqrs = Arc::new(CqrsFramework::new(store, Vec::new(), ()));
        let (fact, metadata) = (self.fact.clone(), self.metadata.clone());
        let work = move |_, _| {
            let (cqrs, fact, metadata) = (Arc::clone(&cqrs), fact.clone(), metadata.clone());
            async move {
                let id = format!("ticket_{}", RandomIds.uuid());
                let done = cqrs.execute_with_metadata(&id, fact, metadata).await;
                Ok(done.map_err(|error| error.to_string())?)
            }
        };
        let load = Shape::closed(callers, time).run(work).await?;
        pool.close().await;
        Ok(load.into())
    }
}

/// What its view keeps of a ticket: less than our inbox does.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
struct TicketView {
    number: Option<String>,
    title: Option<String>,
    description: Option<String>,
    brand: Option<String>,
    priority: Option<String>,
    status: Option<String>,
    assignee: Option<String>,
    tags: Vec<String>,
    comments: u32,
}

impl View<Recorder> for TicketView {
    fn update(&mut self, envelope: &EventEnvelope<Recorder>) {
        let Fact(fact) = &envelope.payload;
        let data = &fact["data"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        match fact["event"].as_str().unwrap_or_default() {
            "ticket.opened" => {
                self.number = text(&data["number"]);
                self.title = text(&data["title"]["value"]);
                self.description = text(&data["description"]["value"]);
                self.brand = text(&data["brand"]);
                self.priority = text(&data["priority"]["name"]);
                self.status = Some("open".to_owned());
            }
            "ticket.assigned" => self.assignee = text(&data["assignee"]),
            "ticket.prioritized" => self.priority = text(&data["priority"]["name"]),
            "ticket.tagged" => {
                self.tags.extend(data["tags"].as_array().into_iter().flatten().filter_map(text));
            }
            "ticket.commented" => self.comments += 1,
            "ticket.waiting" => self.status = Some("waiting".to_owned()),
            "ticket.resumed" => self.status = Some("open".to_owned()),
            "ticket.resolution_proposed" => self.status = Some("processed".to_owned()),
            "ticket.resolution_accepted" => self.status = Some("resolved".to_owned()),
            "ticket.closed" => self.status = Some("closed".to_owned()),
            _ => {}
        }
    }
}

/// Its replay of all events into its view.
pub(crate) struct Replay {
    pool: PgPool,
}

impl Replay {
    /// In a new database, whose table `events` is still empty.
    pub(crate) async fn new(cluster: &Cluster) -> Result<Self> {
        let database = "postgres_es_replay";
        make(cluster, database).await?;
        Ok(Self { pool: cluster.pool(database, 10).await? })
    }

    /// Takes further events, as lines of COPY's text format with the columns of its table.
    pub(crate) async fn take(&self, lines: &str) -> Result<()> {
        let mut copy = self.pool.acquire().await?;
        let mut copy = copy.copy_in_raw("copy events from stdin").await?;
        copy.send(lines.as_bytes()).await?;
        copy.finish().await?;
        Ok(())
    }

    /// Replays everything into an empty view; how many views there are, and the seconds it took.
    pub(crate) async fn run(&self) -> Result<(i64, f64)> {
        self.pool.execute("truncate ticket_view").await?;
        let failures = Arc::new(AtomicU64::new(0));
        let counted = |failures: &Arc<AtomicU64>| {
            let failures = Arc::clone(failures);
            Box::new(move |_| _ = failures.fetch_add(1, Ordering::Relaxed))
        };
        let views = PostgresViewRepository::<TicketView, Recorder>::new("ticket_view", self.pool.clone());
        let mut query = GenericQuery::new(Arc::new(views));
        query.use_error_handler(counted(&failures));
        let mut replay: QueryReplay<_, _, Recorder> =
            QueryReplay::new(PostgresEventRepository::new(self.pool.clone()), query);
        replay.use_error_handler(counted(&failures));
        let start = Instant::now();
        replay.replay_all().await.map_err(|error| error.to_string())?;
        let seconds = start.elapsed().as_secs_f64();
        let failures = failures.load(Ordering::Relaxed);
        if failures > 0 {
            return Err(format!("the stock replay failed for {failures} events").into());
        }
        let views = sqlx::query_scalar("select count(*) from ticket_view").fetch_one(&self.pool).await?;
        Ok((views, seconds))
    }
}
