//! The database's write-ahead log, which holds what was written until a checkpoint lets its segments go.

use std::time::Duration;

use sqlx::{Executor, PgConnection};

use super::scrub::code;

/// What a role may not do, in SQL's words.
const NOT_PERMITTED: &str = "42501";

/// Waits until no other transaction of this database is left that began before now; says whether that came true in time.
pub(super) async fn quiet(connection: &mut PgConnection, patience: Duration) -> Result<bool, sqlx::Error> {
    let now: String =
        sqlx::query_scalar("select pg_current_xact_id()::xid::text").fetch_one(&mut *connection).await?;
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        let older: bool = sqlx::query_scalar(
            "select exists (select 1 from pg_stat_activity where datname = current_database()
                and pid <> pg_backend_pid() and age(backend_xmin) > age($1::text::xid))",
        )
        .bind(&now)
        .fetch_one(&mut *connection)
        .await?;
        if !older || tokio::time::Instant::now() > deadline {
            return Ok(!older);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Ends the present segment and makes a checkpoint, after which the segments before it are removed. Tells what is left to
/// others.
pub(super) async fn cleared(connection: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    let mut notes = Vec::new();
    for statement in ["select pg_switch_wal()", "checkpoint"] {
        match connection.execute(statement).await {
            Err(error) if code(&error).as_deref() == Some(NOT_PERMITTED) => {
                let message = "the log holds it until the database's administrator makes a checkpoint";
                if notes.is_empty() {
                    notes.push(message.to_owned());
                }
            }
            done => _ = done?,
        }
    }
    let setting = "select current_setting('wal_recycle') = 'on', current_setting('archive_mode') <> 'off',
        exists (select 1 from pg_replication_slots)";
    let (recycles, archives, slots): (bool, bool, bool) =
        sqlx::query_as(setting).fetch_one(connection).await?;
    let told = [
        (
            recycles,
            "segments of the log are used again as they are (wal_recycle = on), and hold it until they are overwritten",
        ),
        (archives, "archived segments of the log hold it as long as they are kept"),
        (slots, "segments of the log that a replication slot waits for hold it as long as they are kept"),
    ];
    notes.extend(told.into_iter().filter(|(holds, _)| *holds).map(|(_, note)| note.to_owned()));
    Ok(notes)
}
