//! The order of events against what happens to databases: crashes, failovers, dumps and restores. After each, positions are
//! dense, those that were seen are what they were, every committed event has one, and each stream is in its order.

use std::{
    collections::BTreeMap,
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use escalon_infrastructure::{
    database::{Database, migrate},
    embedded::{EmbeddedPostgres, Mode, Options},
    sequencer::Sequencer,
};
use escalon_tests::TestApp;
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinHandle};

/// Positions as somebody saw them, each with the insertion number of its event.
type Seen = BTreeMap<i64, i64>;

/// A directory that the server's user can enter.
fn directory() -> TempDir {
    let directory = tempfile::Builder::new().prefix("escalon-order").tempdir_in("/tmp").unwrap();
    std::fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    directory
}

/// A cluster of one's own, which keeps what it promised: `fsync` is on.
async fn cluster(directory: &Path) -> EmbeddedPostgres {
    let mut options = Options::new(directory, Mode::Engine);
    options.settings = vec![("shared_buffers".to_owned(), "32MB".to_owned())];
    EmbeddedPostgres::open(options).await.unwrap()
}

/// The next event of a stream, as an appender stores it: the transaction has an id before it draws a number.
const APPEND: &str =
    "insert into escalon.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
        metadata, organization, occurred_at, hash)
    select 'probe', $1, $2, 'probe.made', '1', '{}', '{}', 'organization_x', now(), sha256('')
    where pg_current_xact_id() is not null";

