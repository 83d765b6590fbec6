//! The embedded PostgreSQL, with a real server in a directory of its own for each test.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use escalon_infrastructure::embedded::{EmbeddedError, EmbeddedPostgres, Mode, Options};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::{ConnectOptions, Connection, PgConnection};

/// Tells the re-executed test binary to be a process that opens this data directory.
const HELPER_DIR: &str = "ESCALON_TEST_EMBEDDED_DIR";
const HELPER_MODE: &str = "ESCALON_TEST_EMBEDDED_MODE";

struct TestDir(PathBuf);

impl TestDir {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let path =
            format!("/tmp/escalon-embedded-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        fs::DirBuilder::new().mode(0o755).create(&path).unwrap();
        Self(path.into())
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    fn options(&self, mode: Mode) -> Options {
        options(&self.data(), mode)
    }

    async fn engine(&self) -> EmbeddedPostgres {
        EmbeddedPostgres::open(self.options(Mode::Engine)).await.unwrap()
    }

    async fn tool(&self) -> EmbeddedPostgres {
        EmbeddedPostgres::open(self.options(Mode::Tool)).await.unwrap()
    }

    fn server_pid(&self) -> i32 {
        let text = fs::read_to_string(self.data().join("cluster/postmaster.pid")).unwrap();
        text.lines().next().unwrap().trim().parse().unwrap()
    }
}

impl Drop for TestDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Short waits, and little memory since tests run side by side.
fn options(data_dir: &Path, mode: Mode) -> Options {
    let mut options = Options::new(data_dir, mode);
    options.settings = vec![("shared_buffers".to_owned(), "16MB".to_owned())];
    options.handover_timeout = Duration::from_millis(400);
    options.start_timeout = Duration::from_secs(30);
    options
}

/// Another process that opens the data directory, and stops it when its input ends.
struct Helper {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Helper {
    fn spawn(dir: &TestDir, mode: Mode) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "helper", "--nocapture", "--test-threads=1"]);
        command.env(HELPER_DIR, dir.data()).env(HELPER_MODE, mode.to_string());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut helper = Self { child, output };
        helper.wait_for("helper is open");
        helper
    }

    fn wait_for(&mut self, text: &str) {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert_ne!(
                self.output.read_line(&mut line).unwrap(),
                0,
                "the helper ended before it said: {text}"
            );
        }
    }

    fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    fn ask_to_stop(&mut self) {
        drop(self.child.stdin.take());
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Not a test: what [`Helper`] runs.
#[expect(clippy::disallowed_methods, reason = "this process is told by its environment what it is to be")]
#[tokio::test]
async fn helper() {
    let Some(data_dir) = std::env::var_os(HELPER_DIR) else { return };
    let mode = if std::env::var(HELPER_MODE).unwrap() == "engine" { Mode::Engine } else { Mode::Tool };
    let postgres = EmbeddedPostgres::open(options(Path::new(&data_dir), mode)).await.unwrap();
    println!("helper is open");
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
    postgres.stop().await;
    println!("helper has stopped");
}

async fn connect(postgres: &EmbeddedPostgres) -> PgConnection {
    postgres.connect_options().connect().await.unwrap()
}

async fn write(postgres: &EmbeddedPostgres) {
    let mut connection = connect(postgres).await;
    sqlx::raw_sql("create table note (text text); insert into note values ('kept: ÄÖÜ')")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

async fn assert_kept(postgres: &EmbeddedPostgres) {
    assert_eq!(scalar(postgres, "select text from note").await, "kept: ÄÖÜ");
}

async fn scalar(postgres: &EmbeddedPostgres, query: &str) -> String {
    let mut connection = connect(postgres).await;
    let value = sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    value
}

/// Gone, or a zombie: nothing of it runs.
fn has_ended(pid: i32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default().is_empty()
}

fn eventually(what: &str, condition: impl Fn() -> bool) -> Duration {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(10), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
    started.elapsed()
}

#[tokio::test]
async fn first_start_creates_and_a_restart_keeps() {
    let dir = TestDir::new();
    let started = Instant::now();
    let postgres = dir.engine().await;
    println!("first start: {:?}", started.elapsed());
    assert!(postgres.runs_server());
    assert_eq!(
        (postgres.superuser(), postgres.database(), postgres.port()),
        ("escalon_owner", "escalon", 5432)
    );
    assert_eq!(fs::metadata(postgres.socket_dir()).unwrap().permissions().mode() & 0o777, 0o700);
    for (setting, value) in [
        ("listen_addresses", ""),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("shared_buffers", "16MB"),
        ("max_connections", "200"),
    ] {
        assert_eq!(
            scalar(&postgres, &format!("select current_setting('{setting}')")).await,
            value,
            "{setting}"
        );
    }
    assert_eq!(scalar(&postgres, "select upper('äöü') collate \"default\"").await, "ÄÖÜ");
    write(&postgres).await;
    let started = Instant::now();
    postgres.stop().await;
    println!("stop: {:?}", started.elapsed());

    let started = Instant::now();
    let postgres = dir.engine().await;
    println!("start: {:?}", started.elapsed());
    assert_kept(&postgres).await;
    postgres.stop().await;
    assert!(!dir.data().join("cluster/postmaster.pid").exists(), "a clean shutdown leaves no pid file");
}

#[tokio::test]
async fn a_second_engine_is_refused_by_the_pid_of_the_first() {
    let dir = TestDir::new();
    let first = Helper::spawn(&dir, Mode::Engine);
    let refusal = EmbeddedPostgres::open(dir.options(Mode::Engine)).await.unwrap_err();
    assert!(matches!(refusal, EmbeddedError::EngineRunning { pid, .. } if pid == first.pid()), "{refusal}");
    assert!(
        refusal
            .to_string()
            .starts_with(&format!("another engine, process {}, already runs on ", first.pid())),
        "{refusal}"
    );
    first.kill();
}

#[tokio::test]
async fn a_tool_joins_an_engine() {
    let dir = TestDir::new();
    let engine = dir.engine().await;
    write(&engine).await;
    let tool = dir.tool().await;
    assert!(!tool.runs_server());
    assert_kept(&tool).await;
    tool.stop().await;
    assert_kept(&engine).await;
    engine.stop().await;
}

#[tokio::test]
async fn a_tool_joins_a_server_that_is_still_starting() {
    let dir = TestDir::new();
    let (engine, tool) = tokio::join!(dir.engine(), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        dir.tool().await
    });
    assert!(!tool.runs_server());
    tool.stop().await;
    engine.stop().await;
}

#[tokio::test]
async fn a_tool_alone_runs_the_server_and_waits_for_those_who_joined() {
    let dir = TestDir::new();
    let mut first = Helper::spawn(&dir, Mode::Tool);
    let server = dir.server_pid();

    let refusal = EmbeddedPostgres::open(dir.options(Mode::Engine)).await.unwrap_err();
    assert!(matches!(refusal, EmbeddedError::ToolRunning { pid, .. } if pid == first.pid()), "{refusal}");

    let second = dir.tool().await;
    assert!(!second.runs_server());
    first.ask_to_stop();
    tokio::time::sleep(Duration::from_millis(300)).await;
    write(&second).await;
    assert!(!has_ended(server), "the server stays for the tool that joined");

    second.stop().await;
    first.wait_for("helper has stopped");
    assert!(has_ended(server));

    let alone = dir.tool().await;
    assert!(alone.runs_server());
    assert_kept(&alone).await;
    drop(alone);
    let engine = dir.engine().await;
    assert_kept(&engine).await;
    engine.stop().await;
}

#[tokio::test]
async fn an_engine_waits_for_a_tool_that_is_about_to_end() {
    let dir = TestDir::new();
    let tool = dir.tool().await;
    let (engine, ()) = tokio::join!(dir.engine(), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        tool.stop().await;
    });
    assert!(engine.runs_server());
    engine.stop().await;
}

