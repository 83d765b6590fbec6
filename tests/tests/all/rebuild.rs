//! Rebuilds: the same rows however they are built, whatever happens meanwhile, and wherever they are killed.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use escalon_application::{Caller, Once};
use escalon_projections::{Page, Projections, Scope, TicketFilter, TicketOrder};
use escalon_tests::{TestApp, program};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};

use super::{
    projections::history,
    store::{opening, ticket_type},
};

/// Every ticket of the store so many times more, under other ids.
pub(crate) async fn multiply(app: &TestApp, times: i32) {
    let mut owner = PgConnection::connect_with(&app.options).await.unwrap();
    let columns: String = sqlx::query_scalar(
        "select string_agg(quote_ident(column_name), ', ') from information_schema.columns
         where table_schema = 'escalon' and table_name = 'events'
             and column_name not in ('aggregate_id', 'insertion', 'command', 'input')",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    let sql = format!(
        "insert into escalon.events (aggregate_id, {columns})
         select left(aggregate_id, -6) || lpad(to_hex(copy), 6, '0'), {columns}
         from escalon.events, generate_series(1, {times}) as copy where aggregate_type = 'ticket'
         order by copy, insertion"
    );
    owner.execute(sql.as_str()).await.unwrap();
    // So that everything has a position before anybody looks.
    let numbered = app.app.feed.last_insertion().await.unwrap().unwrap();
    app.app.feed.position_of(numbered, Duration::from_secs(60)).await.unwrap().unwrap();
    app.settle().await;
}

async fn busy(times: i32) -> (TestApp, Caller) {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    history(&app, &operator).await;
    multiply(&app, times).await;
    (app, operator)
}

