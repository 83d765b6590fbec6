//! Switching, going back, and dropping, while everybody reads.
//!
//! Replacing a view waits for every transaction that reads it, and whoever comes after the one who waits, waits, too. So
//! nobody waits longer than [`PATIENCE_AT_ONCE`]: then the readers have their turn, and it is tried again.

use std::time::Duration;

use escalon_application::ports::StoreError;
use sqlx::{Executor, PgConnection};
use tokio::time::{Instant, sleep};

use super::{
    Progress, Projections, Stage, Switched,
    catalogue::{self, Generation, State, failed},
    follow::follow_in_tx,
    schema,
};
use crate::{analytics, error::ProjectionError, projection::Projection, read::head};

const OPERATION: &str = "switching a read model";
/// For how long readers may be held up at once.
const PATIENCE_AT_ONCE: &str = "set local lock_timeout = '50ms'";
/// How long readers then have.
const PAUSE: Duration = Duration::from_millis(150);
/// For how long it is tried.
const PATIENCE: Duration = Duration::from_secs(60);
/// What PostgreSQL says when it waited for a lock in vain.
const LOCKED: &str = "55P03";

impl Projections {
    /// Takes the last events and switches, while the live projector waits.
    pub(super) async fn switch_to(
        &self,
        projection: &dyn Projection,
        generation: &Generation,
    ) -> Result<Generation, ProjectionError> {
        let patience = Patience::new(projection.name());
        loop {
            let mut tx = self.database.engine.begin().await.map_err(failed(OPERATION))?;
            match self.switch_in_tx(&mut tx, projection, generation.clone()).await {
                Ok(live) => {
                    tx.commit().await.map_err(failed(OPERATION))?;
                    return Ok(live);
                }
                Err(error) => {
                    tx.rollback().await.map_err(failed(OPERATION))?;
                    patience.after(error).await?;
                }
            }
        }
    }

    async fn switch_in_tx(
        &self,
        tx: &mut PgConnection,
        projection: &dyn Projection,
        mut generation: Generation,
    ) -> Result<Generation, ProjectionError> {
        let name = projection.name();
        let checkpoint = catalogue::checkpoint(tx, name).await?;
        let live = catalogue::live(tx, name).await?;
        let comparable = live.as_ref().is_some_and(|live| live.version == generation.version);
        let goal = if comparable { checkpoint } else { head(&self.database).await?.max(checkpoint) };
        follow_in_tx(tx, &self.feed, projection, &mut generation, goal).await?;
        tx.execute(PATIENCE_AT_ONCE).await.map_err(failed(OPERATION))?;
        generation.state = State::Built;
        schema::show(tx, &generation, projection).await?;
        if let Some(live) = live {
            schema::hide(tx, &live).await?;
        }
        let position = generation.position.max(checkpoint);
        catalogue::go_live(tx, name, generation.generation, checkpoint, position).await?;
        analytics::refresh_in_tx(tx).await?;
        Ok(generation)
    }

    /// Drops a generation's tables, and forgets it.
    pub(super) async fn remove(
        &self,
        name: &'static str,
        generation: &Generation,
    ) -> Result<(), ProjectionError> {
        let patience = Patience::new(name);
        loop {
            let mut tx = self.database.engine.begin().await.map_err(failed(OPERATION))?;
            tx.execute(PATIENCE_AT_ONCE).await.map_err(failed(OPERATION))?;
            match schema::remove(&mut tx, &generation.schema).await {
                Ok(()) => {
                    catalogue::remove(&mut tx, name, generation.generation).await?;
                    return tx.commit().await.map_err(failed(OPERATION));
                }
                Err(error) => {
                    tx.rollback().await.map_err(failed(OPERATION))?;
                    patience.after(error).await?;
                }
            }
        }
    }

    /// Makes a generation that is kept the live one, after taking what happened since.
    pub(super) async fn switch_kept(
        &self,
        projection: &dyn Projection,
        mut generation: Generation,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Switched, ProjectionError> {
        let (name, known) = (projection.name(), projection.version());
        if generation.version != known {
            let (generation, version) = (generation.generation, generation.version);
            return Err(ProjectionError::Foreign { name, generation, version, known });
        }
        if generation.state != State::Built {
            return Err(ProjectionError::Unfinished { name, generation: generation.generation });
        }
        let before = generation.position;
        loop {
            let mut connection = self.database.engine.acquire().await.map_err(failed(OPERATION))?;
            let goal = catalogue::live_position(&mut connection, name).await?;
            drop(connection);
            let (events, of) = (generation.position - before, goal - before);
            progress(Progress { stage: Stage::Following, events, of: of.max(events) });
            if !self.follow(projection, &mut generation, goal).await? {
                break;
            }
        }
        let live = self.switch_to(projection, &generation).await?;
        Ok(Switched {
            name,
            generation: live.generation,
            position: live.position,
            taken: live.position - before,
        })
    }
}

/// How long to try again while readers are in the way.
struct Patience {
    name: &'static str,
    start: Instant,
}

impl Patience {
    fn new(name: &'static str) -> Self {
        Self { name, start: Instant::now() }
    }

    /// Lets the readers have their turn, if it was they who were in the way.
    async fn after(&self, error: ProjectionError) -> Result<(), ProjectionError> {
        if !is_locked(&error) {
            return Err(error);
        }
        if self.start.elapsed() > PATIENCE {
            return Err(ProjectionError::Held { name: self.name, seconds: PATIENCE.as_secs() });
        }
        sleep(PAUSE).await;
        Ok(())
    }
}

fn is_locked(error: &ProjectionError) -> bool {
    let ProjectionError::Store(StoreError::Broken { source, .. }) = error else { return false };
    source.downcast_ref().and_then(schema::code).as_deref() == Some(LOCKED)
}
