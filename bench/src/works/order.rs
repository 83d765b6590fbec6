//! How soon after its commit an event can be read in an order that leaves nothing out: by the sequencer's positions, and by
//! transaction ids below `pg_snapshot_xmin`. Without and with a write transaction of somebody else that stays open.

use std::time::Duration;

use escalon_application::Once;
use sqlx::{Connection, Executor, PgConnection, PgPool};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use super::Work;
use crate::{
    Result,
    bench::Bench,
    load::{Load, Shape, micros},
    ours::{self, Desk, Fresh, WriteSide},
};

/// How events are put in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Sequencer,
    Xmin,
}

pub(crate) const ORDERS: [Order; 2] = [Order::Sequencer, Order::Xmin];

const CALLERS: usize = 32;
/// How often a reader looks: as long as the sequencer lets appends gather.
const READ: Duration = Duration::from_millis(8);
/// How often a probe looks.
const LOOK: Duration = Duration::from_millis(1);
/// How many measurements are going on beside the load.
const PROBES: usize = 4;

/// What ordering by transaction ids needs: the id of each event's transaction, and an index by it.
const XMIN: &str = "
    alter table escalon.events add column transaction xid8 not null default pg_current_xact_id();
    create index events_transaction on escalon.events (transaction, insertion);";

impl Order {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sequencer => "the sequencer's positions",
            Self::Xmin => "transaction ids below pg_snapshot_xmin",
        }
    }

    /// Counts what a reader gets after it has read so far.
    const fn read(self) -> &'static str {
        match self {
            Self::Sequencer => {
                "select max(position)::text, null::bigint from (select position from escalon.event_positions
                 where position > $1::bigint and $2 >= 0 order by position limit 10000) page"
            }
            Self::Xmin => {
                "select transaction::text, insertion from (select transaction, insertion from escalon.events
                 where (transaction, insertion) > ($1::xid8, $2)
                   and transaction < pg_snapshot_xmin(pg_current_snapshot())
                 order by transaction, insertion limit 10000) page order by transaction desc, insertion desc limit 1"
            }
        }
    }

    /// Whether an event can be read in order.
    const fn is_readable(self) -> &'static str {
        match self {
            Self::Sequencer => "select exists (select 1 from escalon.event_positions where insertion = $1)",
            Self::Xmin => {
                "select transaction < pg_snapshot_xmin(pg_current_snapshot()) from escalon.events where insertion = $1"
            }
        }
    }

    const fn database(self) -> &'static str {
        match self {
            Self::Sequencer => "order_sequencer",
            Self::Xmin => "order_xmin",
        }
    }
}

pub(super) async fn run(bench: &Bench) -> Result<()> {
    for order in ORDERS {
        WriteSide::over(&bench.cluster.create(order.database()).await?).await?.database.close().await;
    }
    bench.cluster.connect(Order::Xmin.database()).await?.execute(XMIN).await?;
    for _ in 0..bench.plan.rounds {
        for order in ORDERS {
            bench.cluster.checkpoint().await?;
            let free = measure(bench, order, None).await?;
            bench.note(Work::Order, order.name(), "appends", "events/s", free.rate);
            bench.note(Work::Order, order.name(), "readable after, p50", "ms", free.delays.percentile(0.5));
            bench.note(Work::Order, order.name(), "readable after, p99", "ms", free.delays.percentile(0.99));
            let hold = bench.plan.time / 2;
            let held = measure(bench, order, Some(hold)).await?;
            // The longest, since the few who wait are lost among the many who come after.
            bench.note(
                Work::Order,
                order.name(),
                "beside an open transaction, longest",
                "ms",
                held.delays.percentile(1.0),
            );
        }
    }
    bench.remark(format!(
        "The open transaction beside the orders writes in another database of the cluster and stays open for {} s of {} s.",
        bench.plan.time.as_secs_f64() / 2.0,
        bench.plan.time.as_secs_f64() * 1.2
    ));
    Ok(())
}

struct Found {
    rate: f64,
    delays: Load,
}

async fn measure(bench: &Bench, order: Order, hold: Option<Duration>) -> Result<Found> {
    let options = bench.cluster.options(order.database());
    let WriteSide { engine, sequencer, database, .. } = WriteSide::over(&options).await?;
    let desk = Desk::of(engine, "bench").await?;
    let (stop, stopped) = watch::channel(false);
    // The sequencer ends after the probes that wait for it.
    let (end, ended) = watch::channel(false);
    let numbering = (order == Order::Sequencer).then(|| tokio::spawn(sequencer.run(ended)));
    let pool = bench.cluster.pool(order.database(), PROBES + 1).await?;
    let reader = tokio::spawn(read(order, pool.clone(), stopped.clone()));
    let probes: Vec<_> = (0..PROBES)
        .map(|_| tokio::spawn(probe(order, pool.clone(), desk.clone(), stopped.clone())))
        .collect();
    let other = match hold {
        Some(hold) => Some(tokio::spawn(hold_open(bench.cluster.connect("postgres").await?, hold))),
        None => None,
    };
    let work = move |_, _| {
        let desk = desk.clone();
        async move { desk.command(Fresh::DefineTeam).await }
    };
    let load = Shape::closed(CALLERS, bench.plan.time).run(work).await?;
    if let Some(other) = other {
        other.await??;
    }
    stop.send_replace(true);
    let mut delays = Vec::new();
    for probe in probes {
        delays.extend(probe.await??);
    }
    reader.await??;
    end.send_replace(true);
    if let Some(numbering) = numbering {
        numbering.await?;
    }
    pool.close().await;
    database.close().await;
    Ok(Found { rate: load.rate(), delays: Load::of(delays, 1.0) })
}

/// A consumer's reading: everything once, in order.
async fn read(order: Order, pool: PgPool, stopped: watch::Receiver<bool>) -> Result<()> {
    let (mut place, mut insertion) = ("0".to_owned(), 0_i64);
    while !*stopped.borrow() {
        let query = sqlx::query_as::<_, (Option<String>, Option<i64>)>(order.read())
            .bind(place.clone())
            .bind(insertion);
        match query.fetch_optional(&pool).await? {
            Some((Some(next), within)) => (place, insertion) = (next, within.unwrap_or_default()),
            _ => sleep(READ).await,
        }
    }
    Ok(())
}

/// Appends one event after another, and measures from each answer until the event can be read.
async fn probe(order: Order, pool: PgPool, desk: Desk, stopped: watch::Receiver<bool>) -> Result<Vec<u32>> {
    let mut delays = Vec::new();
    while !*stopped.borrow() {
        let team = desk.team(ours::fresh())?;
        let done = desk.engine.define(&desk.caller, team, &Once::default()).await?;
        let committed = Instant::now();
        loop {
            let readable =
                sqlx::query_scalar(order.is_readable()).bind(done.insertion).fetch_one(&pool).await?;
            if readable {
                break;
            }
            sleep(LOOK).await;
        }
        delays.push(micros(committed.elapsed()));
    }
    Ok(delays)
}

/// Somebody's write transaction, open for so long in another database.
async fn hold_open(mut connection: PgConnection, hold: Duration) -> Result<()> {
    let mut transaction = connection.begin().await?;
    transaction.execute("select pg_current_xact_id()").await?;
    sleep(hold).await;
    transaction.rollback().await?;
    Ok(())
}