async fn count(app: &TestApp, operator: &Caller) -> i64 {
    let (filter, page) = (TicketFilter::default(), Page::first(1));
    let found = app.app.reads.tickets(&Scope::of(operator), filter, TicketOrder::default(), page).await;
    found.unwrap().total.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_small_chunks_give_the_same_rows_as_the_live_projector() {
    let (app, operator) = busy(60).await;
    let projections = app.app.projections.clone().in_chunks_of(37);
    for name in projections.names() {
        let difference = projections.diff(name, 5, |_| {}).await.unwrap();
        assert!(difference.is_equal(), "{difference:?}");
        let report = projections.rebuild(name, |_| {}).await.unwrap();
        assert!(report.comparison.is_some_and(|compared| compared.is_equal()), "{name}");
    }
    assert_eq!(count(&app, &operator).await, 12 * 61);
    // The indexes are there that the tables' definition asks for, whichever way they were made.
    let indexes = "select count(*) from pg_indexes where schemaname = 'read_ticket_inbox_' || $1";
    let count = async |generation: &str| -> i64 {
        sqlx::query_scalar(indexes).bind(generation).fetch_one(&app.app.database.engine).await.unwrap()
    };
    assert_eq!(count("2").await, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_without_a_position_is_left_to_the_live_projector() {
    let (app, operator) = busy(3).await;
    // A long transaction: its insertion number is low, and its position will be high.
    let mut slow = PgConnection::connect_with(&app.options).await.unwrap();
    let copy = "insert into escalon.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
            organization, occurred_at, hash)
        select aggregate_type, left(aggregate_id, -6) || 'ffffff', sequence, event_type, event_version, payload, metadata,
            organization, occurred_at, hash from escalon.events
        where aggregate_type = 'ticket' and aggregate_id like '%000001' order by insertion";
    let mut late = slow.begin().await.unwrap();
    late.execute(copy).await.unwrap();
    for _ in 0..20 {
        app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap();
    }
    app.settle().await;
    let report = app.app.projections.rebuild("ticket_inbox", |_| {}).await.unwrap();
    assert!(report.comparison.is_some_and(|compared| compared.is_equal()));
    let before = count(&app, &operator).await;
    late.commit().await.unwrap();
    let begin = Instant::now();
    while count(&app, &operator).await == before {
        assert!(begin.elapsed() < Duration::from_secs(20), "the late events do not come");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let difference = app.app.projections.diff("ticket_inbox", 5, |_| {}).await.unwrap();
    assert!(difference.is_equal(), "{difference:?}");
}

/// A process that rebuilds, or replays an organization.
pub(crate) fn child(app: &TestApp, name: &str) -> Child {
    let mut command = Command::new(program("rebuild"));
    command.arg(app.options.to_url_lossy().as_str()).arg(name);
    command.stdout(Stdio::null()).stderr(Stdio::inherit());
    command.spawn().unwrap()
}

/// The state of the build on its way, and how many events it has taken.
async fn building(app: &TestApp, name: &str) -> Option<(String, i64)> {
    sqlx::query_as(
        "select p.state, coalesce(sum(s.events), 0)::bigint from escalon.projections p
         left join escalon.projection_shards s using (name, generation)
         where p.name = $1 and p.state <> 'built' group by p.generation, p.state",
    )
    .bind(name)
    .fetch_optional(&app.app.database.engine)
    .await
    .unwrap()
}

/// Kills rebuilds, each a little further on than the one before, and lets the last one end.
async fn killed_until_done(app: &TestApp, name: &'static str) -> Vec<String> {
    let mut killed = Vec::new();
    let mut before = (String::new(), -1);
    loop {
        let mut child = child(app, name);
        let begin = Instant::now();
        loop {
            assert!(begin.elapsed() < Duration::from_secs(120), "the rebuild does not end");
            if let Some(status) = child.try_wait().unwrap() {
                assert!(status.success(), "the rebuild failed");
                return killed;
            }
            match building(app, name).await {
                Some(now) if now != before => {
                    child.kill().unwrap();
                    child.wait().unwrap();
                    killed.push(now.0.clone());
                    before = now;
                    break;
                }
                _ => tokio::time::sleep(Duration::from_millis(2)).await,
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_is_killed_again_and_again_goes_on_and_gives_the_same_rows() {
    let (app, operator) = busy(150).await;
    for name in ["ticket_inbox", "timeline", "member_directory"] {
        let (_, before) = app.app.projections.checksum(name).await.unwrap();
        let killed = killed_until_done(&app, name).await;
        assert!(killed.iter().any(|state| state == "loading"), "{name}: {killed:?}");
        let (_, after) = app.app.projections.checksum(name).await.unwrap();
        assert_eq!(after, before, "{name} after kills while {killed:?}");
        let left = building(&app, name).await;
        assert_eq!(left, None, "nothing is left of what was cut off");
    }
    assert_eq!(count(&app, &operator).await, 12 * 151);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_was_cut_off_takes_what_happened_meanwhile() {
    let (app, operator) = busy(60).await;
    let mut child = child(&app, "ticket_inbox");
    while building(&app, "ticket_inbox").await.is_none_or(|(_, events)| events == 0) {
        assert!(child.try_wait().unwrap().is_none(), "it was done before it could be killed");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for _ in 0..30 {
        app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap();
    }
    app.settle().await;
    let report = app.app.projections.rebuild("ticket_inbox", |_| {}).await.unwrap();
    assert!(report.comparison.is_some_and(|compared| compared.is_equal()));
    assert_eq!(count(&app, &operator).await, 12 * 61 + 30);
}

#[tokio::test]
async fn an_event_that_cannot_be_read_stops_a_rebuild_and_leaves_the_live_one() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    ticket_type(&app, &operator).await;
    let ticket = app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap();
    app.settle().await;
    let mut owner = PgConnection::connect_with(&app.options).await.unwrap();
    let broken = "insert into escalon.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
            metadata, organization, occurred_at, hash)
        select aggregate_type, aggregate_id, 2, 'ticket.closed', '1', '{\"event\":\"ticket.closed\"}', metadata, organization,
            occurred_at, hash from escalon.events where aggregate_id = $1";
    sqlx::query(broken).bind(ticket.id.to_string()).execute(&mut owner).await.unwrap();
    let last = app.app.feed.last_insertion().await.unwrap().unwrap();
    let position = app.app.feed.position_of(last, Duration::from_secs(20)).await.unwrap().unwrap();
    let projections = Projections::new(app.app.database.clone(), app.app.feed.clone());
    let refused = projections.rebuild("ticket_inbox", |_| {}).await.unwrap_err().to_string();
    assert!(refused.contains(&format!("position {position}")), "{refused}");
    assert!(refused.contains(&ticket.id.to_string()), "{refused}");
    assert_eq!(count(&app, &operator).await, 1);
}
