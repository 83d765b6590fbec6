//! Keeps every projection up to date.

use std::time::Duration;

use escalon_application::ports::StoreError;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{interval, sleep},
};

use crate::{
    generations::Projections,
    read::{ProjectionStatus, status},
};

/// How often lag is measured for the metrics.
const MEASURE: Duration = Duration::from_secs(5);
/// The longest pause before a build is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The running projections: a task each, until the shutdown. Each is built first, if need be.
pub struct Runner {
    projections: Projections,
    tasks: JoinSet<()>,
}

impl Runner {
    /// Starts them. They end when `shutdown` becomes true, each after the batch it is in.
    #[must_use]
    pub fn start(projections: Projections, shutdown: watch::Receiver<bool>) -> Self {
        let mut tasks = JoinSet::new();
        for (name, subscription) in projections.subscriptions() {
            let (projections, mut shutdown) = (projections.clone(), shutdown.clone());
            tasks.spawn(async move {
                let stopped = async { _ = shutdown.wait_for(|stop| *stop).await };
                tokio::select! {
                    () = built(&projections, name) => {}
                    () = stopped => return,
                }
                subscription.run(shutdown).await;
            });
        }
        tasks.spawn(measure(projections.clone(), shutdown));
        Self { projections, tasks }
    }

    /// How far each projection is.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn status(&self) -> Result<Vec<ProjectionStatus>, StoreError> {
        status(self.projections.database(), self.projections.feed()).await
    }

    /// Waits until all have ended; to be called after the shutdown.
    pub async fn ended(mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a projection's task ended badly");
            }
        }
    }
}

/// Builds the projection if it was never built, or has another version by now; until then there is nothing to follow with.
/// What is cut off by a shutdown goes on at the next start.
async fn built(projections: &Projections, name: &'static str) {
    let mut failures = 0_u32;
    while let Err(error) = projections.build_missing(name).await {
        failures += 1;
        tracing::error!(projection = name, %error, failures, "a read model could not be built");
        sleep(Duration::from_millis(100).saturating_mul(1 << failures.min(10)).min(LONGEST_PAUSE)).await;
    }
}

/// Lag as metrics, measured apart from the projecting: a projection that stands still must show it.
async fn measure(projections: Projections, mut shutdown: watch::Receiver<bool>) {
    let mut ticks = interval(MEASURE);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = shutdown.wait_for(|stop| *stop) => return,
        }
        match status(projections.database(), projections.feed()).await {
            Ok(all) => all.iter().for_each(publish),
            Err(error) => tracing::debug!(%error, "the lag of projections cannot be measured now"),
        }
    }
}

// A gauge is a float: exact up to 2^53 events.
fn publish(status: &ProjectionStatus) {
    metrics::gauge!("escalon_projection_position", "projection" => status.name).set(status.position as f64);
    metrics::gauge!("escalon_projection_behind", "projection" => status.name).set(status.behind as f64);
    metrics::gauge!("escalon_projection_seconds_behind", "projection" => status.name)
        .set(status.seconds_behind);
}
