//! Consumers that tests are in control of: what becomes of leases, late commits, poison and lost wake-ups.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use escalon_domain::access::Permission;
use escalon_infrastructure::vault::{MasterKeySource, Vault};
use escalon_infrastructure::{
    database::Database,
    feed::{Feed, FeedEvent},
    sequencer::Sequencer,
    subscription::{ConsumeError, Consumer, Lease, Poison, Subscription, Target, lease::Term},
};
use escalon_tests::TestApp;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection};
use tokio::{sync::watch, task::JoinHandle};

/// A short lease, so that tests need not wait for long.
pub(crate) const SHORT: Term =
    Term { length: Duration::from_millis(900), renewal: Duration::from_millis(300) };

/// What a probe does at an event of a stream, before anything else.
type Behaviour = Arc<dyn Fn(&FeedEvent) -> Behave + Send + Sync>;

/// What a probe does.
#[derive(Clone)]
pub(crate) enum Behave {
    /// Take the event.
    Take,
    /// Say that it is poison.
    Poison,
    /// Panic over it.
    Panic,
    /// Panic in words that quote it.
    Quote,
    /// Say that something is in the way.
    Hindered,
    /// Run this statement first.
    Run(String),
    /// Stand still for so long first, in the middle of the transaction.
    Pause(Duration),
}

/// Writes what it takes into the table `probe`, which has no key: what is taken twice shows.
pub(crate) struct Probe {
    behaviour: Mutex<Behaviour>,
    pub(crate) batches: AtomicUsize,
}

impl Probe {
    pub(crate) fn new(behaviour: impl Fn(&FeedEvent) -> Behave + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { behaviour: Mutex::new(Arc::new(behaviour)), batches: AtomicUsize::new(0) })
    }

    /// Behaves otherwise from now on.
    pub(crate) fn change(&self, behaviour: impl Fn(&FeedEvent) -> Behave + Send + Sync + 'static) {
        *self.behaviour.lock().unwrap() = Arc::new(behaviour);
    }
}

#[async_trait]
impl Consumer for Probe {
    fn name(&self) -> &str {
        "probe"
    }

    fn wants(&self, event: &FeedEvent) -> bool {
        event.event.stream.kind == "probe"
    }

    async fn consume(
        &self,
        tx: &mut PgConnection,
        _: Option<&Target>,
        events: &[Arc<FeedEvent>],
    ) -> Result<(), ConsumeError> {
        self.batches.fetch_add(1, Ordering::Relaxed);
        let behaviour = Arc::clone(&*self.behaviour.lock().unwrap());
        let database = |error| ConsumeError::Hindered(Box::new(error));
        for event in events {
            match behaviour(event) {
                Behave::Take => {}
                Behave::Poison => return Err(ConsumeError::Poison(Poison::Refused("it tastes bad"))),
                Behave::Panic => panic!("it burns"),
                Behave::Quote => panic!("{} burns", event.event.stream.id),
                Behave::Hindered => return Err(ConsumeError::Hindered("a door is shut".into())),
                Behave::Run(sql) => _ = tx.execute(sql.as_str()).await.map_err(database)?,
                Behave::Pause(pause) => tokio::time::sleep(pause).await,
            }
            let taken = "insert into probe (position, stream) values ($1, $2)";
            let taken = sqlx::query(taken).bind(event.position).bind(&event.event.stream.id);
            taken.execute(&mut *tx).await.map_err(database)?;
        }
        Ok(())
    }
}

