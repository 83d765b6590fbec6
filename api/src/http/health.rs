//! What machines ask the process itself: does it live, can it work, how is it doing.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{
    Extension, Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use serde_json::json;

use super::serve::Draining;

/// Longest time all checks may take together.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// The result of one check, for `GET /health/ready`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked, for example `database`.
    pub name: String,
    /// `Err` says why not, in words an operator can act upon; anybody who reaches the port can read them.
    pub result: Result<(), String>,
}

/// Checks whether this process can serve requests.
#[async_trait]
pub trait Readiness: Send + Sync + 'static {
    /// One entry for each thing that is needed. Called for every probe, so it should be cheap.
    async fn checks(&self) -> Vec<Check>;
}

/// What `/health/ready` and `/metrics` ask.
#[derive(Clone)]
pub struct Operations {
    /// Asked by `GET /health/ready`.
    pub readiness: Arc<dyn Readiness>,
    /// Returns the metrics in the Prometheus text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}

pub(super) fn routes(operations: Operations) -> Router {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(operations)
}

async fn live() -> Response {
    Json(json!({ "status": "live" })).into_response()
}

async fn ready(State(operations): State<Operations>, draining: Option<Extension<Draining>>) -> Response {
    let stopping = draining.is_some_and(|Extension(draining)| draining.is_begun());
    let checks = if stopping {
        vec![Check { name: "shutdown".to_owned(), result: Err("the server is stopping".to_owned()) }]
    } else {
        all_checks(operations.readiness.as_ref()).await
    };
    let ok = checks.iter().all(|check| check.result.is_ok());
    let listed: Vec<_> = checks
        .iter()
        .map(|check| match &check.result {
            Ok(()) => json!({ "name": check.name, "ok": true }),
            Err(why) => json!({ "name": check.name, "ok": false, "why": why }),
        })
        .collect();
    let status = if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = if ok { "ready" } else { "not ready" };
    (status, Json(json!({ "status": word, "checks": listed }))).into_response()
}

async fn all_checks(readiness: &dyn Readiness) -> Vec<Check> {
    tokio::time::timeout(CHECK_TIMEOUT, readiness.checks()).await.unwrap_or_else(|_| {
        let why = format!("the checks took longer than {} s", CHECK_TIMEOUT.as_secs());
        vec![Check { name: "checks".to_owned(), result: Err(why) }]
    })
}

async fn metrics(State(operations): State<Operations>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (operations.metrics)())
        .into_response()
}
