//! Pages of the inbox: fifty rows with filters and text among a million tickets, as a member under row-level security.

use escalon_application::Caller;
use escalon_domain::access::Permission;
use escalon_projections::{Page, ReadModels, Scope, TicketFilter, TicketOrder, TicketSort};

use super::{Work, stores};
use crate::{
    Result,
    bench::Bench,
    history::BRANDS,
    load::{Load, timed},
    ours::{self, Desk},
};

const ROWS: u32 = 50;
pub(crate) const ALL: &str = "a member who sees all tickets";
pub(crate) const OWN: &str = "a member who sees their own";

/// One way of asking.
pub(super) struct Question {
    name: &'static str,
    ask: fn(usize) -> TicketFilter,
    order: TicketOrder,
}

const fn newest() -> TicketOrder {
    TicketOrder { by: TicketSort::OpenedAt, descending: true }
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

/// What people ask; the number varies the words.
pub(super) const QUESTIONS: [Question; 7] = [
    Question {
        name: "open, newest first",
        ask: |_| TicketFilter { statuses: words(&["open", "waiting"]), ..TicketFilter::default() },
        order: newest(),
    },
    Question {
        name: "open and urgent, of a brand",
        ask: |turn| TicketFilter {
            statuses: words(&["open", "waiting", "reopened"]),
            priorities: words(&["urgent"]),
            brand: Some(BRANDS[turn % BRANDS.len()].to_owned()),
            ..TicketFilter::default()
        },
        order: TicketOrder { by: TicketSort::Priority, descending: false },
    },
    Question {
        name: "one word, open",
        ask: |turn| TicketFilter {
            statuses: words(&["open"]),
            text: Some(["printer", "invoice", "parcel", "voucher"][turn % 4].to_owned()),
            ..TicketFilter::default()
        },
        order: newest(),
    },
    Question {
        name: "two words, last changed first",
        ask: |turn| TicketFilter {
            text: Some(format!(
                "{} {}",
                ["scanner", "refund", "login"][turn % 3],
                ["lost", "expired"][turn % 2]
            )),
            ..TicketFilter::default()
        },
        order: TicketOrder { by: TicketSort::UpdatedAt, descending: true },
    },
    Question {
        name: "an order number",
        ask: |turn| TicketFilter {
            text: Some((100_000 + turn * 37 % 5_000).to_string()),
            ..TicketFilter::default()
        },
        order: newest(),
    },
    Question {
        name: "a word and a tag, of a brand, unassigned or not",
        ask: |turn| TicketFilter {
            text: Some("delivery".to_owned()),
            tag: Some("vip".to_owned()),
            brand: Some(BRANDS[turn % BRANDS.len()].to_owned()),
            ..TicketFilter::default()
        },
        order: newest(),
    },
    Question {
        name: "resolved, most important first",
        ask: |_| TicketFilter { statuses: words(&["resolved"]), ..TicketFilter::default() },
        order: TicketOrder { by: TicketSort::Priority, descending: false },
    },
];

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let database = stores::filled(bench, bench.plan.tickets[2]).await?;
    let app = ours::at_work(&bench.cluster.options(&database)).await?;
    let desk = Desk::of(app.engine.clone(), "bench").await?;
    let (agent, _) = desk.member("agent", &[Permission::TicketReadAll]).await?;
    let worker = worker(bench, &database, &desk).await?;
    app.catch_up(std::time::Duration::from_secs(600)).await?;
    bench.cluster.checkpoint().await?;
    for _ in 0..bench.plan.rounds {
        for (who, caller) in [(ALL, &agent), (OWN, &worker)] {
            let asked = ask(&app.reads, caller, bench.plan.pages).await?;
            for (question, load) in QUESTIONS.iter().zip(&asked.each) {
                bench.note(Work::Inbox, who, &format!("{}, p50", question.name), "ms", load.percentile(0.5));
                bench.note(Work::Inbox, who, &format!("{}, p99", question.name), "ms", load.percentile(0.99));
            }
            bench.note(Work::Inbox, who, "all questions, p50", "ms", asked.all.percentile(0.5));
            bench.note(Work::Inbox, who, "all questions, p99", "ms", asked.all.percentile(0.99));
        }
    }
    app.close().await;
    Ok(())
}

/// Somebody who works on tickets of the history, with the right to see their own only.
async fn worker(bench: &Bench, database: &str, desk: &Desk) -> Result<Caller> {
    let (mut caller, _) = desk.member("reader", &[Permission::TicketReadOwn]).await?;
    let mut connection = bench.cluster.connect(database).await?;
    let sql = "select assignee from read.ticket where assignee is not null group by assignee order by count(*) desc limit 1";
    let busiest: String = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
    caller.actor = busiest.parse()?;
    Ok(caller)
}

/// How long the answers took.
pub(super) struct Asked {
    each: Vec<Load>,
    pub(super) all: Load,
}

/// Asks so many questions, one after another and each kind equally often.
pub(super) async fn ask(reads: &ReadModels, caller: &Caller, pages: usize) -> Result<Asked> {
    let scope = Scope::of(caller);
    let mut each = vec![Vec::new(); QUESTIONS.len()];
    // The first of each kind plans and warms, and does not count.
    for turn in 0..=pages.div_ceil(QUESTIONS.len()) {
        for (question, latencies) in QUESTIONS.iter().zip(&mut each) {
            let filter = (question.ask)(turn);
            let page = async { Ok(reads.tickets(&scope, filter, question.order, Page::first(ROWS)).await?) };
            let (_, latency) = timed(page).await?;
            if turn > 0 {
                latencies.push(latency);
            }
        }
    }
    let all = Load::of(each.concat(), 1.0);
    Ok(Asked { each: each.into_iter().map(|one| Load::of(one, 1.0)).collect(), all })
}
