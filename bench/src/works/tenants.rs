//! One organization grows to a hundred times the events of each other, and the others should not notice.

use std::time::Duration;

use escalon_domain::access::Permission;

use super::{Work, inbox, stores};
use crate::{
    Result,
    bench::Bench,
    load::{Load, Shape},
    ours::{self, Desk, Fresh},
};

const DATABASE: &str = "tenants";
const SMALL: [&str; 9] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const LARGE: &str = "large";
/// How many times the events of the others the large one gets.
const TIMES: u64 = 100;

const OPEN: &str = "open a ticket";
const PAGE: &str = "a page of the inbox";
pub(crate) const CASES: [&str; 2] = ["open a ticket, p50", "a page of the inbox, p50"];
pub(crate) const BEFORE: &str = "a small organization among equals";
pub(crate) const AFTER: &str = "a small organization beside the large one";

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let tickets = bench.plan.tickets[0] / 10;
    bench.remark(format!(
        "The small organizations have {tickets} tickets of ten events each, and the large one a hundred times as many."
    ));
    let app = ours::at_work(&bench.cluster.create(DATABASE).await?).await?;
    for name in SMALL.iter().chain([&LARGE]) {
        Desk::of(app.engine.clone(), name).await?;
    }
    app.catch_up(Duration::from_secs(60)).await?;
    app.close().await;
    let equal: Vec<_> = SMALL.iter().chain([&LARGE]).map(|name| (*name, 0..tickets)).collect();
    stores::more(bench, DATABASE, &equal, None).await?;
    measure(bench, BEFORE).await?;
    stores::more(bench, DATABASE, &[(LARGE, tickets..tickets * TIMES)], None).await?;
    measure(bench, AFTER).await
}

async fn measure(bench: &Bench, who: &str) -> Result<()> {
    let app = ours::at_work(&bench.cluster.options(DATABASE)).await?;
    let desk = Desk::of(app.engine.clone(), SMALL[0]).await?;
    let (agent, _) = desk.member("agent", &[Permission::TicketReadAll]).await?;
    app.catch_up(Duration::from_secs(600)).await?;
    for _ in 0..bench.plan.rounds {
        bench.cluster.checkpoint().await?;
        let opening = desk.clone();
        let open = move |_, _| {
            let desk = opening.clone();
            async move { desk.command(Fresh::OpenTicket).await }
        };
        // At a pace that leaves the machine idle, so that rounds do not differ by how much they did.
        note(bench, who, OPEN, &Shape::paced(1, bench.plan.time, 100.0).run(open).await?);
        app.catch_up(Duration::from_secs(600)).await?;
        note(bench, who, PAGE, &inbox::ask(&app.reads, &agent, bench.plan.pages).await?.all);
    }
    app.close().await;
    Ok(())
}

fn note(bench: &Bench, who: &str, what: &str, load: &Load) {
    bench.note(Work::Tenants, who, &format!("{what}, p50"), "ms", load.percentile(0.5));
    bench.note(Work::Tenants, who, &format!("{what}, p99"), "ms", load.percentile(0.99));
}
