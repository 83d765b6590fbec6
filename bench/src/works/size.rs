//! The same commands in a store of ten million events and in one of a hundred thousand.

use escalon_domain::ticket::TicketId;
use sqlx::PgPool;

use super::{Work, rebuild::events, stores};
use crate::{
    Result,
    bench::Bench,
    load::Shape,
    ours::{Desk, Fresh, WriteSide},
};

/// How many tickets get a command, at most.
const EXISTING: i64 = 50_000;

pub(crate) const ALONE: &str = "define a team, 1 caller, p50";
pub(crate) const MANY: &str = "define a team, 32 callers";
pub(crate) const NOTE: &str = "note on a ticket, 1 caller, p50";

struct Store {
    size: String,
    side: WriteSide,
    desk: Desk,
    tickets: Vec<TicketId>,
}

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let [small, _, large] = bench.plan.tickets;
    let mut all = Vec::new();
    for tickets in [small, large] {
        let database = stores::filled(bench, tickets).await?;
        let side = WriteSide::over(&bench.cluster.options(&database)).await?;
        let desk = Desk::of(side.engine.clone(), "bench").await?;
        let tickets_there = some(&bench.cluster.pool(&database, 1).await?).await?;
        all.push(Store { size: events(tickets), side, desk, tickets: tickets_there });
    }
    for _ in 0..bench.plan.rounds {
        for store in &all {
            bench.cluster.checkpoint().await?;
            let desk = store.desk.clone();
            let define = move |_, _| {
                let desk = desk.clone();
                async move { desk.command(Fresh::DefineTeam).await }
            };
            let alone = Shape::closed(1, bench.plan.time).run(define.clone()).await?;
            bench.note(Work::Size, &store.size, ALONE, "ms", alone.percentile(0.5));
            let many = Shape::closed(32, bench.plan.time).run(define).await?;
            bench.note(Work::Size, &store.size, MANY, "events/s", many.rate());
        }
        for store in &all {
            bench.cluster.checkpoint().await?;
            let (desk, tickets) = (store.desk.clone(), store.tickets.clone());
            let work = move |_, count| {
                let desk = desk.clone();
                let place = usize::try_from(count).unwrap_or_default() * 7_919 % tickets.len();
                let ticket = tickets[place];
                async move { desk.note(ticket).await }
            };
            let load = Shape::closed(1, bench.plan.time).run(work).await?;
            bench.note(Work::Size, &store.size, NOTE, "ms", load.percentile(0.5));
        }
    }
    for store in all {
        store.side.database.close().await;
    }
    Ok(())
}

/// Tickets from all over the store.
async fn some(pool: &PgPool) -> Result<Vec<TicketId>> {
    let sql = "select id from (select id from read.ticket order by md5(id) limit $1) picked order by md5(id || 'x')";
    let ids: Vec<String> = sqlx::query_scalar(sql).bind(EXISTING).fetch_all(pool).await?;
    Ok(ids.iter().map(|id| id.parse()).collect::<std::result::Result<_, _>>()?)
}
