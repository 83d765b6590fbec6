//! A command on a stream of ten thousand events against the same command on a stream of one.

use std::sync::Arc;

use escalon_domain::ticket::TicketId;
use sqlx::postgres::PgConnectOptions;

use super::Work;
use crate::{
    Result,
    bench::Bench,
    history::Past,
    load::{Load, timed},
    ours::{Desk, WriteSide},
};

/// How many streams there are of each kind.
const STREAMS: usize = 20;
const DATABASE: &str = "long_streams";

pub(crate) const LONG: &str = "a long stream";
pub(crate) const FRESH: &str = "a fresh stream";

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let options = bench.cluster.create(DATABASE).await?;
    let streams = fill(bench, &options).await?;
    bench.remark(format!(
        "A long stream has {} events when the first command meets it, a fresh one has 1.",
        bench.plan.long
    ));
    for _ in 0..bench.plan.rounds {
        let side = WriteSide::over(&options).await?;
        let desk = Desk::of(side.engine.clone(), "bench").await?;
        once_each(&desk, &streams).await?;
        for (who, load) in each(&desk, &streams, bench.plan.pages.div_ceil(STREAMS)).await? {
            bench.note(Work::LongStream, who, "warm, p50", "ms", load.percentile(0.5));
            bench.note(Work::LongStream, who, "warm, p99", "ms", load.percentile(0.99));
        }
        side.database.close().await;
        let dropped = bench.cluster.restart_cold().await?;
        bench.remark(if dropped {
            "Cold means: engine and PostgreSQL restarted and the kernel's page cache dropped."
        } else {
            "Cold means: engine and PostgreSQL restarted; the kernel's page cache stayed, since only root may drop it."
        });
        let side = WriteSide::over(&options).await?;
        let desk = Desk::of(side.engine.clone(), "bench").await?;
        for (who, load) in each(&desk, &streams, 1).await? {
            bench.note(Work::LongStream, who, "cold, p50", "ms", load.percentile(0.5));
        }
        side.database.close().await;
    }
    Ok(())
}

struct Streams {
    long: Vec<TicketId>,
    fresh: Vec<TicketId>,
}

async fn fill(bench: &Bench, options: &PgConnectOptions) -> Result<Streams> {
    let side = WriteSide::over(options).await?;
    let desk = Desk::of(side.engine.clone(), "bench").await?;
    let past = Past::of(&desk, Arc::new(side.store.clone())).await?;
    let mut streams = Streams { long: Vec::new(), fresh: Vec::new() };
    for number in 0..STREAMS as u64 {
        streams.long.push(past.long(2 * number, bench.plan.long).await?);
        streams.fresh.push(past.long(2 * number + 1, 1).await?);
    }
    let mut connection = bench.cluster.connect(DATABASE).await?;
    sqlx::query("vacuum analyze escalon.events").execute(&mut connection).await?;
    side.database.close().await;
    Ok(streams)
}

async fn once_each(desk: &Desk, streams: &Streams) -> Result<()> {
    for ticket in streams.long.iter().chain(&streams.fresh) {
        desk.note(*ticket).await?;
    }
    Ok(())
}

/// So many commands on each stream, in turns.
async fn each(desk: &Desk, streams: &Streams, times: usize) -> Result<[(&'static str, Load); 2]> {
    let mut latencies = [Vec::new(), Vec::new()];
    for _ in 0..times {
        for (long, fresh) in streams.long.iter().zip(&streams.fresh) {
            latencies[0].push(timed(desk.note(*long)).await?.1);
            latencies[1].push(timed(desk.note(*fresh)).await?.1);
        }
    }
    let [long, fresh] = latencies.map(|all| Load::of(all, 1.0));
    Ok([(LONG, long), (FRESH, fresh)])
}
