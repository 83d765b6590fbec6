//! The dashboard.

use std::collections::BTreeMap;

use escalon_domain::{access::Permission, stamp::Timestamp};
use escalon_infrastructure::store_error;
use serde::Serialize;
use sqlx::{FromRow, PgConnection};

use crate::{
    error::ReadError,
    read::{ReadModels, Scope},
};

/// How the service did for the tickets opened in some time.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Dashboard {
    /// How many tickets.
    pub tickets: i64,
    /// How many at each status that occurs.
    pub by_status: BTreeMap<String, i64>,
    /// How many of each priority that occurs.
    pub by_priority: BTreeMap<String, i64>,
    /// How many of each type that occurs.
    pub by_type: BTreeMap<String, i64>,
    /// How many about each brand that occurs.
    pub by_brand: BTreeMap<String, i64>,
    /// How often tickets were reopened.
    pub reopenings: i64,
    /// The share of tickets that were ever reopened, 0 to 1.
    pub reopen_rate: f64,
    /// How often teams changed, from and to none included.
    pub team_changes: i64,
    /// How often assignees changed, from and to nobody included.
    pub assignee_changes: i64,
    /// How often tickets went from one member to another.
    pub reassignments: i64,
    /// From opening to the first answer.
    pub first_response: Spans,
    /// From opening to the resolution that stands.
    pub resolution: Spans,
    /// For how long tickets waited for somebody, in seconds, present waiting included.
    pub paused_seconds: f64,
}

/// Some spans of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Spans {
    /// How many.
    pub count: i64,
    /// Their mean, in seconds; none when there are none.
    pub mean: Option<f64>,
    /// Their median, in seconds; none when there are none.
    pub median: Option<f64>,
}

#[derive(FromRow)]
struct Sums {
    tickets: i64,
    reopenings: i64,
    reopened: i64,
    team_changes: i64,
    assignee_changes: i64,
    reassignments: i64,
    responses: i64,
    response_mean: Option<f64>,
    response_median: Option<f64>,
    resolutions: i64,
    resolution_mean: Option<f64>,
    resolution_median: Option<f64>,
    paused_seconds: f64,
}

const OPENED: &str =
    "($1::timestamptz is null or opened_at >= $1) and ($2::timestamptz is null or opened_at < $2)";

impl ReadModels {
    /// How the service did for tickets opened from a moment (inclusive) to another (exclusive).
    ///
    /// # Errors
    /// Not permitted, or the database failed.
    pub async fn dashboard(
        &self,
        scope: &Scope,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<Dashboard, ReadError> {
        scope.must(Permission::AnalyticsView)?;
        let mut tx = self.begin(scope).await?;
        let sums = sums(&mut tx, from, to).await?;
        let mut counts = counts(&mut tx, from, to).await?;
        let mut take = |what: &str| counts.remove(what).unwrap_or_default();
        Ok(Dashboard {
            tickets: sums.tickets,
            by_status: take("status"),
            by_priority: take("priority"),
            by_type: take("type_name"),
            by_brand: take("brand"),
            reopenings: sums.reopenings,
            reopen_rate: if sums.tickets == 0 { 0.0 } else { sums.reopened as f64 / sums.tickets as f64 },
            team_changes: sums.team_changes,
            assignee_changes: sums.assignee_changes,
            reassignments: sums.reassignments,
            first_response: Spans {
                count: sums.responses,
                mean: sums.response_mean,
                median: sums.response_median,
            },
            resolution: Spans {
                count: sums.resolutions,
                mean: sums.resolution_mean,
                median: sums.resolution_median,
            },
            paused_seconds: sums.paused_seconds,
        })
    }
}

async fn sums(
    connection: &mut PgConnection,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<Sums, ReadError> {
    // A clock that was set back between two events makes no span negative.
    let sql = format!(
        "with spans as (
            select *,
                case when first_response_at < opened_at then 0
                    else extract(epoch from first_response_at - opened_at)::float8 end as response,
                case when resolved_at < opened_at then 0
                    else extract(epoch from resolved_at - opened_at)::float8 end as resolution
            from ticket_fact where {OPENED})
         select count(*) as tickets,
            coalesce(sum(reopenings), 0) as reopenings,
            count(*) filter (where reopenings > 0) as reopened,
            coalesce(sum(team_changes), 0) as team_changes,
            coalesce(sum(assignee_changes), 0) as assignee_changes,
            coalesce(sum(reassignments), 0) as reassignments,
            count(response) as responses, avg(response) as response_mean,
            percentile_cont(0.5) within group (order by response) as response_median,
            count(resolution) as resolutions, avg(resolution) as resolution_mean,
            percentile_cont(0.5) within group (order by resolution) as resolution_median,
            coalesce(sum(paused_ms / 1000.0
                + coalesce(greatest(extract(epoch from escalon.moment() - waiting_since), 0), 0)), 0)::float8 as paused_seconds
         from spans"
    );
    let sums = sqlx::query_as(&sql).bind(from).bind(to).fetch_one(connection).await;
    Ok(sums.map_err(store_error("reading the dashboard"))?)
}

/// Tickets by each value of each dimension.
async fn counts(
    connection: &mut PgConnection,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<BTreeMap<String, BTreeMap<String, i64>>, ReadError> {
    let sql = format!(
        "select what, value, count(*) from ticket_fact,
            lateral (values ('status', status), ('priority', priority), ('type_name', type_name), ('brand', brand))
                as dimension (what, value)
         where {OPENED} and value is not null group by what, value"
    );
    let rows: Vec<(String, String, i64)> = sqlx::query_as(&sql)
        .bind(from)
        .bind(to)
        .fetch_all(connection)
        .await
        .map_err(store_error("reading the dashboard"))?;
    let mut counts = BTreeMap::<String, BTreeMap<String, i64>>::new();
    for (what, value, count) in rows {
        counts.entry(what).or_default().insert(value, count);
    }
    Ok(counts)
}
