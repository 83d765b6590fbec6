//! One PostgreSQL cluster for all tests of a run, and a database per test cloned from a template.
//!
//! Tests run in many processes (nextest) or threads (cargo test), so the cluster belongs to none of them: the first test
//! starts a keeper process, which holds the cluster until nobody has been connected for a while. `fsync` is off in here;
//! tests that promise durability start a cluster of their own.

use std::{
    collections::hash_map::DefaultHasher,
    fs::File,
    hash::{Hash, Hasher},
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use escalon_application::ports::Ids;
use escalon_infrastructure::embedded::{EmbeddedPostgres, Mode, Options};
use escalon_infrastructure::world::RandomIds;
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};

/// How long the keeper waits without anybody connected.
const IDLE: Duration = Duration::from_secs(10);

/// How the name begins of what a former run left.
const FORMER: &str = "former-";

fn directory() -> PathBuf {
    let mut hasher = DefaultHasher::new();
    env!("CARGO_MANIFEST_DIR").hash(&mut hasher);
    std::env::temp_dir().join(format!("escalon-tests-{:x}", hasher.finish()))
}

fn options() -> PgConnectOptions {
    PgConnectOptions::new().socket(directory().join("cluster")).username("escalon_owner")
}

async fn reachable() -> bool {
    match PgConnection::connect_with(&options().database("postgres")).await {
        Ok(connection) => connection.close().await.is_ok(),
        Err(_) => false,
    }
}

/// The keeper's life: holds a fresh cluster until nobody needs it. Run by the binary `cluster`.
pub async fn keep() {
    let (home, directory) = (directory(), directory().join("cluster"));
    // Hundreds of databases of former runs: removing them takes a minute on a busy disk, and nobody should wait for that.
    let _ = std::fs::rename(&directory, home.join(format!("{FORMER}{}", std::process::id())));
    let removing = std::thread::spawn(move || {
        for entry in std::fs::read_dir(home).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(FORMER) {
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
    });
    let mut options = Options::new(directory, Mode::Engine);
    for (name, value) in [
        ("fsync", "off"),
        ("synchronous_commit", "off"),
        ("full_page_writes", "off"),
        ("max_connections", "400"),
    ] {
        options.settings.push((name.to_owned(), value.to_owned()));
    }
    let Ok(postgres) = EmbeddedPostgres::open(options).await else { return };
    let mut idle = Instant::now();
    let connected = "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()";
    let mut own =
        PgConnection::connect_with(&postgres.connect_options()).await.expect("the keeper's connection");
    while idle.elapsed() < IDLE {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let others: i64 = sqlx::query_scalar(connected).fetch_one(&mut own).await.unwrap_or(0);
        if others > 0 {
            idle = Instant::now();
        }
    }
    drop(own);
    postgres.stop().await;
    let _ = removing.join();
}

/// Options to connect to a new database, cloned from a template that `prepare` fills once for each `fingerprint`.
pub async fn database<F: Future<Output = ()>>(
    keeper: &str,
    fingerprint: &str,
    prepare: impl FnOnce(PgConnectOptions) -> F,
) -> PgConnectOptions {
    let template = format!("template_{fingerprint}");
    let name = format!("test_{}", RandomIds.uuid().simple());
    let mut connection = {
        let _turn = turn();
        if !reachable().await {
            start(keeper).await;
        }
        let mut connection =
            PgConnection::connect_with(&options().database("postgres")).await.expect("the test cluster");
        let known: bool = sqlx::query_scalar("select exists (select 1 from pg_database where datname = $1)")
            .bind(&template)
            .fetch_one(&mut connection)
            .await
            .expect("the list of databases");
        if !known {
            let making = format!("{template}_making");
            connection
                .execute(format!("drop database if exists {making}").as_str())
                .await
                .expect("a clean start");
            connection.execute(format!("create database {making}").as_str()).await.expect("a template");
            prepare(options().database(&making)).await;
            let done = format!("alter database {making} rename to {template}");
            connection.execute(done.as_str()).await.expect("the template's name");
        }
        connection
    };
    connection
        .execute(format!("create database {name} template {template}").as_str())
        .await
        .expect("a test's database");
    options().database(&name)
}

/// One process or thread at a time starts the cluster and makes the template.
fn turn() -> File {
    std::fs::create_dir_all(directory()).expect("the tests' directory");
    let file = File::create(directory().join("turn.lock")).expect("the tests' lock");
    file.lock().expect("the tests' lock");
    file
}

async fn start(keeper: &str) {
    let mut command = Command::new(keeper);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().expect("the cluster's keeper");
    let begin = Instant::now();
    while !reachable().await {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "the test cluster did not start; is PostgreSQL installed? `make setup`"
        );
        // A keeper whose predecessor is just ending gives up.
        if child.try_wait().expect("the cluster's keeper").is_some() {
            child = command.spawn().expect("the cluster's keeper");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    std::thread::spawn(move || child.wait());
}
