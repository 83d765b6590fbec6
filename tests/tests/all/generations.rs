//! Generations: switching, going back and dropping while everybody works, and read models that are not there yet.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};
use std::time::Duration;

use async_trait::async_trait;
use escalon_application::{Caller, Once};
use escalon_projections::{
    GenerationState, Page, ProjectionError, Projections, ReadError, Runner, Scope, TicketFilter, TicketOrder,
    happening::Happening,
    projection::{Build, Projection, Searched},
    tables::Tables,
    ticket_inbox::TicketInbox,
};
use escalon_tests::TestApp;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection};

use super::{
    projections::history,
    store::{opening, ticket_type},
};

async fn total(app: &TestApp, operator: &Caller) -> Result<i64, ReadError> {
    let (filter, page) = (TicketFilter::default(), Page::first(1));
    let found = app.app.reads.tickets(&Scope::of(operator), filter, TicketOrder::default(), page).await?;
    Ok(found.total.unwrap_or_default())
}

async fn states(projections: &Projections, name: &str) -> Vec<(i32, GenerationState)> {
    let all = projections.generations().await.unwrap();
    all.into_iter().filter(|one| one.name == name).map(|one| (one.generation, one.state)).collect()
}

#[tokio::test]
async fn the_former_generation_is_kept_and_brought_up_to_date_before_it_is_live_again() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    history(&app, &operator).await;
    app.settle().await;
    let projections = &app.app.projections;
    assert!(matches!(
        projections.rollback("ticket_inbox", |_| {}).await,
        Err(ProjectionError::NoFormer { .. })
    ));
    projections.rebuild("ticket_inbox", |_| {}).await.unwrap();
    use GenerationState::{Kept, Live};
    assert_eq!(states(projections, "ticket_inbox").await, [(1, Kept), (2, Live)]);

    for _ in 0..5 {
        app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap();
    }
    app.settle().await;
    let (position, checksum) = projections.checksum("ticket_inbox").await.unwrap();
    let back = projections.rollback("ticket_inbox", |_| {}).await.unwrap();
    assert_eq!((back.generation, back.position), (1, position));
    assert!(back.taken >= 5, "{back:?}");
    assert_eq!(projections.checksum("ticket_inbox").await.unwrap(), (position, checksum));
    assert_eq!(total(&app, &operator).await.unwrap(), 17);
    assert_eq!(states(projections, "ticket_inbox").await, [(1, Live), (2, Kept)]);

    // It follows what happens from now on.
    app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap();
    app.settle().await;
    assert_eq!(total(&app, &operator).await.unwrap(), 18);
    projections.switch("ticket_inbox", 2, |_| {}).await.unwrap();
    assert_eq!(total(&app, &operator).await.unwrap(), 18);

    let live = projections.drop_generation("ticket_inbox", 2).await.unwrap_err();
    assert!(live.to_string().contains("is the live one"), "{live}");
    projections.drop_generation("ticket_inbox", 1).await.unwrap();
    assert_eq!(states(projections, "ticket_inbox").await, [(2, Live)]);
    let gone = projections.switch("ticket_inbox", 1, |_| {}).await.unwrap_err();
    assert!(gone.to_string().contains("no generation 1; it has 2"), "{gone}");
    assert!(matches!(projections.rebuild("inbox", |_| {}).await, Err(ProjectionError::Unknown { .. })));
}

#[tokio::test]
async fn a_difference_is_found_and_named_by_key_and_column() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    history(&app, &operator).await;
    app.settle().await;
    let mut owner = PgConnection::connect_with(&app.options).await.unwrap();
    owner
        .execute("update read_ticket_inbox_1.ticket set status = 'lost', brand = 'x' where id = (select min(id) from read.ticket)")
        .await
        .unwrap();
    owner
        .execute("delete from read_ticket_inbox_1.ticket where id = (select max(id) from read.ticket)")
        .await
        .unwrap();
    let found = app.app.projections.diff("ticket_inbox", 20, |_| {}).await.unwrap();
    assert!(!found.is_equal());
    let [first, last] = &found.differences[..] else { panic!("{:?}", found.differences) };
    assert_eq!(first.live.clone().map(|live| json!(live)), Some(json!({ "status": "lost", "brand": "x" })));
    assert_eq!(first.fresh.clone().unwrap()["brand"], json!(null));
    assert_eq!((&last.live, last.fresh.clone().unwrap()["id"].as_str()), (&None, Some(last.key.as_str())));
    assert_eq!(app.app.projections.diff("ticket_inbox", 1, |_| {}).await.unwrap().differences.len(), 1);
    // The fresh build is gone again.
    assert_eq!(states(&app.app.projections, "ticket_inbox").await, [(1, GenerationState::Live)]);
    let report = app.app.projections.rebuild("ticket_inbox", |_| {}).await.unwrap();
    assert!(report.comparison.is_some_and(|compared| !compared.is_equal()));
    assert!(app.app.projections.diff("ticket_inbox", 1, |_| {}).await.unwrap().is_equal());
}

