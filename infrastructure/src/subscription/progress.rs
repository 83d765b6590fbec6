//! How far the subscriptions of this process are, for whoever waits until one has reached a position.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use crate::database::Database;

/// How soon, and how rarely, to look how far a subscription of another process is.
const LOOKS: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(40));
/// How much the last interval counts in a rate, against all before it.
const WEIGHT: f64 = 0.3;

/// How far the subscriptions of this process are. Those that another process owns are not in it.
#[derive(Debug, Default)]
pub struct Progress {
    reached: watch::Sender<BTreeMap<String, i64>>,
    rates: Mutex<BTreeMap<String, Rate>>,
}

/// How fast a subscription is.
#[derive(Debug)]
struct Rate {
    since: Instant,
    events: f64,
    a_second: f64,
}

impl Progress {
    /// A subscription of this process has taken so many events and is at this position.
    pub(super) fn moved(&self, name: &str, position: i64, events: usize) {
        self.reached.send_if_modified(|reached| match reached.get_mut(name) {
            Some(known) => std::mem::replace(known, position) != position,
            None => reached.insert(name.to_owned(), position).is_none(),
        });
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Rate { since: Instant::now(), events: 0.0, a_second: 0.0 };
        rates.entry(name.to_owned()).or_insert_with(fresh).events += events as f64;
    }

    /// A subscription belongs to another process from now on.
    pub(super) fn lost(&self, name: &str) {
        self.reached.send_if_modified(|reached| reached.remove(name).is_some());
        self.rates.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// How many events a second each of these takes of late.
    pub(super) fn rates(&self, names: &[String]) -> Vec<f64> {
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let mut rate = |name: &String| {
            let Some(rate) = rates.get_mut(name) else { return 0.0 };
            let passed = (now - rate.since).as_secs_f64().max(0.001);
            rate.a_second += WEIGHT * (std::mem::take(&mut rate.events) / passed - rate.a_second);
            rate.since = now;
            rate.a_second
        };
        names.iter().map(&mut rate).collect()
    }

    /// Waits until each of these subscriptions has reached the position; false when that takes longer than the timeout.
    /// Those of this process tell it themselves; how far those of another are is looked up.
    pub async fn wait(
        &self,
        database: &Database,
        names: &[String],
        position: i64,
        timeout: Duration,
    ) -> bool {
        let deadline = Instant::now() + timeout;
        let mut own = self.reached.subscribe();
        let mut pause = LOOKS.0;
        loop {
            let (late, strange) = {
                let reached = own.borrow_and_update();
                let late = names.iter().any(|name| reached.get(name).is_some_and(|own| *own < position));
                let strange = names.iter().filter(|name| !reached.contains_key(*name));
                (late, strange.map(String::as_str).collect::<Vec<_>>())
            };
            if !late && (strange.is_empty() || all_reached(database, &strange, position).await) {
                return true;
            }
            let now = Instant::now();
            if now >= deadline {
                return false;
            }
            let look = if strange.is_empty() || late { deadline } else { deadline.min(now + pause) };
            pause = (pause * 2).min(LOOKS.1);
            // Whether something moved or it is time to look: the next round tells.
            let _ = timeout_at(look, own.changed()).await;
        }
    }
}

async fn all_reached(database: &Database, names: &[&str], position: i64) -> bool {
    let reached: Result<i64, _> = sqlx::query_scalar(
        "select count(*) from escalon.subscriptions where name = any($1) and position >= $2",
    )
    .bind(names)
    .bind(position)
    .fetch_one(&database.engine)
    .await;
    match reached {
        Ok(reached) => usize::try_from(reached).is_ok_and(|reached| reached >= names.len()),
        Err(error) => {
            tracing::warn!(%error, "the progress of subscriptions cannot be read");
            false
        }
    }
}
