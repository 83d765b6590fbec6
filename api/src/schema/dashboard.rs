//! How the service does, and how far the read models are.

use std::collections::BTreeMap;

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use escalon_domain::access::Permission;
use escalon_projections::{Dashboard, ProjectionStatus, Spans};

use super::{
    context::call,
    error::{read_error, request_error},
    scalars::Position,
};

/// How the service did for the tickets opened in some time.
#[derive(Debug, SimpleObject)]
pub(super) struct ServiceDashboard {
    /// How many tickets.
    tickets: i64,
    /// How many at each status that occurs.
    by_status: Vec<Count>,
    /// How many of each priority that occurs.
    by_priority: Vec<Count>,
    /// How many of each type that occurs.
    by_type: Vec<Count>,
    /// How many about each brand that occurs.
    by_brand: Vec<Count>,
    /// How often tickets were reopened.
    reopenings: i64,
    /// The share of tickets that were ever reopened, 0 to 1.
    reopen_rate: f64,
    /// How often teams changed, from and to none included.
    team_changes: i64,
    /// How often assignees changed, from and to nobody included.
    assignee_changes: i64,
    /// How often tickets went from one member to another.
    reassignments: i64,
    /// From opening to the first answer.
    first_response: Durations,
    /// From opening to the resolution that stands.
    resolution: Durations,
    /// For how long tickets waited for somebody, in seconds, present waiting included.
    paused_seconds: f64,
}

/// How many of a kind.
#[derive(Debug, SimpleObject)]
pub(super) struct Count {
    /// The word for the kind.
    key: String,
    /// How many.
    count: i64,
}

/// Some spans of time.
#[derive(Debug, SimpleObject)]
pub(super) struct Durations {
    /// How many.
    count: i64,
    /// Their mean, in seconds; null when there are none.
    mean_seconds: Option<f64>,
    /// Their median, in seconds; null when there are none.
    median_seconds: Option<f64>,
}

fn counts(counts: BTreeMap<String, i64>) -> Vec<Count> {
    counts.into_iter().map(|(key, count)| Count { key, count }).collect()
}

impl From<Spans> for Durations {
    fn from(spans: Spans) -> Self {
        Self { count: spans.count, mean_seconds: spans.mean, median_seconds: spans.median }
    }
}

impl From<Dashboard> for ServiceDashboard {
    fn from(dashboard: Dashboard) -> Self {
        Self {
            tickets: dashboard.tickets,
            by_status: counts(dashboard.by_status),
            by_priority: counts(dashboard.by_priority),
            by_type: counts(dashboard.by_type),
            by_brand: counts(dashboard.by_brand),
            reopenings: dashboard.reopenings,
            reopen_rate: dashboard.reopen_rate,
            team_changes: dashboard.team_changes,
            assignee_changes: dashboard.assignee_changes,
            reassignments: dashboard.reassignments,
            first_response: dashboard.first_response.into(),
            resolution: dashboard.resolution.into(),
            paused_seconds: dashboard.paused_seconds,
        }
    }
}

/// How far a read model is.
#[derive(Debug, SimpleObject)]
pub(super) struct Projection {
    /// Its name.
    name: &'static str,
    /// The generation that is live; null before the first is built.
    generation: Option<i32>,
    /// The version of its definition that is live.
    version: Option<i32>,
    /// The position up to which it has taken events.
    position: Position,
    /// How many events it is behind.
    lag: i64,
    /// For how long the oldest event that it has not taken has been there, in seconds.
    lag_seconds: f64,
    /// Whether it stands still because an event cannot be projected; the cause is in the log.
    failing: bool,
    /// When it last moved.
    updated_at: Option<DateTime<Utc>>,
}

impl From<ProjectionStatus> for Projection {
    fn from(status: ProjectionStatus) -> Self {
        Self {
            name: status.name,
            generation: status.generation,
            version: status.version,
            position: Position(status.position),
            lag: status.behind,
            lag_seconds: status.seconds_behind,
            failing: status.error.is_some(),
            updated_at: status.updated_at,
        }
    }
}

#[derive(Default)]
pub(super) struct DashboardQuery;

#[Object]
impl DashboardQuery {
    /// How the service did for the tickets opened in some time. Needs the permission `analytics.view`.
    async fn service_dashboard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Opened at this moment or later.")] from: Option<DateTime<Utc>>,
        #[graphql(desc = "Opened before this moment.")] to: Option<DateTime<Utc>>,
    ) -> Result<ServiceDashboard> {
        let call = call(ctx)?;
        let dashboard = call.reads.dashboard(&call.scope(), from, to).await;
        dashboard.map(ServiceDashboard::from).map_err(read_error)
    }

    /// How far each read model is. Needs the permission `projection.operate`.
    async fn projections(&self, ctx: &Context<'_>) -> Result<Vec<Projection>> {
        let call = call(ctx)?;
        call.caller.must(Permission::ProjectionOperate).map_err(request_error)?;
        let status = call.reads.status().await.map_err(read_error)?;
        Ok(status.into_iter().map(Projection::from).collect())
    }
}
