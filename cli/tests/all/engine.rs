//! The program, commands and engines over one data directory.

use std::{
    fs::{self, Permissions},
    io::{BufRead, BufReader, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use escalon_infrastructure::embedded::{EmbeddedPostgres, Mode, Options};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

/// The program, without what the environment would tell it.
pub(crate) fn escalon() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_escalon"));
    for (variable, _) in std::env::vars_os() {
        if variable.to_string_lossy().starts_with("ESCALON_") {
            command.env_remove(variable);
        }
    }
    command
}

/// All that a command said.
pub(crate) fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A directory for an engine, and commands on it.
pub(crate) struct Engine(TempDir);

impl Engine {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        // Started by root, PostgreSQL runs as somebody who must be able to pass through.
        fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
        Self(directory)
    }

    /// With an organization `acme` and its administrator.
    pub(crate) fn acme() -> Self {
        let engine = Self::new();
        engine.good(&["organization", "create", "acme"]);
        engine.good(&["member", "invite", "ann@acme.test", "--name", "Ann", "--role", "administrator"]);
        engine
    }

    pub(crate) fn directory(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn file(&self, name: &str, text: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = escalon();
        command.arg("--data-dir").arg(self.path("data")).args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a command that succeeds answers.
    pub(crate) fn good(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The one JSON document that a command prints.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.good(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// What a command that fails says.
    pub(crate) fn fails(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output));
        String::from_utf8(output.stderr).unwrap()
    }

    /// The same, and whatever it answered.
    pub(crate) fn bad(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        text(&output)
    }

    /// The database of what is here, as its owner; it may end when the first of the two is dropped.
    pub(crate) async fn database(&self) -> (EmbeddedPostgres, PgConnection) {
        let options = Options::new(self.path("data/postgres"), Mode::Tool);
        let postgres = EmbeddedPostgres::open(options).await.unwrap();
        let connection = PgConnection::connect_with(&postgres.connect_options()).await.unwrap();
        (postgres, connection)
    }
}

/// An engine that runs, and what it said when it was ready.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) ready: Value,
}

impl Running {
    pub(crate) fn start(directory: &Path, arguments: &[&str]) -> Self {
        Self::start_over(directory, None, arguments)
    }

    /// The same over a database of somebody else's.
    pub(crate) fn start_over(directory: &Path, database: Option<&str>, arguments: &[&str]) -> Self {
        Self::spawn(directory, database, arguments, Stdio::inherit())
    }

    /// One that tells this file everything that it does.
    pub(crate) fn start_talkative(directory: &Path, log: &Path, arguments: &[&str]) -> Self {
        let log = fs::File::create(log).unwrap();
        Self::spawn(directory, None, &[arguments, &["--log", "trace"]].concat(), log.into())
    }

    fn spawn(directory: &Path, database: Option<&str>, arguments: &[&str], log: Stdio) -> Self {
        let mut command = escalon();
        command.arg("--data-dir").arg(directory.join("data")).args(arguments);
        command.args(database.iter().flat_map(|url| ["--database-url", url]));
        command.args(["--listen", "127.0.0.1:0", "--json"]).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        // The document may be spread over lines; it is whole when it parses.
        let mut text = String::new();
        let ready = loop {
            assert_ne!(lines.read_line(&mut text).unwrap(), 0, "the engine ended: {text}");
            if let Ok(ready) = serde_json::from_str(&text) {
                break ready;
            }
        };
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Self { child, ready }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/graphql", self.ready["url"].as_str().unwrap())
    }

    /// The token of the demonstration's administrator.
    pub(crate) fn administrator(&self) -> String {
        let sign_ins = self.ready["signIns"].as_array().unwrap();
        let administrator = sign_ins.iter().find(|one| one["role"] == "administrator").unwrap();
        administrator["token"].as_str().unwrap().to_owned()
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// What a query or mutation answers; none while the engine does not.
pub(crate) async fn ask(
    client: &reqwest::Client,
    url: &str,
    token: &str,
    query: &str,
    variables: Value,
) -> Option<Value> {
    let request =
        client.post(url).bearer_auth(token).json(&json!({ "query": query, "variables": variables }));
    let answer: Value = request.send().await.ok()?.json().await.ok()?;
    answer["errors"].is_null().then(|| answer["data"].clone())
}
