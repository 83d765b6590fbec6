//! Commands on fresh streams, one event each, beside the appends of the peers and of pgbench.

use std::time::Duration;

use async_trait::async_trait;
use escalon_application::Once;
use sqlx::Row;

use super::{Work, callers};
use crate::{
    Result,
    bench::Bench,
    load::Shape,
    ours::{self, Desk, Fresh, WriteSide},
    peers::{Contender, Emmett, MessageDb, Pgbench, PostgresEs, Round, Specimen},
};

/// The limit.
pub(crate) const LIMIT: &str = "pgbench, one row";
/// Ours, with nothing to look up.
pub(crate) const PURE: &str = "define a team";
pub(crate) const POSTGRES_ES: &str = "postgres-es";
pub(crate) const MESSAGE_DB_MANY: &str = "message-db, many categories";
/// Who does the same work.
pub(crate) const PEERS: [&str; 4] = [POSTGRES_ES, "message-db, one category", MESSAGE_DB_MANY, "emmett"];
/// How many call at once.
pub(crate) const CALLERS: [usize; 4] = [1, 8, 32, 256];

/// Ours: a command of one kind.
struct Ours {
    name: &'static str,
    desk: Desk,
    what: Fresh,
}

#[async_trait]
impl Contender for Ours {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn append(&self, callers: usize, time: Duration) -> Result<Round> {
        let (desk, what) = (self.desk.clone(), self.what);
        let work = move |_, _| {
            let desk = desk.clone();
            async move { desk.command(what).await }
        };
        Ok(Shape::closed(callers, time).run(work).await?.into())
    }
}

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let cluster = &bench.cluster;
    let options = cluster.create("escalon").await?;
    let write_side = WriteSide::over(&options).await?;
    let desk = Desk::of(write_side.engine.clone(), "bench").await?;
    let specimen = specimen(bench, &desk).await?;
    bench.remark(format!(
        "The event that everybody appends has {} bytes of payload and {} of metadata.",
        specimen.payload.len(),
        specimen.metadata.len()
    ));
    let app = ours::at_work(&cluster.create("escalon_at_work").await?).await?;
    let busy = Desk::of(app.engine.clone(), "bench").await?;

    let mut contenders: Vec<Box<dyn Contender>> = vec![Box::new(Pgbench::new(cluster, 1, &specimen).await?)];
    for what in Fresh::ALL {
        contenders.push(Box::new(Ours { name: what.name(), desk: desk.clone(), what }));
    }
    contenders.push(Box::new(Ours { name: AT_WORK, desk: busy, what: Fresh::DefineTeam }));
    contenders.push(Box::new(PostgresEs::new(cluster, &specimen).await?));
    contenders.push(Box::new(MessageDb::new(cluster, false, &specimen).await?));
    contenders.push(Box::new(MessageDb::new(cluster, true, &specimen).await?));
    contenders.push(Box::new(Emmett::new(cluster, &specimen).await?));
    contenders.push(Box::new(Pgbench::new(cluster, 100, &specimen).await?));
    contenders.retain(|contender| contender.name().starts_with(&bench.plan.who));
    for _ in 0..bench.plan.rounds {
        for count in CALLERS {
            for contender in &contenders {
                cluster.checkpoint().await?;
                let Round { rate, p99 } = contender.append(count, bench.plan.time).await?;
                bench.note(Work::Append, contender.name(), &callers(count), "events/s", rate);
                if let Some(p99) = p99 {
                    bench.note(
                        Work::Append,
                        contender.name(),
                        &format!("{}, p99", callers(count)),
                        "ms",
                        p99,
                    );
                }
                if contender.name() == AT_WORK {
                    // What it left to its followers is not done at another's expense.
                    app.catch_up(Duration::from_secs(600)).await?;
                }
            }
        }
    }
    app.close().await;
    write_side.database.close().await;
    Ok(())
}

/// Ours with everything that follows the events.
pub(crate) const AT_WORK: &str = "everything at work, define a team";

/// Has the engine store an event, and takes it as the others' example.
async fn specimen(bench: &Bench, desk: &Desk) -> Result<Specimen> {
    let once = Once::new(Some("the example".to_owned()), None, &0);
    let defined = desk.engine.define(&desk.caller, desk.team(u64::from(u32::MAX))?, &once).await?;
    let mut connection = bench.cluster.connect("escalon").await?;
    let row = sqlx::query("select payload::text, metadata::text from escalon.events where aggregate_id = $1")
        .bind(defined.id.to_string())
        .fetch_one(&mut connection)
        .await?;
    Ok(Specimen { payload: row.try_get(0)?, metadata: row.try_get(1)? })
}