/// Writers that go on whatever happens, until they are told to stop: now and then one goes back, or waits before it commits.
struct Writers {
    acknowledged: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Writers {
    fn start(options: &PgConnectOptions, count: usize) -> Self {
        let (acknowledged, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let tasks = (0..count).map(|number| {
            let (options, acknowledged, stop) =
                (options.clone(), Arc::clone(&acknowledged), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut round = 0;
                while !stop.load(Ordering::Relaxed) {
                    round += 1;
                    let Ok(mut connection) = PgConnection::connect_with(&options).await else {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        continue;
                    };
                    let stream = format!("{number} {round}");
                    _ = write(&mut connection, &stream, number, &acknowledged, &stop).await;
                }
            })
        });
        Self { tasks: tasks.collect(), acknowledged, stop }
    }

    fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    async fn reach(&self, count: usize) {
        let begin = Instant::now();
        while self.acknowledged() < count {
            assert!(begin.elapsed() < Duration::from_secs(60), "{} of {count}", self.acknowledged());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn stop(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
        self.acknowledged.load(Ordering::Relaxed)
    }
}

async fn write(
    connection: &mut PgConnection,
    stream: &str,
    number: usize,
    acknowledged: &AtomicUsize,
    stop: &AtomicBool,
) -> Result<(), sqlx::Error> {
    let mut sequence = 0_i64;
    while !stop.load(Ordering::Relaxed) && sequence < 40 {
        let mut tx = connection.begin().await?;
        let turn = sequence + i64::try_from(number).unwrap_or_default();
        sqlx::query(APPEND).bind(stream).bind(sequence + 1).execute(&mut *tx).await?;
        if turn % 7 == 0 {
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
        if turn % 11 == 0 {
            tx.rollback().await?;
            return Ok(());
        }
        tx.commit().await?;
        sequence += 1;
        acknowledged.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// A sequencer at work, as in a process, with pools of its own.
fn sequencer(options: &PgConnectOptions) -> (watch::Sender<bool>, JoinHandle<()>) {
    let (stop, stopped) = watch::channel(false);
    let sequencer = Sequencer::new(Database::new(options, 2), Arc::default());
    (stop, tokio::spawn(sequencer.run(stopped)))
}

/// Remembers every position that it ever sees, and fails when one changes.
fn watcher(options: &PgConnectOptions) -> (Arc<Mutex<Seen>>, JoinHandle<()>) {
    let seen = Arc::new(Mutex::new(Seen::new()));
    let (options, kept) = (options.clone(), Arc::clone(&seen));
    let watching = tokio::spawn(async move {
        loop {
            if let Ok(mut connection) = PgConnection::connect_with(&options).await {
                while let Ok(now) = positions(&mut connection).await {
                    let mut seen = kept.lock().unwrap();
                    for (position, insertion) in &*seen {
                        assert_eq!(now.get(position), Some(insertion), "position {position} changed");
                    }
                    seen.extend(now);
                }
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    (seen, watching)
}

async fn positions(connection: &mut PgConnection) -> Result<Seen, sqlx::Error> {
    let found: Vec<(i64, i64)> = sqlx::query_as("select position, insertion from escalon.event_positions")
        .fetch_all(connection)
        .await?;
    Ok(found.into_iter().collect())
}

/// Numbers what is left and checks everything that is promised; gives how many events there are.
async fn check(options: &PgConnectOptions, seen: &Seen) -> i64 {
    let mut sequencer = Sequencer::new(Database::new(options, 2), Arc::default());
    for _ in 0..3 {
        while sequencer.step().await.unwrap() {}
    }
    let mut connection = PgConnection::connect_with(options).await.unwrap();
    let now = positions(&mut connection).await.unwrap();
    let (events, disordered): (i64, i64) = sqlx::query_as(
        "select (select count(*) from escalon.events), count(*) from (
             select p.position, lag(p.position) over w as before from escalon.events e
             join escalon.event_positions p using (insertion)
             window w as (partition by e.aggregate_type, e.aggregate_id order by e.sequence)) s
         where s.before >= s.position",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!(i64::try_from(now.len()).unwrap(), events, "every committed event has a position");
    assert_eq!(now.keys().copied().collect::<Vec<_>>(), (1..=events).collect::<Vec<_>>(), "dense");
    assert_eq!(disordered, 0, "each stream is in its order");
    for (position, insertion) in seen {
        assert_eq!(now.get(position), Some(insertion), "position {position} is what it was");
    }
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sequencers_writers_that_go_back_and_killed_sequencers_leave_the_order_whole() {
    let options = TestApp::database().await;
    let writers = Writers::start(&options, 6);
    let (seen, watching) = watcher(&options);
    let (one, other) = (sequencer(&options), sequencer(&options));
    let mut owner = PgConnection::connect_with(&options).await.unwrap();
    // Sequencers are cut off in the middle of whatever they do.
    for round in 1..=25 {
        writers.reach(round * 20).await;
        owner
            .execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'escalon'
                    and datname = current_database() and (state <> 'idle' or random() < 0.3)",
            )
            .await
            .unwrap();
    }
    let acknowledged = writers.stop().await;
    for (stop, running) in [one, other] {
        stop.send_replace(true);
        running.await.unwrap();
    }
    all_kept(&options, &watching, &seen, acknowledged).await;
}

/// No position changed while somebody watched, and everything that was acknowledged has one.
async fn all_kept(
    options: &PgConnectOptions,
    watching: &JoinHandle<()>,
    seen: &Mutex<Seen>,
    acknowledged: usize,
) {
    assert!(!watching.is_finished(), "a position changed");
    watching.abort();
    let seen = seen.lock().unwrap().clone();
    assert!(seen.len() > 100, "{} were numbered meanwhile", seen.len());
    let events = check(options, &seen).await;
    assert!(events >= i64::try_from(acknowledged).unwrap(), "{events} of {acknowledged}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_killed_while_events_are_numbered_keeps_every_position_it_gave() {
    let directory = directory();
    let postgres = cluster(&directory.path().join("postgres")).await;
    let options = postgres.connect_options();
    migrate(&options, Duration::from_secs(30)).await.unwrap();
    let writers = Writers::start(&options, 4);
    let (seen, watching) = watcher(&options);
    let (stop, numbering) = sequencer(&options);
    for round in 1..=2 {
        writers.reach(round * 150).await;
        let pid_file = directory.path().join("postgres/cluster/postmaster.pid");
        let pid = std::fs::read_to_string(pid_file).unwrap().lines().next().unwrap().trim().to_owned();
        assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    }
    // It is started again by itself, and everybody goes on.
    writers.reach(500).await;
    let acknowledged = writers.stop().await;
    stop.send_replace(true);
    numbering.await.unwrap();
    all_kept(&options, &watching, &seen, acknowledged).await;
    postgres.stop().await;
}

/// The arguments by which PostgreSQL's tools reach a database.
fn address(options: &PgConnectOptions) -> [String; 6] {
    let socket = options.get_socket().unwrap().to_str().unwrap().to_owned();
    [
        "-h".to_owned(),
        socket,
        "-p".to_owned(),
        options.get_port().to_string(),
        "-U".to_owned(),
        options.get_username().to_owned(),
    ]
}

fn run(program: &str, options: &PgConnectOptions, arguments: &[&str]) {
    let done = Command::new(program).args(address(options)).args(arguments).output().unwrap();
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
}

/// What writers store there from now on comes after what had a position, of which nothing changes.
async fn goes_on(options: &PgConnectOptions, seen: &Seen, before: i64) {
    let writers = Writers::start(options, 4);
    let (stop, numbering) = sequencer(options);
    writers.reach(100).await;
    writers.stop().await;
    stop.send_replace(true);
    numbering.await.unwrap();
    assert!(check(options, seen).await >= before + 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_that_lacks_the_latest_transactions_goes_on_from_what_it_has() {
    let directory = directory();
    let postgres = cluster(&directory.path().join("postgres")).await;
    let options = postgres.connect_options();
    migrate(&options, Duration::from_secs(30)).await.unwrap();
    let writers = Writers::start(&options, 4);
    let (stop, numbering) = sequencer(&options);
    writers.reach(150).await;
    // A copy of the moment in which this ends, in the middle of appends and of numbering.
    let standby = directory.path().join("standby");
    std::fs::create_dir(&standby).unwrap();
    let copy = standby.join("cluster");
    run("pg_basebackup", &options, &["-D", copy.to_str().unwrap(), "-X", "stream", "-c", "fast"]);
    writers.stop().await;
    stop.send_replace(true);
    numbering.await.unwrap();
    check(&options, &Seen::new()).await;
    postgres.stop().await;

    let postgres = cluster(&standby).await;
    let options = postgres.connect_options();
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    let seen = positions(&mut connection).await.unwrap();
    assert!(seen.len() > 50, "{}", seen.len());
    let before = check(&options, &seen).await;
    goes_on(&options, &seen, before).await;
    drop(connection);
    postgres.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_restored_into_another_cluster_keeps_its_positions_and_goes_on() {
    let options = TestApp::database().await;
    let mut owner = PgConnection::connect_with(&options).await.unwrap();
    // Transaction ids far beyond those of a fresh cluster.
    let burn = "create temp table t (n int); do $$ begin for n in 1..20000 loop
        begin insert into t values (n); exception when others then null; end; end loop; end $$";
    owner.execute(sqlx::raw_sql(burn)).await.unwrap();
    let writers = Writers::start(&options, 4);
    let (stop, numbering) = sequencer(&options);
    writers.reach(200).await;
    stop.send_replace(true);
    numbering.await.unwrap();
    // Some that are not numbered yet, and one that commits after all others.
    let mut late = PgConnection::connect_with(&options).await.unwrap();
    late.execute("begin").await.unwrap();
    sqlx::query(APPEND).bind("late").bind(1_i64).execute(&mut late).await.unwrap();
    writers.reach(260).await;
    writers.stop().await;
    let mut half = Sequencer::new(Database::new(&options, 2), Arc::default());
    half.step().await.unwrap();
    late.execute("commit").await.unwrap();
    let seen = positions(&mut owner).await.unwrap();
    let (events, id) = facts(&mut owner).await;
    assert_eq!(i64::try_from(seen.len()).unwrap(), events - 1, "the late one has no position yet");

    let directory = directory();
    let postgres = cluster(&directory.path().join("postgres")).await;
    // The roles belong to the cluster and are made by a migration, here that of another database.
    migrate(&postgres.connect_options(), Duration::from_secs(30)).await.unwrap();
    let dump = directory.path().join("dump");
    let (file, name) = (dump.to_str().unwrap(), options.get_database().unwrap());
    run("pg_dump", &options, &["-Fc", "-f", file, name]);
    let mut fresh = PgConnection::connect_with(&postgres.connect_options()).await.unwrap();
    fresh.execute("create database restored").await.unwrap();
    run("pg_restore", &postgres.connect_options(), &["-d", "restored", file]);
    let restored = postgres.connect_options().database("restored");
    let mut connection = PgConnection::connect_with(&restored).await.unwrap();
    let (events_there, id_there) = facts(&mut connection).await;
    assert_eq!(events_there, events);
    assert!(id_there < id, "transaction ids begin anew: {id_there} and {id}");
    assert_eq!(check(&restored, &seen).await, events);

    goes_on(&restored, &seen, events).await;
    drop((fresh, connection));
    postgres.stop().await;
}

/// How many events there are, and the transaction id that comes next.
async fn facts(connection: &mut PgConnection) -> (i64, i64) {
    sqlx::query_as(
        "select count(*), pg_snapshot_xmax(pg_current_snapshot())::text::bigint from escalon.events",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}
