//! Keeps every projection up to date.

use std::time::Duration;

use escalon_application::ports::StoreError;
use tokio::{sync::watch, task::JoinSet, time::interval};

use crate::{
    generations::Projections,
    read::{ProjectionStatus, status},
};

/// How often lag is measured for the metrics.
const MEASURE: Duration = Duration::from_secs(5);

/// The running projections: a task each, until the shutdown.
pub struct Runner {
    projections: Projections,
    tasks: JoinSet<()>,
}

impl Runner {
    /// Starts them. They end when `shutdown` becomes true, each after the batch it is in.
    #[must_use]
    pub fn start(projections: Projections, shutdown: watch::Receiver<bool>) -> Self {
        let mut tasks = JoinSet::new();
        for subscription in projections.subscriptions() {
            let shutdown = shutdown.clone();
            tasks.spawn(async move { subscription.run(shutdown).await });
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
