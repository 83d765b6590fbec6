//! How far each projection is.

use std::time::Duration;

use escalon_application::ports::StoreError;
use escalon_domain::stamp::Timestamp;
use escalon_infrastructure::{
    database::Database,
    feed::Feed,
    store_error,
    subscription::{SubscriptionStatus, status as subscriptions},
};
use serde::Serialize;
use sqlx::FromRow;

use crate::projection::{catalogue, subscription};

/// How far a projection is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProjectionStatus {
    /// Its name.
    pub name: &'static str,
    /// The generation that is live; none before the first is built.
    pub generation: Option<i32>,
    /// The version of its definition that is live.
    pub version: Option<i32>,
    /// The position up to which it has taken events.
    pub position: i64,
    /// The last position there is.
    pub head: i64,
    /// How many events it is behind.
    pub behind: i64,
    /// For how long the oldest event that it has not taken has been there, in seconds.
    pub seconds_behind: f64,
    /// How many sequences it could not get past.
    pub parked: i64,
    /// Why it stands still, if it does.
    pub error: Option<String>,
    /// When it last moved.
    pub updated_at: Option<Timestamp>,
    /// How much of its first generation, or of the first of a new version, is loaded, in percent, while that is on its way.
    pub building: Option<i32>,
    /// Its subscription, with whoever works for it; none before it begins.
    pub subscription: Option<SubscriptionStatus>,
}

#[derive(FromRow)]
struct Live {
    name: String,
    generation: Option<i32>,
    version: Option<i32>,
    building: Option<i32>,
}

/// How far each projection is, in the order of the catalogue.
pub(crate) async fn read(database: &Database, feed: &Feed) -> Result<Vec<ProjectionStatus>, StoreError> {
    let names: Vec<&'static str> = catalogue().iter().map(|projection| projection.name()).collect();
    let live: Vec<Live> = sqlx::query_as(
        "select n.name, p.generation, p.version,
            (select least(99, 100 * coalesce(sum(h.events), 0) / greatest(max(b.events), 1))::integer
                from escalon.projections b left join escalon.projection_shards h using (name, generation)
                where b.name = n.name and b.state <> 'built' and b.version is distinct from p.version group by b.generation order by b.generation desc limit 1)
                as building
         from unnest($1::text[]) as n (name)
         left join escalon.projections p on p.name = n.name and p.live",
    )
    .bind(&names)
    .fetch_all(&database.engine)
    .await
    .map_err(store_error("reading the progress of projections"))?;
    let mut all = subscriptions(database).await?;
    let newest = head(database).await?.max(feed.head());
    let status = |name: &'static str| {
        let live = live.iter().find(|live| live.name == name);
        let called = subscription(name);
        let place = all.iter().position(|one| one.name == called);
        let subscription = place.map(|place| all.swap_remove(place));
        let of = subscription.as_ref();
        let position = of.map_or(0, |of| of.position);
        ProjectionStatus {
            name,
            generation: live.and_then(|live| live.generation),
            version: live.and_then(|live| live.version),
            position,
            head: newest,
            behind: (newest - position).max(0),
            seconds_behind: of.map_or(0.0, |of| of.seconds_behind),
            parked: of.map_or(0, |of| of.parked),
            error: of.and_then(|of| of.error.clone()),
            updated_at: of.map(|of| of.updated_at),
            building: live.and_then(|live| live.building),
            subscription,
        }
    };
    Ok(names.iter().copied().map(status).collect())
}

/// The position of the last event that is stored now, waiting for the sequencer to number it; none when that takes longer
/// than `patience`.
pub(crate) async fn present(
    database: &Database,
    feed: &Feed,
    patience: Duration,
) -> Result<Option<i64>, StoreError> {
    let stored: Option<i64> = sqlx::query_scalar("select max(insertion) from escalon.events")
        .fetch_one(&database.engine)
        .await
        .map_err(store_error("looking for the last event"))?;
    match stored {
        Some(insertion) => feed.position_of(insertion, patience).await,
        None => Ok(Some(0)),
    }
}

/// The last position in the database, whoever numbered it.
pub(crate) async fn head(database: &Database) -> Result<i64, StoreError> {
    sqlx::query_scalar("select coalesce(max(position), 0) from escalon.event_positions")
        .fetch_one(&database.engine)
        .await
        .map_err(store_error("reading the last position"))
}