#[tokio::test(flavor = "multi_thread")]
async fn not_one_query_or_command_fails_or_is_wrong_through_rebuild_switch_rollback_and_drop() {
    let app = Arc::new(TestApp::new().await);
    let operator = app.organization("acme").await;
    history(&app, &operator).await;
    app.settle().await;
    // Half of them come through the public face.
    let member =
        app.member(&operator, "ann", escalon_domain::access::Permission::ALL).await.member().unwrap();
    let token = app.engine().token_for(&operator, member, chrono::Duration::hours(1)).await.unwrap();
    let api = Arc::new(app.serve().await);
    let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicI64::new(12)));
    let writer = {
        let (app, operator, stop, written) =
            (Arc::clone(&app), operator.clone(), Arc::clone(&stop), Arc::clone(&written));
        tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap();
                written.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    let mutating = {
        let (api, token, stop, written) =
            (Arc::clone(&api), token.clone(), Arc::clone(&stop), Arc::clone(&written));
        tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let opening = json!({ "type": "incident", "title": "The printer is on fire" });
                let client = api.with_token(&token);
                let opened = client.mutate("ticketOpen", "TicketOpenInput", opening, "ticket { id }").await;
                assert_eq!(opened["errors"], json!([]));
                written.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    let readers = (0..4).map(|reader| {
        let (app, operator, stop, written) =
            (Arc::clone(&app), operator.clone(), Arc::clone(&stop), Arc::clone(&written));
        let (api, token) = (Arc::clone(&api), token.clone());
        tokio::spawn(async move {
            let (mut before, mut queries) = (0, 0);
            let scope = Scope::of(&operator);
            let client = api.with_token(&token);
            while !stop.load(Ordering::Relaxed) {
                // What one saw stays there: nothing is lost, and nothing comes twice.
                let now = if reader == 0 {
                    app.app.reads.dashboard(&scope, None, None).await.unwrap().tickets
                } else if reader > 1 {
                    let question = "{ tickets(first: 3, filter: { text: \"print\" }) { totalCount nodes { id title { text } } } }";
                    let found = client.query(question, json!({})).await["tickets"].take();
                    let of_printers = |node: &Value| node["title"]["text"] == "The printer is on fire";
                    assert!(found["nodes"].as_array().unwrap().iter().all(of_printers), "{found}");
                    found["totalCount"].as_i64().unwrap()
                } else {
                    let filter = TicketFilter { text: Some("print".to_owned()), ..TicketFilter::default() };
                    let page = Page::first(3);
                    let found = app.app.reads.tickets(&scope, filter, TicketOrder::default(), page).await;
                    found.unwrap().total.unwrap()
                };
                assert!(now >= before, "{now} tickets after {before}");
                // Each of the two who write may have stored one that is not counted yet.
                assert!(now <= written.load(Ordering::Relaxed) + 2, "{now} tickets are too many");
                (before, queries) = (now, queries + 1);
            }
            queries
        })
    });
    let readers: Vec<_> = readers.collect();
    let beside = app.beside().await;
    for name in ["ticket_inbox", "service_dashboard"] {
        let projections = &beside.app.projections;
        for _ in 0..3 {
            let report = projections.rebuild(name, |_| {}).await.unwrap();
            assert!(report.comparison.is_some_and(|compared| compared.is_equal()));
            projections.rollback(name, |_| {}).await.unwrap();
            projections.drop_generation(name, report.generation).await.unwrap();
        }
    }
    stop.store(true, Ordering::Relaxed);
    writer.await.unwrap();
    mutating.await.unwrap();
    for reader in readers {
        assert!(reader.await.unwrap() > 10);
    }
    Arc::into_inner(api).unwrap().stop().await;
    app.settle().await;
    assert_eq!(total(&app, &operator).await.unwrap(), written.load(Ordering::Relaxed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_reader_delays_a_switch_and_nobody_else() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    history(&app, &operator).await;
    app.settle().await;
    let mut reader = PgConnection::connect_with(&app.options).await.unwrap();
    let mut reading = reader.begin().await.unwrap();
    reading.execute("select * from read.ticket").await.unwrap();
    let rebuilding = {
        let projections = app.app.projections.clone();
        tokio::spawn(async move { projections.rebuild("ticket_inbox", |_| {}).await })
    };
    let waiting = async || states(&app.app.projections, "ticket_inbox").await.len() < 2;
    while waiting().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // While it waits for the reader, others come and go, each within the time that readers may be held up at once.
    for _ in 0..100 {
        total(&app, &operator).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(!rebuilding.is_finished());
    reading.rollback().await.unwrap();
    rebuilding.await.unwrap().unwrap();
}

/// The ticket inbox as a later release may have it.
struct Later(i32);

#[async_trait]
impl Projection for Later {
    fn name(&self) -> &'static str {
        TicketInbox.name()
    }
    fn version(&self) -> i32 {
        self.0
    }
    fn ddl(&self) -> &'static str {
        TicketInbox.ddl()
    }
    fn tables(&self) -> &'static [&'static str] {
        TicketInbox.tables()
    }
    fn reads(&self) -> &'static [&'static str] {
        TicketInbox.reads()
    }
    fn searched(&self) -> &'static [Searched] {
        TicketInbox.searched()
    }
    fn build(&self) -> Build {
        Build::InOrder
    }
    async fn project(
        &self,
        tables: &mut Tables<'_>,
        happenings: &[Happening<'_>],
    ) -> Result<(), ProjectionError> {
        TicketInbox.project(tables, happenings).await
    }
}

