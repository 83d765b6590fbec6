//! Whole organizations as they stood at a moment, asked like the live ones.

use std::time::{Duration, Instant};

use escalon_application::{Caller, Once};
use escalon_domain::ticket::TicketCommand;
use escalon_projections::{
    AuditFilter, Dashboard, Page, ProjectionError, ReadError, ReadModels, Scope, TicketFilter, TicketOrder,
    Until,
};
use escalon_tests::TestApp;

use super::{
    projections::history,
    rebuild::child,
    store::{opening, ticket_type},
};

/// What can be seen: the dashboard, the tickets and the audit log.
async fn seen(reads: &ReadModels, operator: &Caller) -> (Dashboard, Vec<String>, usize) {
    let scope = Scope::of(operator);
    let dashboard = reads.dashboard(&scope, None, None).await.unwrap();
    let filter = TicketFilter { text: Some("fire".to_owned()), ..TicketFilter::default() };
    let tickets = reads.tickets(&scope, filter, TicketOrder::default(), Page::first(1_000)).await.unwrap();
    let tickets = tickets.items.into_iter().map(|(_, ticket)| format!("{ticket:?}")).collect();
    let audit = reads.audit(&scope, AuditFilter::default(), Page::first(1_000)).await.unwrap();
    // A ticket that waits is paused for longer at each look.
    (Dashboard { paused_seconds: 0.0, ..dashboard }, tickets, audit.items.len())
}

#[tokio::test]
async fn a_replay_at_a_position_shows_what_the_live_read_models_showed_there() {
    let app = TestApp::new().await;
    let (operator, other) = (app.organization("acme").await, app.organization("other").await);
    history(&app, &operator).await;
    history(&app, &other).await;
    app.settle().await;
    let position = app.app.feed.head();
    let before = seen(&app.app.reads, &operator).await;
    let once = Once::default();
    for _ in 0..4 {
        let ticket = app.engine().open_ticket(&operator, opening(), &once).await.unwrap().id;
        let close = TicketCommand::Close { reason: Some("Too late.".to_owned()) };
        app.engine().change_ticket(&operator, ticket, close, &once).await.unwrap();
    }
    app.settle().await;
    assert_ne!(seen(&app.app.reads, &operator).await, before);

    let until = Until::Position(position);
    let replay = app.app.projections.replay(operator.organization, until, |_| {}).await.unwrap();
    let replayed = app.app.reads.replayed(replay.id).await.unwrap();
    assert_eq!(seen(&replayed, &operator).await, before);
    // The other organization is not in it, nor is it anybody's but its own.
    assert_eq!(seen(&replayed, &other).await.0.tickets, 0);
    let foreign = format!("select count(*) from {}.audit where organization <> $1", replay.schema);
    let foreign: i64 = sqlx::query_scalar(&foreign)
        .bind(operator.organization.to_string())
        .fetch_one(&app.app.database.engine)
        .await
        .unwrap();
    assert_eq!(foreign, 0);
    // The live ones are as they were, on the same connections.
    assert_eq!(seen(&app.app.reads, &operator).await.0.tickets, 16);

    let listed = app.app.projections.replays().await.unwrap();
    assert_eq!((listed.len(), &listed[0]), (1, &replay));
    app.app.projections.drop_replay(replay.id).await.unwrap();
    assert!(matches!(app.app.reads.replayed(replay.id).await, Err(ReadError::NoReplay { .. })));
    let gone = app.app.projections.drop_replay(replay.id).await.unwrap_err();
    assert!(gone.to_string().contains("escalon audit replay list"), "{gone}");
}

#[tokio::test]
async fn a_replay_at_a_time_has_what_had_happened_by_then_and_waits_no_longer() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    ticket_type(&app, &operator).await;
    let once = Once::default();
    let ticket = app.engine().open_ticket(&operator, opening(), &once).await.unwrap().id;
    let wait = TicketCommand::Wait { reason: "customer".parse().unwrap() };
    app.engine().change_ticket(&operator, ticket, wait, &once).await.unwrap();
    app.clock.advance(chrono::Duration::minutes(30));
    let time = app.engine().now();
    app.clock.advance(chrono::Duration::minutes(30));
    app.engine().change_ticket(&operator, ticket, TicketCommand::Resume, &once).await.unwrap();
    app.settle().await;

    let replay = app.app.projections.replay(operator.organization, Until::At(time), |_| {}).await.unwrap();
    assert_eq!(replay.moment, time);
    let replayed = app.app.reads.replayed(replay.id).await.unwrap();
    let then = replayed.dashboard(&Scope::of(&operator), None, None).await.unwrap();
    assert_eq!((then.by_status.get("waiting"), then.paused_seconds), (Some(&1), 1_800.0));
    let now = app.app.reads.dashboard(&Scope::of(&operator), None, None).await.unwrap();
    assert_eq!((now.by_status.get("open"), now.paused_seconds), (Some(&1), 3_600.0));
}

#[tokio::test]
async fn a_replay_beyond_the_last_position_is_refused() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    app.settle().await;
    let beyond = Until::Position(app.app.feed.head() + 1);
    let refused = app.app.projections.replay(operator.organization, beyond, |_| {}).await.unwrap_err();
    assert!(matches!(refused, ProjectionError::Beyond { .. }), "{refused}");
    assert_eq!(app.app.projections.replays().await.unwrap(), []);
}

#[tokio::test]
async fn a_replay_that_was_killed_is_told_from_one_that_is_being_made_and_is_begun_anew() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    app.settle().await;
    let projections = &app.app.projections;
    let mut child = child(&app, &operator.organization.to_string());
    let begin = Instant::now();
    let only = async || {
        assert!(begin.elapsed() < Duration::from_secs(30), "it takes too long");
        tokio::time::sleep(Duration::from_millis(20)).await;
        projections.replays().await.unwrap().pop()
    };
    let id = loop {
        match only().await {
            Some(replay) => break replay.id,
            None => assert!(child.try_wait().unwrap().is_none(), "it ended"),
        }
    };
    let made = projections.replays().await.unwrap();
    assert!(made[0].making && !made[0].ready, "{made:?}");
    assert_eq!(projections.drop_cut_off().await.unwrap(), Vec::<i32>::new(), "somebody makes it");
    child.kill().unwrap();
    child.wait().unwrap();
    while only().await.is_some_and(|replay| replay.making) {}
    assert!(matches!(app.app.reads.replayed(id).await, Err(ReadError::NoReplay { .. })));
    assert_eq!(projections.drop_cut_off().await.unwrap(), [id]);
    let schema: Option<String> = sqlx::query_scalar("select to_regnamespace($1)::text")
        .bind(format!("replay_{id}"))
        .fetch_one(&app.app.database.engine)
        .await
        .unwrap();
    assert_eq!(schema, None);
    let until = Until::Position(app.app.feed.head());
    let replay = projections.replay(operator.organization, until, |_| {}).await.unwrap();
    assert!(replay.ready && !replay.making && replay.id != id, "{replay:?}");
    assert_eq!(projections.drop_cut_off().await.unwrap(), Vec::<i32>::new());
}
