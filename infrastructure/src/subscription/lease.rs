//! Leases: one process works for a subscription at a time, and another takes over soon after it has gone.
//!
//! A lease lasts for some seconds by the database's clock and is renewed each second, all of a process in one statement.
//! It saves two processes from doing the same work; that nothing is done twice is the checkpoint's business, which moves
//! only for the owner of the lease.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use escalon_application::ports::StoreError;
use sqlx::FromRow;
use tokio::{sync::watch, time::Instant};

use crate::{database::Database, error::store_error, feed::Feed};

const OPERATION: &str = "renewing leases";

/// How long a lease lasts, and how often it is renewed.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    /// How long it lasts without being renewed.
    pub length: Duration,
    /// How often it is renewed.
    pub renewal: Duration,
}

impl Default for Term {
    fn default() -> Self {
        Self { length: Duration::from_secs(3), renewal: Duration::from_secs(1) }
    }
}

/// The subscriptions that a process holds.
pub type Held = Arc<BTreeSet<String>>;

/// This process's leases on some subscriptions. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Lease {
    database: Database,
    feed: Feed,
    owner: Arc<str>,
    names: Arc<[String]>,
    term: Term,
    held: watch::Sender<Held>,
    /// Those that are left to others until then.
    resting: Arc<Mutex<BTreeMap<String, Instant>>>,
}

#[derive(FromRow)]
struct Asked {
    subscription: String,
    held: bool,
    /// For how long somebody else holds it still, in seconds.
    seconds_left: f64,
}

impl Lease {
    /// Leases on these subscriptions, none of which are held yet. `owner` is this process's name among all.
    #[must_use]
    pub fn new(database: Database, feed: Feed, owner: &str, names: Vec<String>, term: Term) -> Self {
        let held = watch::Sender::new(Held::default());
        Self { database, feed, owner: owner.into(), names: names.into(), term, held, resting: Arc::default() }
    }

    /// This process's name among all.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Sees what is held whenever that changes.
    #[must_use]
    pub fn held(&self) -> watch::Receiver<Held> {
        self.held.subscribe()
    }

    /// How long a process may stop in the middle of a batch, in milliseconds: as long as its lease.
    pub(super) fn patience(&self) -> i32 {
        i32::try_from(self.term.length.as_millis()).unwrap_or(i32::MAX)
    }

    /// Takes and renews leases until told to stop. They are kept then, until [`Self::release`] or their end.
    pub async fn run(self, mut shutdown: watch::Receiver<bool>) {
        loop {
            let pause = match self.renew().await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::warn!(%error, "leases could not be renewed; trying again");
                    self.term.renewal
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = shutdown.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Renews the leases that are held and takes those that nobody holds; says when to come again.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn renew(&self) -> Result<Duration, StoreError> {
        let names = self.wanted();
        let rates = self.feed.progress().rates(&names);
        let asked: Vec<Asked> = sqlx::query_as(
            "with taken as (
                 insert into escalon.leases as l (subscription, owner, until, heartbeat_at, rate)
                 select n.name, $2, clock_timestamp() + make_interval(secs => $3), clock_timestamp(), n.rate
                 from unnest($1::text[], $4::float8[]) as n (name, rate) order by n.name
                 on conflict (subscription) do update set owner = excluded.owner, until = excluded.until,
                     heartbeat_at = excluded.heartbeat_at, rate = excluded.rate
                 where l.owner = excluded.owner or l.until <= clock_timestamp()
                 returning subscription)
             select n.name as subscription, t.subscription is not null as held,
                 coalesce(extract(epoch from l.until - clock_timestamp()), 0)::float8 as seconds_left
             from unnest($1::text[]) as n (name)
             left join taken t on t.subscription = n.name
             left join escalon.leases l on l.subscription = n.name",
        )
        .bind(&names)
        .bind(&*self.owner)
        .bind(self.term.length.as_secs_f64())
        .bind(&rates)
        .fetch_all(&self.database.engine)
        .await
        .map_err(store_error(OPERATION))?;
        let held: BTreeSet<String> =
            asked.iter().filter(|one| one.held).map(|one| one.subscription.clone()).collect();
        self.held.send_if_modified(|known| {
            let changed = **known != held;
            *known = Arc::new(held);
            changed
        });
        // A lease that somebody lets lapse is taken at that moment.
        let left = asked.iter().filter(|one| !one.held).map(|one| one.seconds_left.max(0.01));
        Ok(left.fold(self.term.renewal, |pause, left| pause.min(Duration::from_secs_f64(left))))
    }

    /// Leaves a subscription that this process cannot work for to others, if there are any who can: a process of an older
    /// version must not keep one of a newer version from its work.
    pub(super) async fn rest(&self, name: &str) {
        let until = Instant::now() + self.term.length * 2;
        self.resting.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), until);
        self.held
            .send_modify(|held| *held = Arc::new(held.iter().filter(|one| *one != name).cloned().collect()));
        let given =
            "update escalon.leases set until = clock_timestamp() where subscription = $1 and owner = $2";
        let given = sqlx::query(given).bind(name).bind(&*self.owner).execute(&self.database.engine).await;
        if let Err(error) = given {
            tracing::debug!(%error, "a lease could not be given up; it ends by itself");
        }
    }

    /// Those that this process wants to hold now.
    fn wanted(&self) -> Vec<String> {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.retain(|_, until| *until > Instant::now());
        self.names.iter().filter(|name| !resting.contains_key(*name)).cloned().collect()
    }

    /// Gives everything up, so that another process need not wait for the end of the leases.
    pub async fn release(&self) {
        self.held.send_replace(Held::default());
        let released = sqlx::query("update escalon.leases set until = clock_timestamp() where owner = $1")
            .bind(&*self.owner)
            .execute(&self.database.engine)
            .await;
        if let Err(error) = released {
            tracing::debug!(%error, "leases could not be given up; they end by themselves");
        }
    }
}
