//! Read models: the same after a rebuild, right beside a second engine, and following what happens.

use std::collections::BTreeSet;

use escalon_application::{Caller, Once};
use escalon_domain::ticket::TicketCommand;
use escalon_projections::{Page, Scope, TicketFilter, TicketOrder};
use escalon_tests::TestApp;
use futures::future::join_all;

use super::store::{opening, ticket_type};

/// A good deal of history: tickets that are tagged, commented, waited for, resolved and closed.
pub(crate) async fn history(app: &TestApp, operator: &Caller) {
    ticket_type(app, operator).await;
    let once = Once::default();
    let tickets = join_all((0..12).map(|_| app.engine().open_ticket(operator, opening(), &once))).await;
    for (number, ticket) in tickets.into_iter().enumerate() {
        let id = ticket.unwrap().id;
        let commands = [
            TicketCommand::Tag { tags: BTreeSet::from(["hot".parse().unwrap()]) },
            TicketCommand::Comment { comment: app.engine().new_id(), body: "We look into it.".to_owned() },
            TicketCommand::Wait { reason: "customer".parse().unwrap() },
            TicketCommand::Resume,
            TicketCommand::ProposeResolution { remarks: "Done.".to_owned() },
            TicketCommand::AcceptResolution,
            TicketCommand::Reopen { reason: "Not quite.".to_owned() },
            TicketCommand::Close { reason: Some("Given up.".to_owned()) },
        ];
        for command in commands.into_iter().take(number) {
            app.clock.advance(chrono::Duration::minutes(7));
            app.engine().change_ticket(operator, id, command, &once).await.unwrap();
        }
    }
}

#[tokio::test]
async fn every_read_model_is_the_same_after_a_rebuild() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    app.member(&operator, "carol", &[]).await;
    history(&app, &operator).await;
    app.settle().await;
    // A ticket that waits is paused for longer at each look, so that figure is left out.
    let shown = async || {
        let dashboard = app.app.reads.dashboard(&Scope::of(&operator), None, None).await.unwrap();
        escalon_projections::Dashboard { paused_seconds: Default::default(), ..dashboard }
    };
    let before = shown().await;
    for name in app.app.projections.names() {
        let report = app.app.projections.rebuild(name, |_| {}).await.unwrap();
        assert!(report.comparison.is_some_and(|compared| compared.is_equal()), "{name}");
        assert!(report.position > 50, "{name}: {}", report.position);
    }
    let after = shown().await;
    assert_eq!(format!("{before:?}"), format!("{after:?}"));
    assert_eq!((after.tickets, after.reopenings), (12, 5));
}

#[tokio::test]
async fn a_rebuild_beside_a_busy_engine_loses_nothing_and_fails_nobody() {
    let app = TestApp::new().await;
    let beside = app.beside().await;
    let operator = app.organization("acme").await;
    history(&app, &operator).await;
    let once = Once::default();
    let scope = Scope::of(&operator);
    let writing = async {
        for _ in 0..60 {
            app.engine().open_ticket(&operator, opening(), &once).await.unwrap();
            let page = Page::first(5);
            app.app
                .reads
                .tickets(&scope, TicketFilter::default(), TicketOrder::default(), page)
                .await
                .unwrap();
        }
    };
    let rebuilding = async {
        for _ in 0..3 {
            let report = beside.app.projections.rebuild("ticket_inbox", |_| {}).await.unwrap();
            assert!(report.comparison.is_some_and(|compared| compared.is_equal()));
        }
    };
    futures::future::join(writing, rebuilding).await;
    app.settle().await;
    let page = app
        .app
        .reads
        .tickets(&scope, TicketFilter::default(), TicketOrder::default(), Page::first(100))
        .await
        .unwrap();
    assert_eq!((page.items.len(), page.total), (72, Some(72)));
}
