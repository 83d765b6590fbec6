//! Databases with a past of some size, made once for all works that need one.

use std::{ops::Range, sync::Arc, time::Duration};

use sqlx::Executor;
use tokio::sync::watch;

use crate::{
    Result,
    bench::Bench,
    child,
    history::Past,
    ours::{self, Desk, WriteSide},
};

/// How long the sequencer may take for the whole past.
const NUMBERING: Duration = Duration::from_secs(3_600);

/// A database with so many tickets of ten events each in the organization `bench`, and their inbox.
pub(super) async fn filled(bench: &Bench, tickets: u64) -> Result<String> {
    let database = format!("history_{tickets}");
    if bench.cluster.is_filled(&database).await? {
        return Ok(database);
    }
    println!("  writing the history of {tickets} tickets");
    let options = bench.cluster.create(&database).await?;
    // The first rows of all read models: the organization, its ticket type, its members.
    let app = ours::at_work(&options).await?;
    let desk = Desk::of(app.engine.clone(), "bench").await?;
    let members = Past::of(&desk, Arc::new(WriteSide::over(&options).await?.store)).await?.members;
    app.catch_up(Duration::from_secs(60)).await?;
    app.close().await;
    more(bench, &database, &[("bench", 0..tickets)], Some(members)).await?;
    bench.cluster.mark_filled(&database).await?;
    Ok(database)
}

/// Writes the tickets of these numbers into each of these organizations, and brings the inbox up to date.
pub(super) async fn more(
    bench: &Bench,
    database: &str,
    organizations: &[(&str, Range<u64>)],
    members: Option<Vec<escalon_domain::member::MemberId>>,
) -> Result<()> {
    let side = WriteSide::over(&bench.cluster.options(database)).await?;
    let (stop, stopped) = watch::channel(false);
    let numbering = tokio::spawn(side.sequencer.run(stopped));
    for (organization, tickets) in organizations {
        let desk = Desk::of(side.engine.clone(), organization).await?;
        let past = match &members {
            Some(members) => Past::with(&desk, Arc::new(side.store.clone()), members.clone()).await?,
            None => Past::of(&desk, Arc::new(side.store.clone())).await?,
        };
        past.write(tickets.clone()).await?;
    }
    if let Some(last) = side.feed.last_insertion().await? {
        side.feed
            .position_of(last, NUMBERING)
            .await?
            .ok_or("the sequencer did not number the history in time")?;
    }
    stop.send_replace(true);
    numbering.await?;
    // Otherwise the notary would catch up with years at once while something is measured.
    ours::prove(&side.database, &side.feed).await?;
    side.database.close().await;

    // The read models that nobody asks here count as up to date; the inbox is then built from everything.
    let mut connection = bench.cluster.connect(database).await?;
    connection
        .execute(
            "update escalon.subscriptions set position = (select max(position) from escalon.event_positions)",
        )
        .await?;
    child::rebuild(&bench.cluster, database).await?;
    // The same goes for what PostgreSQL does after so many new rows, some time later.
    connection.execute("vacuum (analyze)").await?;
    Ok(())
}