/// A database with events of probes, in which nothing works but what the test starts.
pub(crate) struct Bench {
    pub(crate) database: Database,
    pub(crate) owner: PgConnection,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let options = TestApp::database().await;
        let mut owner = PgConnection::connect_with(&options).await.unwrap();
        let sql = "create table escalon.probe (position bigint, stream text); grant all on escalon.probe to escalon_engine";
        owner.execute(sqlx::raw_sql(sql)).await.unwrap();
        Self { database: Database::new(&options, 4), owner }
    }

    /// Stores the next event of each of these streams, and numbers them.
    pub(crate) async fn append(&mut self, streams: &[&str]) {
        for stream in streams {
            append(&mut self.owner, stream).await;
        }
        let mut sequencer = Sequencer::new(self.database.clone(), Arc::default());
        while sequencer.step().await.unwrap() {}
    }

    /// A feed of one's own, as another process would have; nobody tells it of new events.
    pub(crate) fn feed(&self) -> Feed {
        let key = MasterKeySource::text(escalon_tests::MASTER_KEY.to_owned());
        Feed::new(self.database.clone(), watch::channel(0).1, Vault::new(&self.database, key))
    }

    /// A process that runs this consumer.
    pub(crate) fn process(&self, owner: &str, probe: &Arc<Probe>) -> Process {
        let (feed, (stop, stopped)) = (self.feed(), watch::channel(false));
        let lease = Lease::new(self.database.clone(), feed.clone(), owner, vec!["probe".to_owned()], SHORT);
        let consumer: Arc<dyn Consumer> = probe.clone();
        let subscription = Subscription::new(self.database.clone(), feed.clone(), lease.clone(), consumer);
        let renewing = tokio::spawn(lease.clone().run(stopped.clone()));
        Process { feed, lease, stop, renewing, running: tokio::spawn(subscription.run(stopped)) }
    }

    /// What was taken, in the order of positions: the streams.
    pub(crate) async fn taken(&mut self) -> Vec<String> {
        sqlx::query_scalar("select stream from escalon.probe order by position")
            .fetch_all(&mut self.owner)
            .await
            .unwrap()
    }

    /// Waits until so much was taken.
    pub(crate) async fn takes(&mut self, expected: &[&str]) {
        let begin = Instant::now();
        loop {
            let taken = self.taken().await;
            if taken == expected {
                return;
            }
            let differs = taken.iter().zip(expected).position(|(taken, expected)| taken != expected);
            let (found, wanted) = (taken.len(), expected.len());
            assert!(
                begin.elapsed() < Duration::from_secs(15),
                "{found} events instead of {wanted}, with a difference at {differs:?}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(crate) async fn owned_by(&mut self) -> Option<String> {
        let sql = "select owner from escalon.leases where until > clock_timestamp()";
        sqlx::query_scalar(sql).fetch_optional(&mut self.owner).await.unwrap()
    }
}

/// Stores the next event of a stream.
async fn append(connection: &mut PgConnection, stream: &str) {
    let sql = "insert into escalon.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
            metadata, organization, occurred_at, hash)
        select 'probe', $1, count(*) + 1, 'probe.made', '1', '{}', $2::json,
            'organization_00000000000000000000000001', now(), sha256('') from escalon.events where aggregate_id = $1";
    let metadata = r#"{"organization":"organization_00000000000000000000000001","actor":"system:test",
        "command":"00000000-0000-0000-0000-000000000000","correlation":"00000000-0000-0000-0000-000000000000",
        "occurred_at":"2026-01-05T09:00:00Z","source":"test"}"#;
    sqlx::query(sql).bind(stream).bind(metadata).execute(connection).await.unwrap();
}

/// A process, as far as subscriptions go.
pub(crate) struct Process {
    pub(crate) feed: Feed,
    pub(crate) lease: Lease,
    stop: watch::Sender<bool>,
    renewing: JoinHandle<()>,
    running: JoinHandle<()>,
}

impl Process {
    /// It ends in good order.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        self.running.await.unwrap();
        self.renewing.await.unwrap();
        self.lease.release().await;
    }

    /// It does not renew its lease any more; what it is in the middle of goes on.
    pub(crate) fn forget_to_renew(&self) {
        self.renewing.abort();
    }

    /// It is gone from one moment to the next.
    pub(crate) fn kill(self) {
        self.renewing.abort();
        self.running.abort();
    }
}

#[tokio::test]
async fn a_lost_wake_up_costs_the_interval_and_nothing_else() {
    let mut bench = Bench::new().await;
    let probe = Probe::new(|_| Behave::Take);
    // Nobody ever tells this process of new events.
    let process = bench.process("deaf", &probe);
    for round in 1..=2 {
        bench.append(&["a", "b"]).await;
        let begin = Instant::now();
        bench.takes(&["a", "b", "a", "b"][..round * 2]).await;
        assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
    }
    process.stop().await;
}