#[tokio::test]
async fn a_generation_of_another_version_is_kept_and_only_its_own_code_goes_back_to_it() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    history(&app, &operator).await;
    app.settle().await;
    let later = |version| {
        let all: Vec<Arc<dyn Projection>> = vec![Arc::new(Later(version))];
        Projections::of(app.app.database.clone(), app.app.feed.clone(), all)
    };
    let version = TicketInbox.version();
    let (first, second) = (later(version), later(version + 1));
    let before = first.checksum("ticket_inbox").await.unwrap();
    second.prepare_all().await.unwrap();
    // Built in order, by upserts, the rows are the same.
    assert_eq!(second.checksum("ticket_inbox").await.unwrap(), before);
    assert_eq!(total(&app, &operator).await.unwrap(), 12);
    let foreign = second.rollback("ticket_inbox", |_| {}).await.unwrap_err().to_string();
    for known in [format!("built by version {version}"), format!("has version {}", version + 1)] {
        assert!(foreign.contains(&known), "{foreign}");
    }
    let behind = first.prepare_all().await.unwrap_err().to_string();
    assert!(behind.contains("upgrade this process"), "{behind}");
    first.rollback("ticket_inbox", |_| {}).await.unwrap();
    assert_eq!(first.checksum("ticket_inbox").await.unwrap(), before);
}

#[tokio::test]
async fn a_read_model_that_was_never_built_says_how_far_it_is() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    ticket_type(&app, &operator).await;
    app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap();
    app.settle().await;
    let member = app.member(&operator, "ann", escalon_domain::access::Permission::ALL).await;
    let mut owner = PgConnection::connect_with(&app.options).await.unwrap();
    owner
        .execute("drop schema read_ticket_inbox_1 cascade; delete from escalon.projections where name = 'ticket_inbox'")
        .await
        .unwrap();
    // Nothing is there at all: as after an upgrade that brings a new projection, before it is announced.
    assert!(matches!(total(&app, &operator).await, Err(ReadError::Outdated)));
    app.app.projections.announce_all().await.unwrap();
    let building = total(&app, &operator).await.unwrap_err();
    assert_eq!(building.to_string(), "the read model ticket_inbox is being built, 0 % done; try again later");
    // Others answer, commands go on, and the API says that it can be had later.
    assert_eq!(app.app.reads.dashboard(&Scope::of(&operator), None, None).await.unwrap().tickets, 1);
    app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap();
    let token = app
        .engine()
        .token_for(&operator, member.member().unwrap(), chrono::Duration::hours(1))
        .await
        .unwrap();
    let api = app.serve().await;
    let (_, answer) = api.with_token(&token).ask("{ tickets(first: 1) { totalCount } }", json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{answer}");
    api.stop().await;

    // An engine that starts builds it while everybody works, and then follows.
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let runner = Runner::start(app.app.projections.clone(), "test", stopped);
    let begin = std::time::Instant::now();
    while total(&app, &operator).await.is_err() {
        assert!(begin.elapsed() < Duration::from_secs(20), "it is not built");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap();
    app.settle().await;
    assert_eq!(total(&app, &operator).await.unwrap(), 3);
    stop.send(true).unwrap();
    runner.ended().await;
}

#[tokio::test]
async fn a_checkpoint_that_moves_while_it_is_waited_for_is_read_as_it_then_stands() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    history(&app, &operator).await;
    app.settle().await;
    let engine = &app.app.database.engine;
    let (before, _) = app.app.projections.checksum("ticket_inbox").await.unwrap();

    let mut projecting = engine.begin().await.unwrap();
    let moves =
        "update escalon.subscriptions set position = position + 1 where name = 'projection.ticket_inbox'";
    projecting.execute(moves).await.unwrap();
    let projections = app.app.projections.clone();
    let reading = tokio::spawn(async move { projections.checksum("ticket_inbox").await.unwrap().0 });
    let waits = "select count(*) from pg_locks l join pg_stat_activity a using (pid)
        where not l.granted and a.datname = current_database()";
    while sqlx::query_scalar::<_, i64>(waits).fetch_one(engine).await.unwrap() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap();
    let numbered = "select position from escalon.sequencer";
    while sqlx::query_scalar::<_, i64>(numbered).fetch_one(engine).await.unwrap() <= before {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    projecting.commit().await.unwrap();
    assert_eq!(reading.await.unwrap(), before + 1);
}