#[tokio::test]
async fn the_server_ends_with_a_killed_engine() {
    let dir = TestDir::new();
    let engine = Helper::spawn(&dir, Mode::Engine);
    let server = dir.server_pid();
    let tool = dir.tool().await;
    write(&tool).await;
    tool.stop().await;
    engine.kill();
    let took = eventually("the server has ended", || has_ended(server));
    println!("server gone after SIGKILL of the engine: {took:?}");
    let engine = dir.engine().await;
    assert_kept(&engine).await;
    engine.stop().await;
}

#[tokio::test]
async fn an_engine_killed_with_its_server_is_followed_at_once() {
    let dir = TestDir::new();
    let engine = Helper::spawn(&dir, Mode::Engine);
    let tool = dir.tool().await;
    write(&tool).await;
    let server = dir.server_pid();
    kill(Pid::from_raw(engine.pid()), Signal::SIGSTOP).unwrap();
    kill(Pid::from_raw(server), Signal::SIGKILL).unwrap();
    eventually("the server is a zombie", || has_ended(server));
    engine.kill();
    drop(tool);
    let started = Instant::now();
    let engine = dir.engine().await;
    println!("start with recovery: {:?}", started.elapsed());
    assert_kept(&engine).await;
    engine.stop().await;
}

#[tokio::test]
async fn a_pid_file_that_names_a_zombie_or_an_unrelated_process_does_no_harm() {
    let dir = TestDir::new();
    let engine = dir.engine().await;
    write(&engine).await;
    let pid_file = dir.data().join("cluster/postmaster.pid");
    let text = fs::read_to_string(&pid_file).unwrap();
    engine.stop().await;
    let (_, rest) = text.split_once('\n').unwrap();
    // PostgreSQL only minds processes of its own user. The first is not waited for until the end, and so a
    // zombie.
    for program in ["true", "cat"] {
        let mut command = Command::new(program);
        command.uid(fs::metadata(dir.data()).unwrap().uid()).stdin(Stdio::piped());
        let mut unrelated = command.spawn().unwrap();
        if program == "true" {
            eventually("the process is a zombie", || has_ended(unrelated.id().cast_signed()));
        }
        fs::write(&pid_file, format!("{}\n{rest}", unrelated.id())).unwrap();
        chown(&pid_file, Some(fs::metadata(dir.data()).unwrap().uid()), None).unwrap();
        let engine = dir.engine().await;
        assert_kept(&engine).await;
        engine.stop().await;
        unrelated.kill().unwrap();
        unrelated.wait().unwrap();
    }
}

