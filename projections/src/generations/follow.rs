//! Bringing a generation up to date, event by event as the live projector does.

use escalon_application::ports::StoreError;
use escalon_infrastructure::{feed::Feed, subscription::skipped};
use sqlx::PgConnection;

use super::{
    Projections,
    catalogue::{self, Generation, failed},
};
use crate::{
    error::ProjectionError,
    forgetting,
    happening::Happening,
    projection::{Projection, subscription},
    tables::Tables,
};

const OPERATION: &str = "bringing a read model up to date";
/// How many events are taken at once.
const BATCH: i64 = 5_000;
/// How near is near enough: the rest is taken while the live projector waits.
const NEAR: i64 = 1_000;

impl Projections {
    /// Takes a batch, unless the generation is near the goal; says whether it took one.
    pub(super) async fn follow(
        &self,
        projection: &dyn Projection,
        generation: &mut Generation,
        goal: i64,
    ) -> Result<bool, ProjectionError> {
        if goal - generation.position <= NEAR {
            return Ok(false);
        }
        self.follow_to(projection, generation, goal.min(generation.position + BATCH)).await?;
        Ok(true)
    }

    /// Takes everything up to the goal.
    pub(super) async fn follow_to(
        &self,
        projection: &dyn Projection,
        generation: &mut Generation,
        goal: i64,
    ) -> Result<(), ProjectionError> {
        let mut tx = self.database.engine.begin().await.map_err(failed(OPERATION))?;
        follow_in_tx(&mut tx, &self.feed, projection, generation, goal).await?;
        tx.commit().await.map_err(failed(OPERATION))
    }
}

/// Takes everything up to the goal, in the transaction: positions are dense.
pub(super) async fn follow_in_tx(
    tx: &mut PgConnection,
    feed: &Feed,
    projection: &dyn Projection,
    generation: &mut Generation,
    goal: i64,
) -> Result<(), ProjectionError> {
    if generation.position >= goal {
        return Ok(());
    }
    // A process that was killed may have taken a last batch that this one does not know of.
    let held = "select position from escalon.projections where name = $1 and generation = $2 for update";
    let mut position: i64 = sqlx::query_scalar(held)
        .bind(projection.name())
        .bind(generation.generation)
        .fetch_one(&mut *tx)
        .await
        .map_err(failed(OPERATION))?;
    let skipped = skipped(&mut *tx, &subscription(projection.name())).await?;
    while position < goal {
        let mut events = feed.read(&mut *tx, position, BATCH.min(goal - position)).await?;
        let Some(last) = events.last() else {
            let missing = format!("there is no event after position {position} although {goal} was reached");
            return Err(StoreError::broken("reading the feed", missing).into());
        };
        position = last.position;
        events.retain(|event| !skipped.has(&event.event.stream.id, event.event.sequence.cast_signed()));
        let reads = projection.reads();
        let happenings = Happening::parse_all(&events, reads)?;
        projection.project(&mut Tables::new(&mut *tx, &generation.schema), &happenings).await?;
        // What was loaded before was read while they were still known, perhaps.
        forgetting::erase(&mut *tx, feed, projection, &generation.schema, &happenings).await?;
    }
    let state = generation.state;
    catalogue::stand(tx, projection.name(), generation, state, position).await
}
