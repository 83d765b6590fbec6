//! Keeps every projection up to date.

use std::time::Duration;

use escalon_application::ports::StoreError;
use escalon_infrastructure::subscription::{
    Lease, Subscription, SubscriptionStatus, lease::Term, status as subscriptions,
};
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

/// The running projections: a task each, until the shutdown. Each is built first, if need be, and works while this process
/// holds its lease.
pub struct Runner {
    projections: Projections,
    lease: Lease,
    tasks: JoinSet<()>,
}

impl Runner {
    /// Starts them, as the process that is called `owner`. They end when `shutdown` becomes true, each after the batch it
    /// is in.
    #[must_use]
    pub fn start(projections: Projections, owner: &str, shutdown: watch::Receiver<bool>) -> Self {
        let (database, feed) = (projections.database().clone(), projections.feed().clone());
        let consumers = projections.consumers();
        let names = consumers.iter().map(|(_, consumer)| consumer.name().to_owned()).collect();
        let lease = Lease::new(database.clone(), feed.clone(), owner, names, Term::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(lease.clone().run(shutdown.clone()));
        for (name, consumer) in consumers {
            let subscription = Subscription::new(database.clone(), feed.clone(), lease.clone(), consumer);
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
        Self { projections, lease, tasks }
    }

    /// How far each projection is.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn status(&self) -> Result<Vec<ProjectionStatus>, StoreError> {
        status(self.projections.database(), self.projections.feed()).await
    }

    /// Waits until all have ended, and gives their leases up; to be called after the shutdown.
    pub async fn ended(mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a projection's task ended badly");
            }
        }
        self.lease.release().await;
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

/// Lag as metrics, measured apart from the work: a subscription that stands still must show it.
async fn measure(projections: Projections, mut shutdown: watch::Receiver<bool>) {
    let mut ticks = interval(MEASURE);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = shutdown.wait_for(|stop| *stop) => return,
        }
        match subscriptions(projections.database()).await {
            Ok(all) => all.iter().for_each(publish),
            Err(error) => tracing::debug!(%error, "the lag of subscriptions cannot be measured now"),
        }
    }
}

// A gauge is a float: exact up to 2^53 events.
fn publish(status: &SubscriptionStatus) {
    let gauge = |name: &'static str, value: f64| {
        metrics::gauge!(name, "subscription" => status.name.clone()).set(value);
    };
    gauge("escalon_subscription_position", status.position as f64);
    gauge("escalon_subscription_behind", status.behind as f64);
    gauge("escalon_subscription_seconds_behind", status.seconds_behind);
    gauge("escalon_subscription_events_per_second", status.rate);
    gauge("escalon_subscription_seconds_to_go", status.seconds_to_go.unwrap_or(f64::INFINITY));
    gauge("escalon_subscription_parked_sequences", status.parked as f64);
    gauge("escalon_subscription_owned", f64::from(u8::from(status.owner.is_some())));
}
