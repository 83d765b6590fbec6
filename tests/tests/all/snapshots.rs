//! Long streams: a snapshot saves the folding and changes nothing.

use std::{collections::BTreeSet, time::Duration};

use escalon_application::{Once, engine::Moment};
use escalon_domain::{aggregate::SCHEMA, ticket::TicketCommand};
use escalon_tests::TestApp;

use super::store::{opening, ticket_type};

/// The version and schema of the only snapshot, once there is one at this version or a later one.
async fn snapshot(app: &TestApp, version: i64) -> (i64, String) {
    for _ in 0..400 {
        let kept: Option<(i64, String)> =
            sqlx::query_as("select version, schema from escalon.snapshots where aggregate_type = 'ticket'")
                .fetch_optional(&app.app.database.engine)
                .await
                .unwrap();
        if let Some(kept) = kept.filter(|kept| kept.0 >= version) {
            return kept;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no snapshot at version {version} was kept");
}

#[tokio::test]
async fn a_long_stream_reads_the_same_from_its_snapshot() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    ticket_type(&app, &operator).await;
    let once = Once::default();
    let ticket = app.engine().open_ticket(&operator, opening(), &once).await.unwrap().id;
    for number in 0..300 {
        let comment =
            TicketCommand::Comment { comment: app.engine().new_id(), body: format!("word {number}") };
        app.engine().change_ticket(&operator, ticket, comment, &once).await.unwrap();
    }
    assert_eq!(snapshot(&app, 256).await, (256, SCHEMA.to_owned()));

    let warm = app.engine().ticket(&operator, ticket, Moment::Now).await.unwrap();
    let beside = app.beside().await;
    let cold = beside.engine().ticket(&operator, ticket, Moment::Now).await.unwrap();
    assert_eq!((cold.version, &cold.state), (301, &warm.state));
    let tag = TicketCommand::Tag { tags: BTreeSet::from(["late".parse().unwrap()]) };
    let tagged = beside.engine().change_ticket(&operator, ticket, tag, &once).await.unwrap();
    assert_eq!(tagged.version, 302, "the chain goes on from the snapshot");
}

#[tokio::test]
async fn a_snapshot_of_other_code_or_without_meaning_is_passed_over_and_replaced() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    ticket_type(&app, &operator).await;
    let once = Once::default();
    let ticket = app.engine().open_ticket(&operator, opening(), &once).await.unwrap().id;
    for number in 0..260 {
        let tags = BTreeSet::from(["again".parse().unwrap()]);
        let tag = if number % 2 == 0 { TicketCommand::Tag { tags } } else { TicketCommand::Untag { tags } };
        app.engine().change_ticket(&operator, ticket, tag, &once).await.unwrap();
    }
    snapshot(&app, 256).await;
    let right = app.engine().ticket(&operator, ticket, Moment::Now).await.unwrap();
    for spoiled in ["set schema = 'older', state = '{}'", "set state = 'no state'"] {
        sqlx::query(&format!("update escalon.snapshots {spoiled}"))
            .execute(&app.app.database.engine)
            .await
            .unwrap();
        let beside = app.beside().await;
        let read = beside.engine().ticket(&operator, ticket, Moment::Now).await.unwrap();
        assert_eq!((read.version, &read.state), (261, &right.state), "{spoiled}");
    }
    assert_eq!(snapshot(&app, 257).await, (261, SCHEMA.to_owned()), "replaced");
}
