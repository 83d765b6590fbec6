//! Positions: dense, final, and nothing left out, whatever writers do.

use std::time::Duration;

use escalon_application::Once;
use escalon_infrastructure::{database::Database, sequencer::Sequencer};
use escalon_tests::TestApp;
use sqlx::{Connection, Executor, PgConnection, Row, postgres::PgConnectOptions};

use super::store::{opening, ticket_type};

/// Appends an event the way `escalon.append` does, on a connection whose transaction stays open.
async fn append(connection: &mut PgConnection, id: &str) {
    let sql = "select insertion from escalon.append(array['probe'], array[$1], array[0::bigint], array[''::bytea],
        array[null::uuid], array[1], array['probe'], array[$1], array[1::bigint], array['probe.made'], array['1'],
        array['{}'], array['{}'], array['organization_x'], array[now()], array[sha256('')], array[null::uuid],
        array[null::bytea], '{}', '{}', '{}', '{}', '{}', '{}', '{}')";
    let insertion: Option<i64> = sqlx::query_scalar(sql).bind(id).fetch_one(connection).await.unwrap();
    assert!(insertion.is_some());
}

/// A database on which only the test works.
struct Quiet {
    options: PgConnectOptions,
    database: Database,
}

async fn quiet() -> Quiet {
    let options = TestApp::database().await;
    let database = Database::new(&options, 4);
    Quiet { options, database }
}

async fn writer(quiet: &Quiet) -> PgConnection {
    PgConnection::connect_with(&quiet.options).await.unwrap()
}

async fn positions(quiet: &Quiet) -> Vec<(i64, String)> {
    let rows = sqlx::query(
        "select p.position, e.aggregate_id from escalon.event_positions p join escalon.events e using (insertion)
         where e.aggregate_type = 'probe' order by p.position",
    );
    let rows = rows.fetch_all(&quiet.database.engine).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// A sequencer of one's own over a database without workers.
fn sequencer(database: &Database) -> Sequencer {
    Sequencer::new(database.clone(), Default::default())
}

#[tokio::test]
async fn a_stalled_writer_delays_only_itself_and_is_not_left_out() {
    let app = quiet().await;
    let mut sequencer = sequencer(&app.database);
    let (mut slow, mut fast) = (writer(&app).await, writer(&app).await);
    slow.execute("begin").await.unwrap();
    append(&mut slow, "slow").await;
    append(&mut fast, "fast").await;
    sequencer.step().await.unwrap();
    assert_eq!(ids(&app).await, ["fast"]);
    append(&mut fast, "faster").await;
    sequencer.step().await.unwrap();
    assert_eq!(ids(&app).await, ["fast", "faster"]);
    slow.execute("commit").await.unwrap();
    sequencer.step().await.unwrap();
    assert_eq!(ids(&app).await, ["fast", "faster", "slow"], "late, and with a later position");
}

async fn ids(app: &Quiet) -> Vec<String> {
    positions(app).await.into_iter().map(|(_, id)| id).collect()
}

#[tokio::test]
async fn a_stalled_writer_that_is_younger_than_the_others_is_not_left_out() {
    let app = quiet().await;
    let mut sequencer = sequencer(&app.database);
    let (mut slow, mut fast) = (writer(&app).await, writer(&app).await);
    // The fast writer has the smaller transaction id, the slow one the smaller insertion number.
    for writer in [&mut fast, &mut slow] {
        writer.execute("begin").await.unwrap();
        writer.execute("select pg_current_xact_id()").await.unwrap();
    }
    append(&mut slow, "slow").await;
    append(&mut fast, "fast").await;
    fast.execute("commit").await.unwrap();
    for _ in 0..4 {
        sequencer.step().await.unwrap();
        assert_eq!(ids(&app).await, ["fast"]);
    }
    slow.execute("commit").await.unwrap();
    sequencer.step().await.unwrap();
    assert_eq!(ids(&app).await, ["fast", "slow"]);
}

#[tokio::test]
async fn a_late_event_is_found_by_a_sequencer_that_starts_anew() {
    let app = quiet().await;
    let (mut slow, mut fast) = (writer(&app).await, writer(&app).await);
    slow.execute("begin").await.unwrap();
    append(&mut slow, "slow").await;
    append(&mut fast, "fast").await;
    let mut first = sequencer(&app.database);
    for _ in 0..3 {
        first.step().await.unwrap();
    }
    drop(first);
    slow.execute("commit").await.unwrap();
    sequencer(&app.database).step().await.unwrap();
    assert_eq!(ids(&app).await, ["fast", "slow"]);
}

#[tokio::test]
async fn aborted_and_killed_writers_leave_no_hole_and_the_floor_moves_on() {
    let app = quiet().await;
    let mut sequencer = sequencer(&app.database);
    let (mut aborted, mut killed, mut good) = (writer(&app).await, writer(&app).await, writer(&app).await);
    aborted.execute("begin").await.unwrap();
    append(&mut aborted, "aborted").await;
    killed.execute("begin").await.unwrap();
    append(&mut killed, "killed").await;
    append(&mut good, "good").await;
    sequencer.step().await.unwrap();
    aborted.execute("rollback").await.unwrap();
    let pid: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut killed).await.unwrap();
    sqlx::query("select pg_terminate_backend($1)").bind(pid).execute(&mut good).await.unwrap();
    append(&mut good, "better").await;
    let newest: i64 =
        sqlx::query_scalar("select max(insertion) from escalon.events").fetch_one(&mut good).await.unwrap();
    // The floor waits for every transaction of the cluster, those of the tests beside this one, too.
    for _ in 0..1_500 {
        sequencer.step().await.unwrap();
        let floor: i64 =
            sqlx::query_scalar("select floor from escalon.sequencer").fetch_one(&mut good).await.unwrap();
        if floor >= newest {
            let places: Vec<i64> = positions(&app).await.into_iter().map(|(position, _)| position).collect();
            assert_eq!(ids(&app).await, ["good", "better"]);
            assert_eq!(places[1], places[0] + 1, "dense");
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the floor stayed below {newest}");
}

#[tokio::test]
async fn two_sequencers_take_turns_and_positions_stay_dense() {
    let app = TestApp::new().await;
    let beside = app.beside().await;
    let operator = app.organization("acme").await;
    ticket_type(&app, &operator).await;
    let once = Once::default();
    for _ in 0..4 {
        let opened = (0..20).map(|n| {
            let side = if n % 2 == 0 { &app } else { &beside };
            side.engine().open_ticket(&operator, opening(), &once)
        });
        for opened in futures::future::join_all(opened).await {
            opened.unwrap();
        }
    }
    app.settle().await;
    let check: (i64, i64, i64, i64) = sqlx::query_as(
        "select count(*), max(position), (select count(*) from escalon.events),
            (select count(*) from (select p.position, lag(p.position) over w as before from escalon.events e
                join escalon.event_positions p using (insertion)
                window w as (partition by e.aggregate_type, e.aggregate_id order by e.sequence)) s
             where s.before >= s.position)
         from escalon.event_positions",
    )
    .fetch_one(&app.app.database.engine)
    .await
    .unwrap();
    assert_eq!((check.0, check.1, check.3), (check.2, check.2, 0), "dense, complete, streams in order");
}
