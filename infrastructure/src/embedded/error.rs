//! What can go wrong, said to the person who has to put it right.

use std::io;
use std::path::{Path, PathBuf};

use super::layout::Layout;
use super::log;

/// Why the embedded PostgreSQL could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbeddedError {
    /// The binaries were not found.
    #[error("PostgreSQL 15 or newer was not found in {looked_in}. Install it with: {install}")]
    NotInstalled {
        /// The places searched.
        looked_in: String,
        /// The command that installs it.
        install: &'static str,
    },

    /// The cluster needs another major version than the one that is there.
    #[error(
        "the cluster in {} was created by PostgreSQL {cluster}, but {} has PostgreSQL {found}. \
         Install that version (package postgresql-{cluster}), or convert the cluster with pg_upgrade",
        data_dir.display(), bin_dir.display()
    )]
    VersionMismatch {
        /// The cluster.
        data_dir: PathBuf,
        /// The binaries found.
        bin_dir: PathBuf,
        /// The major version that created the cluster.
        cluster: u32,
        /// The major version found.
        found: u32,
    },

    /// Another engine has the data directory.
    #[error(
        "another engine, process {pid}, already runs on {}. Stop it first, or choose another data directory",
        data_dir.display()
    )]
    EngineRunning {
        /// The data directory.
        data_dir: PathBuf,
        /// The other engine.
        pid: i32,
    },

    /// A tool has the data directory and did not end in time.
    #[error(
        "a command that is still running, process {pid}, holds the database in {} \
         (waited {waited_seconds} s for it). Let it finish or end it, and try again",
        data_dir.display()
    )]
    ToolRunning {
        /// The data directory.
        data_dir: PathBuf,
        /// The tool.
        pid: i32,
        /// How long we waited.
        waited_seconds: u64,
    },

    /// The lock is taken, and its file does not say by whom.
    #[error(
        "another process, which `fuser -v {}` would name, holds the database \
         (waited {waited_seconds} s for it)",
        lock.display()
    )]
    Held {
        /// The lock file.
        lock: PathBuf,
        /// How long we waited.
        waited_seconds: u64,
    },

    /// The directory holds something that is not ours.
    #[error(
        "{} is not empty, and what is in it was not put there by Escalon. \
         Choose an empty or a new directory for the database",
        data_dir.display()
    )]
    ForeignDirectory {
        /// The directory.
        data_dir: PathBuf,
    },

    /// The directory belongs to another user, and we are not root.
    #[error(
        "{} belongs to user {owner}, and this process runs as {ours}. Run it as root or as {owner}",
        path.display()
    )]
    OtherOwner {
        /// The directory.
        path: PathBuf,
        /// Its owner.
        owner: String,
        /// Our user.
        ours: String,
    },

    /// The unprivileged user cannot get to the directory.
    #[error(
        "PostgreSQL refuses to run as root and so runs as user {user}, who cannot pass through {} \
         to reach {}. Choose a data directory that user can reach, such as /var/lib/escalon, \
         or allow it with: chmod o+x {}",
        obstacle.display(), target.display(), obstacle.display()
    )]
    Unreachable {
        /// The user the server runs as.
        user: String,
        /// The directory that user may not enter.
        obstacle: PathBuf,
        /// What it has to reach.
        target: PathBuf,
    },

    /// We are root, and there is no user to become.
    #[error(
        "PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody` \
         to run it as. Create one with: useradd --system postgres"
    )]
    NoUnprivilegedUser,

    /// `initdb` failed.
    #[error("creating the cluster in {} failed; initdb said:\n{output}", data_dir.display())]
    InitdbFailed {
        /// The data directory.
        data_dir: PathBuf,
        /// What it wrote.
        output: String,
    },

    /// A server that somebody started by hand runs on the cluster.
    #[error(
        "a PostgreSQL server that Escalon did not start, process {pid}, runs on {}. Stop it first",
        cluster.display()
    )]
    ForeignServer {
        /// The cluster.
        cluster: PathBuf,
        /// The server.
        pid: i32,
    },

    /// Processes of an earlier server do not end.
    #[error(
        "processes of an earlier server on {} do not end: {pids:?}. End them, and try again",
        cluster.display()
    )]
    LeftoverProcesses {
        /// The cluster.
        cluster: PathBuf,
        /// The processes.
        pids: Vec<i32>,
    },

    /// The server ended while it was starting.
    #[error("PostgreSQL ended while starting ({status}). The end of its log, {}:\n{tail}", log.display())]
    EndedAtStart {
        /// How it ended.
        status: String,
        /// Its log file.
        log: PathBuf,
        /// The last lines of that.
        tail: String,
    },

    /// The server did not become ready in time.
    #[error("PostgreSQL was not ready in time. The end of its log, {}:\n{tail}", log.display())]
    NotReady {
        /// Its log file.
        log: PathBuf,
        /// The last lines of that.
        tail: String,
    },

    /// The server runs, but connecting or creating the database failed.
    #[error(
        "connecting to PostgreSQL through {} failed: {source}. The end of its log, {}:\n{tail}",
        socket.display(), log.display()
    )]
    Connect {
        /// The socket.
        socket: PathBuf,
        /// Its log file.
        log: PathBuf,
        /// The last lines of that.
        tail: String,
        /// What the client library says.
        source: sqlx::Error,
    },

    /// The caller went away while the server was starting.
    #[error("starting PostgreSQL was abandoned")]
    Abandoned,

    /// The operating system refused something.
    #[error("cannot {action}: {source}")]
    Io {
        /// What we tried.
        action: String,
        /// What it says.
        source: io::Error,
    },
}

impl EmbeddedError {
    /// For `map_err`: an I/O error of `verb` on `path`.
    pub(super) fn io(verb: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let action = format!("{verb} {}", path.display());
        move |source| Self::Io { action, source }
    }

    pub(super) fn connect(layout: &Layout, source: sqlx::Error) -> Self {
        Self::Connect {
            socket: layout.socket(),
            log: layout.log(),
            tail: log::tail(&layout.log(), 0),
            source,
        }
    }
}
