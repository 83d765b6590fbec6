//! Rebuilding the inbox from everything, against reading the same events and against the stock replay.

use std::{fmt::Write, time::Instant};

use futures::TryStreamExt;
use sqlx::{PgPool, Row};

use super::{Work, stores};
use crate::{Result, bench::Bench, child, ours::WriteSide, peers::Replay};

pub(crate) const SELECT: &str = "plain SELECT";
pub(crate) const REBUILD: &str = "rebuild of the inbox";
pub(crate) const REPLAY: &str = "postgres-es, replay into its view";

/// A history's size as a case.
pub(crate) fn events(tickets: u64) -> String {
    match tickets * 10 {
        events @ 1_000_000.. => format!("{} million events", events / 1_000_000),
        events => format!("{} thousand events", events / 1_000),
    }
}

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let [_, middle, large] = bench.plan.tickets;
    let mut stores = Vec::new();
    for tickets in [middle, large] {
        stores.push((tickets, stores::filled(bench, tickets).await?));
    }
    let replay = Replay::new(&bench.cluster).await?;
    copy(bench, &stores[0].1, &replay).await?;
    bench.remark(format!(
        "The stock replay got the first {} of the same events: it reads and writes its view once for each event.",
        bench.plan.replayed
    ));
    for _ in 0..bench.plan.rounds {
        for (tickets, database) in &stores {
            let case = events(*tickets);
            bench.cluster.checkpoint().await?;
            let (read, seconds) = select(&bench.cluster.pool(database, 1).await?).await?;
            bench.note(Work::Rebuild, SELECT, &case, "events/s", read as f64 / seconds);
            let rebuilt = child::rebuild(&bench.cluster, database).await?;
            bench.note(Work::Rebuild, REBUILD, &case, "events/s", rebuilt.events as f64 / rebuilt.seconds);
            bench.note(Work::Rebuild, REBUILD, &format!("{case}, peak memory"), "MiB", rebuilt.peak_mib);
        }
        bench.cluster.checkpoint().await?;
        let (_, seconds) = replay.run().await?;
        bench.note(Work::Rebuild, REPLAY, &events(middle), "events/s", bench.plan.replayed as f64 / seconds);
    }
    Ok(())
}

/// How many events there are, and the seconds that reading them all takes.
async fn select(pool: &PgPool) -> Result<(u64, f64)> {
    let sql = "select insertion, aggregate_id, event_type, payload::text, metadata::text from escalon.events";
    let start = Instant::now();
    let mut rows = sqlx::query(sql).fetch(pool);
    let (mut count, mut bytes) = (0_u64, 0_usize);
    while let Some(row) = rows.try_next().await? {
        count += 1;
        bytes += row.try_get::<&str, _>(3)?.len() + row.try_get::<&str, _>(4)?.len();
    }
    drop(rows);
    assert!(bytes > 0, "the events have no bytes");
    Ok((count, start.elapsed().as_secs_f64()))
}

/// Gives the first events of a store to the stock replay, opened as our readers get them.
async fn copy(bench: &Bench, database: &str, replay: &Replay) -> Result<()> {
    let side = WriteSide::over(&bench.cluster.options(database)).await?;
    let mut connection = side.database.engine.acquire().await?;
    let (mut position, mut taken) = (0, 0);
    while taken < bench.plan.replayed {
        let events = side.feed.read(&mut connection, position, 5_000).await?;
        let Some(last) = events.last() else { return Err("the history is too short for the replay".into()) };
        position = last.position;
        let mut lines = String::new();
        for event in events.iter().map(|event| &event.event).filter(|event| event.stream.kind == "ticket") {
            if taken == bench.plan.replayed {
                break;
            }
            taken += 1;
            let payload = event.payload.replace('\\', "\\\\");
            writeln!(
                lines,
                "{}\t{}\t{}\t{}\t{}\t{payload}\t{{\"actor\":\"{}\"}}",
                event.stream.kind,
                event.stream.id,
                event.sequence,
                event.name,
                event.version,
                event.metadata.actor
            )?;
        }
        replay.take(&lines).await?;
    }
    drop(connection);
    side.database.close().await;
    Ok(())
}
