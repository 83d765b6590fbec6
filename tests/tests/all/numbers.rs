//! Ticket numbers, drawn from a store of any size.

use std::time::Duration;

use escalon_application::ports::Numbers;
use escalon_infrastructure::{database::Database, numbers::PgNumbers};
use escalon_tests::TestApp;
use sqlx::{Connection, Executor, PgConnection};
use tokio::time::sleep;
use uuid::Uuid;

#[tokio::test]
async fn a_number_is_drawn_without_reading_the_events() {
    let options = TestApp::database().await;
    let numbers = PgNumbers::new(&Database::new(&options, 2));
    let organization = "organization_01kb8e5nvmf3x8n9qk4m2k5n7z".parse().unwrap();
    let draw = async |command| {
        let day = "2026-01-05".parse().unwrap();
        numbers.next(organization, "INC", day, Some(Uuid::from_u128(command))).await.unwrap().unwrap()
    };
    for command in 1..=20 {
        draw(command).await;
    }
    let mut owner = PgConnection::connect_with(&options).await.unwrap();
    let history = "insert into escalon.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
            metadata, organization, occurred_at, hash, command)
        select 'probe', 'probe_' || n, 1, 'probe.made', '1', '{}', '{}', 'x', now(), '', gen_random_uuid()
        from generate_series(1, 5000) n";
    owner.execute(history).await.unwrap();
    for command in 21..=40 {
        draw(command).await;
    }
    // What was read is counted for all to see a second later, at the end of the next transaction.
    sleep(Duration::from_millis(1_100)).await;
    assert_eq!(draw(41).await, 41);
    sleep(Duration::from_millis(200)).await;
    let read =
        "select seq_tup_read from pg_stat_user_tables where schemaname = 'escalon' and relname = 'events'";
    let read: i64 = sqlx::query_scalar(read).fetch_one(&mut owner).await.unwrap();
    assert!(read < 5_000, "{read} rows were read one after another");
}