#[tokio::test]
async fn other_processes_wake_within_milliseconds() {
    let app = TestApp::new().await;
    let heads = watch::channel(0).0;
    let (stop, stopped) = watch::channel(false);
    let mut head = heads.subscribe();
    let listening =
        tokio::spawn(escalon_infrastructure::feed::listen(app.app.database.clone(), heads, stopped));
    // Who listens is seen from within: a head that was told before is not heard.
    let begin = Instant::now();
    let mut organizations = 0;
    while head.has_changed().is_ok_and(|changed| !changed) {
        assert!(begin.elapsed() < Duration::from_secs(10), "nobody told of new events");
        app.organization(&format!("acme-{organizations}")).await;
        organizations += 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    app.settle().await;
    let before = app.app.feed.head();
    app.organization("another").await;
    let soon = tokio::time::timeout(Duration::from_millis(900), head.wait_for(|head| *head > before));
    assert!(soon.await.is_ok(), "it was not told within a second");
    stop.send_replace(true);
    listening.await.unwrap();
}

#[tokio::test]
async fn waiting_for_a_position_asks_the_database_only_about_other_processes() {
    let mut bench = Bench::new().await;
    let probe = Probe::new(|_| Behave::Take);
    let process = bench.process("one", &probe);
    bench.append(&["a"]).await;
    bench.takes(&["a"]).await;
    let position: i64 = sqlx::query_scalar("select max(position) from escalon.probe")
        .fetch_one(&mut bench.owner)
        .await
        .unwrap();
    let names = ["probe".to_owned()];
    // The owner knows by itself: a database that nobody answers from is no matter.
    let nowhere = Database::new(&"postgres://nobody@127.0.0.1:1/none".parse().unwrap(), 1);
    let soon = Duration::from_secs(5);
    assert!(process.feed.progress().wait(&nowhere, &names, position, soon).await);
    let begin = Instant::now();
    let brief = Duration::from_millis(200);
    assert!(!process.feed.progress().wait(&nowhere, &names, position + 1, brief).await);
    assert!(begin.elapsed() >= brief && begin.elapsed() < soon, "bounded: {:?}", begin.elapsed());
    // Another process looks.
    let (other, database) = (bench.feed(), bench.database.clone());
    assert!(other.progress().wait(&database, &names, position, soon).await);
    let (reached, ()) = futures::future::join(
        other.progress().wait(&database, &names, position + 1, soon),
        bench.append(&["a"]),
    )
    .await;
    assert!(reached);
    process.stop().await;
}

#[tokio::test]
async fn a_failover_that_gives_positions_to_other_events_is_noticed() {
    let mut bench = Bench::new().await;
    let probe = Probe::new(|event| if event.position > 2 { Behave::Hindered } else { Behave::Take });
    bench.append(&["a", "b", "c", "d"]).await;
    let process = bench.process("one", &probe);
    // It has read all four, and cannot take them.
    let begin = Instant::now();
    while probe.batches.load(Ordering::Relaxed) < 2 {
        assert!(begin.elapsed() < Duration::from_secs(10), "it never began");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let standby = "delete from escalon.event_positions where position > 2;
        delete from escalon.events where aggregate_id in ('c', 'd');
        update escalon.sequencer set position = 2, floor = 0";
    bench.owner.execute(sqlx::raw_sql(standby)).await.unwrap();
    bench.append(&["x", "y"]).await;
    probe.change(|_| Behave::Take);
    bench.takes(&["a", "b", "x", "y"]).await;
    process.stop().await;
}

#[tokio::test]
async fn a_query_may_ask_for_a_position_and_is_told_when_it_is_stale() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    super::store::ticket_type(&app, &operator).await;
    let all = [Permission::TicketCreate, Permission::TicketReadAll];
    let member = app.member(&operator, "carol", &all).await.member().unwrap();
    let token = app.engine().token_for(&operator, member, chrono::Duration::hours(1)).await.unwrap();
    let api = app.serve().await;
    let client = api.with_token(&token);
    let ask = async |position: &str| {
        let query = json!({ "query": "{ tickets(first: 1) { totalCount } }" });
        let request = reqwest::Client::new().post(api.url("/graphql")).bearer_auth(&token).json(&query);
        let response = request.header("x-min-position", position).send().await.unwrap();
        let stale = response.headers().get("x-stale").map(|value| value.to_str().unwrap().to_owned());
        (stale, response.json::<Value>().await.unwrap())
    };
    let mut last = 0;
    for count in 1..=5 {
        let input = json!({ "type": "incident", "title": "The printer is on fire" });
        let opened = client.mutate("ticketOpen", "TicketOpenInput", input, "position").await;
        let position = opened["position"].as_str().unwrap_or_else(|| panic!("{opened}"));
        let (stale, answer) = ask(position).await;
        assert_eq!((stale, &answer["data"]["tickets"]["totalCount"]), (None, &json!(count)), "{answer}");
        last = position.parse::<i64>().unwrap();
    }
    let begin = Instant::now();
    let (stale, answer) = ask(&(last + 1_000).to_string()).await;
    assert_eq!((stale.as_deref(), &answer["extensions"]["stale"]), (Some("true"), &json!(true)), "{answer}");
    assert_eq!(answer["data"]["tickets"]["totalCount"], 5, "it is answered all the same");
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    api.stop().await;
}
