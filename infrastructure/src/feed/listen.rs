//! Wake-ups across processes. Whoever numbers events tells the others the new head; one that is lost costs no more than
//! the interval at which everybody looks anyway.

use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::watch;

use crate::database::Database;

/// Where new heads are told.
pub const CHANNEL: &str = "escalon_head";
/// How long to wait before listening again when the database went away.
const PAUSE: Duration = Duration::from_secs(1);

/// Tells all processes the last position. In a transaction of its own, since NOTIFY takes a global lock when its
/// transaction commits, and that one writes nothing and so does not wait for the disk.
pub(crate) async fn tell(database: &Database, head: i64) {
    let told = sqlx::query("select pg_notify($1, $2)").bind(CHANNEL).bind(head.to_string());
    if let Err(error) = told.execute(&database.engine).await {
        tracing::debug!(%error, "other processes were not told of new events; they will look");
    }
}

/// Hears what heads the sequencers of other processes tell, until told to stop.
pub async fn listen(database: Database, heads: watch::Sender<i64>, mut shutdown: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            heard = hear(&database, &heads) => if let Err(error) = heard {
                tracing::debug!(%error, "no wake-ups from other processes for now");
            },
            _ = shutdown.wait_for(|stop| *stop) => return,
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = shutdown.wait_for(|stop| *stop) => return,
        }
    }
}

async fn hear(database: &Database, heads: &watch::Sender<i64>) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(&database.engine).await?;
    listener.listen(CHANNEL).await?;
    loop {
        if let Ok(head) = listener.recv().await?.payload().parse::<i64>() {
            heads.send_if_modified(|known| head > *known && std::mem::replace(known, head) != head);
        }
    }
}
