//! The API over the composed engine: GraphQL, health and metrics.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::Router;
use escalon_api::{
    app,
    http::{Check, Operations, Readiness},
    schema::{self, AppState, FeedEvent, Positions},
};
use escalon_application::ports::StoreError;
use escalon_domain::organization::OrganizationId;
use escalon_infrastructure::feed::Feed;
use escalon_projections::ReadModels;

use crate::compose::App;

/// How long an answer waits for the sequencer to give its event a position.
const PATIENCE: Duration = Duration::from_secs(2);
/// Read models that lag longer than this make the process not ready.
const LONGEST_LAG_SECONDS: f64 = 60.0;

/// The routes over this engine; `metrics` gives the figures in Prometheus's text format.
pub fn routes(engine: &App, metrics: Arc<dyn Fn() -> String + Send + Sync>) -> Router {
    let order = Arc::new(Order(engine.feed.clone()));
    let state = AppState {
        engine: engine.engine.clone(),
        reads: engine.reads.clone(),
        positions: order.clone(),
        feed: order,
    };
    app::routes(state, Operations { readiness: Arc::new(Ready(engine.reads.clone())), metrics })
}

/// The one order of all events, as the API asks for it.
struct Order(Feed);

#[async_trait]
impl Positions for Order {
    async fn position_of(&self, insertion: i64) -> Result<i64, StoreError> {
        let late = || StoreError::Unavailable {
            operation: "numbering an event",
            source: "it takes longer than usual; what was done is done".into(),
        };
        self.0.position_of(insertion, PATIENCE).await?.ok_or_else(late)
    }

    async fn head(&self) -> Result<i64, StoreError> {
        Ok(self.0.head())
    }
}

#[async_trait]
impl schema::Feed for Order {
    async fn after(
        &self,
        organization: OrganizationId,
        after: i64,
        limit: usize,
    ) -> Result<Vec<FeedEvent>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (events, _) = self.0.read_organization(organization, after, limit).await?;
        Ok(events
            .into_iter()
            .map(|found| FeedEvent { position: found.position, event: found.event })
            .collect())
    }

    async fn beyond(&self, position: i64) {
        if self.0.changed().wait_for(|head| *head > position).await.is_err() {
            // The sequencer has ended: there will be none.
            std::future::pending::<()>().await;
        }
    }
}

/// Whether requests can be answered.
struct Ready(ReadModels);

#[async_trait]
impl Readiness for Ready {
    async fn checks(&self) -> Vec<Check> {
        let check = |name: &str, result| Check { name: name.to_owned(), result };
        let all = match self.0.status().await {
            Ok(all) => all,
            Err(error) => return vec![check("database", Err(error.to_string()))],
        };
        let mut checks = vec![check("database", Ok(()))];
        for one in all {
            // One that is being built says so to whoever asks it; the others answer meanwhile.
            let late = one.seconds_behind > LONGEST_LAG_SECONDS && one.building.is_none();
            let why = || format!("{} events and {:.0} s behind", one.behind, one.seconds_behind);
            checks.push(check(one.name, if late { Err(why()) } else { Ok(()) }));
        }
        checks
    }
}
