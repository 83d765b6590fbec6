//! How long after its commit an event shows in the inbox, at half the load that the engine can take.

use std::{sync::Arc, time::Duration};

use escalon_application::Once;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep},
};

use super::Work;
use crate::{
    Result,
    bench::Bench,
    load::{Load, Shape, micros},
    ours::{self, Desk, Fresh},
};

const CALLERS: usize = 32;
const PROBES: usize = 4;
/// How often a probe looks.
const LOOK: Duration = Duration::from_millis(1);
/// An event that is not there by then counts as this long.
const LONGEST: Duration = Duration::from_secs(30);

pub(crate) const ENGINE: &str = "everything at work";

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let app = ours::at_work(&bench.cluster.create("visible").await?).await?;
    let desk = Desk::of(app.engine.clone(), "bench").await?;
    for _ in 0..bench.plan.rounds {
        bench.cluster.checkpoint().await?;
        let work = open(&desk);
        let most = Shape::closed(CALLERS, bench.plan.time).run(work.clone()).await?.rate();
        bench.note(Work::Visible, ENGINE, "maximum load", "commands/s", most);
        let caught_up = Instant::now();
        app.catch_up(Duration::from_secs(600)).await?;
        bench.note(
            Work::Visible,
            ENGINE,
            "catching up after the maximum",
            "s",
            caught_up.elapsed().as_secs_f64(),
        );

        let (stop, stopped) = watch::channel(false);
        let probes = tokio::spawn(probe(bench.cluster.pool("visible", PROBES).await?, desk.clone(), stopped));
        let paced = Shape::paced(CALLERS, bench.plan.time * 3, most / 2.0).run(work).await?;
        stop.send_replace(true);
        let seen = probes.await??;
        bench.note(Work::Visible, ENGINE, "load", "commands/s", paced.rate());
        bench.note(Work::Visible, ENGINE, "p50", "ms", seen.percentile(0.5));
        bench.note(Work::Visible, ENGINE, "p99", "ms", seen.percentile(0.99));
        app.catch_up(Duration::from_secs(600)).await?;
    }
    app.close().await;
    Ok(())
}

type Opened = std::pin::Pin<Box<dyn Future<Output = Result<()>> + Send>>;

fn open(desk: &Desk) -> impl Fn(usize, u64) -> Opened + Clone + Send + Sync + 'static {
    let desk = desk.clone();
    move |_, _| {
        let desk = desk.clone();
        Box::pin(async move { desk.command(Fresh::OpenTicket).await })
    }
}

/// Opens tickets one after another and looks until each is in the inbox.
async fn probe(pool: sqlx::PgPool, desk: Desk, stopped: watch::Receiver<bool>) -> Result<Load> {
    let desk = Arc::new(desk);
    let mut probes = JoinSet::new();
    for _ in 0..PROBES {
        let (pool, desk, stopped) = (pool.clone(), Arc::clone(&desk), stopped.clone());
        probes.spawn(async move {
            let mut latencies = Vec::new();
            while !*stopped.borrow() {
                let ticket = ours::ticket(latencies.len() as u64);
                let done = desk.engine.open_ticket(&desk.caller, ticket, &Once::default()).await?;
                let committed = Instant::now();
                let id = done.id.to_string();
                while !is_visible(&pool, &id).await? && committed.elapsed() < LONGEST {
                    sleep(LOOK).await;
                }
                latencies.push(micros(committed.elapsed()));
            }
            Result::Ok(latencies)
        });
    }
    let mut all = Vec::new();
    while let Some(latencies) = probes.join_next().await {
        all.extend(latencies??);
    }
    Ok(Load::of(all, 1.0))
}

async fn is_visible(pool: &sqlx::PgPool, id: &str) -> Result<bool> {
    let sql = "select exists (select 1 from read.ticket where id = $1)";
    Ok(sqlx::query_scalar(sql).bind(id).fetch_one(pool).await?)
}