#[tokio::test]
async fn a_killed_server_is_started_again() {
    let dir = TestDir::new();
    let engine = dir.engine().await;
    write(&engine).await;
    let before = dir.server_pid();
    kill(Pid::from_raw(before), Signal::SIGKILL).unwrap();
    let started = Instant::now();
    while engine.connect_options().connect().await.is_err() || dir.server_pid() == before {
        assert!(started.elapsed() < Duration::from_secs(10), "the server did not come back");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("back after SIGKILL of the server: {:?}", started.elapsed());
    assert_kept(&engine).await;
    engine.stop().await;
}

#[tokio::test]
async fn an_interrupted_initdb_leaves_nothing_half_done() {
    let dir = TestDir::new();
    fs::create_dir_all(dir.data().join("new-cluster-1/base")).unwrap();
    fs::write(dir.data().join("owner.lock"), "engine 1\n").unwrap();
    let engine = dir.engine().await;
    assert!(!dir.data().join("new-cluster-1").exists());
    engine.stop().await;
}

#[tokio::test]
async fn a_long_path_gets_its_socket_elsewhere() {
    let dir = TestDir::new();
    let data = dir.0.join("d".repeat(100));
    let engine = EmbeddedPostgres::open(options(&data, Mode::Engine)).await.unwrap();
    let socket_dir = engine.socket_dir().to_owned();
    assert!(socket_dir.starts_with("/tmp") && socket_dir.as_os_str().len() < 40, "{socket_dir:?}");
    assert_eq!(fs::metadata(&socket_dir).unwrap().permissions().mode() & 0o777, 0o700);
    write(&engine).await;
    engine.stop().await;
    fs::remove_dir(socket_dir).unwrap();
}

#[tokio::test]
async fn missing_binaries_are_named_with_the_command_that_installs_them() {
    let dir = TestDir::new();
    let mut options = dir.options(Mode::Engine);
    options.bin_dir = Some(dir.0.join("nowhere"));
    let error = EmbeddedPostgres::open(options).await.unwrap_err().to_string();
    assert!(error.contains("nowhere"), "{error}");
    assert!(error.ends_with("apt-get install -y --no-install-recommends postgresql"), "{error}");
}

#[tokio::test]
async fn a_wrong_setting_is_told_from_the_log() {
    let dir = TestDir::new();
    let mut options = dir.options(Mode::Engine);
    options.settings.push(("no_such_setting".to_owned(), "1".to_owned()));
    let error = EmbeddedPostgres::open(options).await.unwrap_err().to_string();
    assert!(error.contains("unrecognized configuration parameter \"no_such_setting\""), "{error}");
}

#[tokio::test]
async fn a_directory_with_something_else_in_it_is_left_alone() {
    let dir = TestDir::new();
    fs::create_dir(dir.data()).unwrap();
    fs::write(dir.data().join("thesis.txt"), "").unwrap();
    let error = EmbeddedPostgres::open(dir.options(Mode::Engine)).await.unwrap_err();
    assert!(matches!(error, EmbeddedError::ForeignDirectory { .. }), "{error}");
}

#[tokio::test]
async fn a_directory_that_only_root_may_enter_is_reached_through_a_door() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let dir = TestDir::new();
    fs::set_permissions(&dir.0, Permissions::from_mode(0o700)).unwrap();
    let postgres = dir.engine().await;
    write(&postgres).await;
    postgres.stop().await;
    let postgres = dir.engine().await;
    assert_kept(&postgres).await;
    postgres.stop().await;
}
