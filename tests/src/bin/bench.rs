//! `make bench`: what the engine does on this machine, over a fresh cluster with `fsync` on. Prints a table in Markdown.
#![allow(clippy::print_stdout, reason = "the table is the answer")]
#![allow(clippy::expect_used, reason = "a benchmark that cannot run has nothing to report")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use escalon_application::{Caller, Engine, Once, ticket::OpenTicket};
use escalon_cli::{compose::App, config::Config};
use escalon_domain::ticket_type::{TicketRules, TicketType};
use escalon_infrastructure::embedded::Mode;
use futures::TryStreamExt;

const ROUND: Duration = Duration::from_secs(5);
const CALLERS: [usize; 4] = [1, 8, 32, 128];

#[tokio::main]
async fn main() {
    let directory = tempfile::Builder::new().prefix("escalon-bench").tempdir().expect("a directory");
    let readable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(directory.path(), readable).expect("a directory that postgres may enter");
    let config = Config {
        data_dir: directory.path().to_owned(),
        database_url: None,
        postgres_bin: None,
        mode: Mode::Engine,
        token_key_file: None,
    };
    let app = App::open(&config).await.expect("the engine");
    let slug = |text: &str| text.parse().expect("a short name");
    let operator = app.engine.found_organization(slug("bench"), "Bench".to_owned(), "bench").await;
    let operator = operator.expect("an organization");
    let kind = TicketType {
        name: slug("incident"),
        title: "Incident".to_owned(),
        prefix: "INC".to_owned(),
        priorities: Default::default(),
        default_priority: None,
        fields: Vec::new(),
        rules: TicketRules::default(),
    };
    app.engine.define(&operator, kind, &Once::default()).await.expect("a ticket type");

    println!("| work | rate |");
    println!("| --- | --- |");
    for callers in CALLERS {
        let rate = commands(&app.engine, &operator, callers).await;
        println!("| open a ticket, in process, {callers} callers | {rate:.0} commands/s |");
    }
    app.catch_up(Duration::from_secs(120)).await.expect("the database");
    let (events, plain) = select(&app).await;
    println!("| plain SELECT of {events} events in position order | {:.0} events/s |", events as f64 / plain);
    for name in app.projections.names() {
        let report = app.projections.rebuild(name, |_| {}).await.expect("a rebuild");
        println!("| rebuild of {name} | {:.0} events/s |", report.events as f64 / report.seconds);
    }
    app.close().await;
}

/// Tickets opened a second by so many callers at once, each with its own stream.
async fn commands(engine: &Engine, operator: &Caller, callers: usize) -> f64 {
    let done = Arc::new(AtomicU64::new(0));
    let begin = Instant::now();
    let callers = (0..callers).map(|caller| {
        let (engine, operator, done) = (engine.clone(), operator.clone(), Arc::clone(&done));
        tokio::spawn(async move {
            while begin.elapsed() < ROUND {
                let count = done.fetch_add(1, Ordering::Relaxed);
                let once = Once::new(Some(format!("{caller}-{count}-{:?}", begin)), None, &count);
                engine.open_ticket(&operator, ticket(count), &once).await.expect("a ticket");
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.expect("a caller");
    }
    done.load(Ordering::Relaxed) as f64 / begin.elapsed().as_secs_f64()
}

fn ticket(count: u64) -> OpenTicket {
    OpenTicket {
        ticket_type: "incident".to_owned(),
        title: format!("Price of product {count} is wrong"),
        description: "The page shows last year's price since this morning.".to_owned(),
        requester: Some(escalon_application::ticket::RequesterInput::Customer {
            reference: format!("c-{}", count % 1_000),
            name: "A customer".to_owned(),
        }),
        brand: Some("Northwind".to_owned()),
        ..OpenTicket::default()
    }
}

/// How many events there are, and how many seconds reading them all takes.
async fn select(app: &App) -> (u64, f64) {
    let begin = Instant::now();
    let sql = "select p.position, e.payload::text from escalon.event_positions p
        join escalon.events e using (insertion) order by p.position";
    let mut rows = sqlx::query(sql).fetch(&app.database.engine);
    let mut count = 0;
    while rows.try_next().await.expect("the events").is_some() {
        count += 1;
    }
    (count, begin.elapsed().as_secs_f64())
}
