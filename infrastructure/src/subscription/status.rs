//! Lag: how far each subscription is behind, who works for it, and what stands in its way.

use escalon_application::ports::StoreError;
use escalon_domain::stamp::Timestamp;
use serde::Serialize;
use sqlx::FromRow;

use crate::{database::Database, error::store_error};

/// How far a subscription is.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
pub struct SubscriptionStatus {
    /// Its name.
    pub name: String,
    /// The position up to which it has taken events.
    pub position: i64,
    /// The last position there is.
    pub head: i64,
    /// How many events it is behind.
    pub behind: i64,
    /// For how long the oldest event that it has not taken has been there, in seconds.
    pub seconds_behind: f64,
    /// The process that works for it; none when nobody does.
    pub owner: Option<String>,
    /// When a process last said that it works for it.
    pub heartbeat_at: Option<Timestamp>,
    /// How many events a second it took of late.
    pub rate: f64,
    /// How long it needs for what is left at that rate, in seconds; none when it stands still.
    pub seconds_to_go: Option<f64>,
    /// How many sequences are parked.
    pub parked: i64,
    /// What stands in its way, if something does.
    pub error: Option<String>,
    /// When it last moved.
    pub updated_at: Timestamp,
}

/// How far each subscription is, by name.
///
/// # Errors
/// The database cannot be reached.
pub async fn status(database: &Database) -> Result<Vec<SubscriptionStatus>, StoreError> {
    sqlx::query_as(
        "select s.name, s.position, h.head, s.error, s.updated_at, b.behind,
            greatest(coalesce(extract(epoch from clock_timestamp() - next.recorded_at), 0), 0)::float8 as seconds_behind,
            case when l.until > clock_timestamp() then l.owner end as owner, l.heartbeat_at,
            coalesce(l.rate, 0) as rate,
            case when b.behind = 0 then 0 when s.error is null and l.rate > 0.01 then b.behind / l.rate end as seconds_to_go,
            (select count(*) from escalon.parked_sequences p where p.subscription = s.name) as parked
         from escalon.subscriptions s
         cross join (select coalesce(max(position), 0) as head from escalon.event_positions) h
         cross join lateral (select greatest(h.head - s.position, 0) as behind) b
         left join escalon.leases l on l.subscription = s.name
         left join escalon.event_positions i on i.position = s.position + 1
         left join escalon.events next on next.insertion = i.insertion
         order by s.name",
    )
    .fetch_all(&database.engine)
    .await
    .map_err(store_error("reading the lag of subscriptions"))
}
