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
    /// The process that works for it, or that each does in turn; none when nobody does.
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

const OPERATION: &str = "reading the lag of subscriptions";

/// How far each subscription is, by name, and the notary, which follows the feed as well.
///
/// # Errors
/// The database cannot be reached.
pub async fn status(database: &Database) -> Result<Vec<SubscriptionStatus>, StoreError> {
    let mut all: Vec<SubscriptionStatus> = sqlx::query_as(
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
    .map_err(store_error(OPERATION))?;
    let notary = notary(database).await?;
    let place = all.partition_point(|one| one.name < notary.name);
    all.insert(place, notary);
    Ok(all)
}

/// How far the notary is. Every process works for it, whichever has a moment.
async fn notary(database: &Database) -> Result<SubscriptionStatus, StoreError> {
    sqlx::query_as(
        "select 'notary' as name, n.position, h.head, b.behind, n.updated_at,
            greatest(coalesce(extract(epoch from clock_timestamp() - next.recorded_at), 0), 0)::float8 as seconds_behind,
            'each process in turn' as owner, null::timestamptz as heartbeat_at, 0::float8 as rate,
            case when b.behind = 0 then 0::float8 end as seconds_to_go, 0::bigint as parked,
            case when halted.trees > 0 then halted.trees || ' histories are not signed; escalon doctor says why'
                 when late.checkpoints > 0 then late.checkpoints || ' checkpoints wait for the anchor; the log says why' end as error
         from escalon.notary n
         cross join (select coalesce(max(position), 0) as head from escalon.event_positions) h
         cross join lateral (select greatest(h.head - n.position, 0) as behind) b
         cross join (select count(*) as trees from escalon.notary_trees where halted is not null) halted
         cross join (select count(*) as checkpoints from escalon.notary_checkpoints
            where anchored_at is null and signed_at < now() - interval '1 minute') late
         left join escalon.event_positions i on i.position = n.position + 1
         left join escalon.events next on next.insertion = i.insertion",
    )
    .fetch_one(&database.engine)
    .await
    .map_err(store_error(OPERATION))
}
