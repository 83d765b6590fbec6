//! A private PostgreSQL cluster in a data directory, run as a child of this process.
//!
//! Nothing is needed but the PostgreSQL binaries of the operating system. The first use creates the cluster;
//! every use starts `postgres` directly, reachable through a unix socket only, and ends it together with this
//! process, even when this process is killed with SIGKILL. If the server dies by itself it is started again.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use escalon_infrastructure::embedded::{EmbeddedPostgres, Mode, Options};
//!
//! let postgres = EmbeddedPostgres::open(Options::new("/var/lib/escalon/postgres", Mode::Engine)).await?;
//! let pool = sqlx::PgPool::connect_with(postgres.connect_options()).await?;
//! // ...
//! pool.close().await;
//! postgres.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! # The data directory
//!
//! It belongs to this module alone, with mode 0700: `cluster/` (what PostgreSQL calls the data directory),
//! `postgres.log`, the socket, and two lock files. The server trusts whoever reaches the socket, so only its
//! owner and root can. PostgreSQL refuses to run as root. Started by root, the server runs as the owner of an
//! existing cluster, else as `postgres`, else as `nobody`.
//! A data directory below one that only root may enter is reached through an inherited descriptor, so nothing has
//! to be opened up for that user.
//!
//! # Who runs the server, and who uses it
//!
//! Both rules are `flock`s, so the kernel releases them when a process dies, however it dies.
//!
//! - `owner.lock`, exclusive: held by the one process whose child the server is. It says in the file what it
//!   is and its pid.
//! - `users.lock`, shared: held by every tool while it uses the cluster.
//!
//! An **engine** takes `owner.lock`. If another engine has it, it is refused at once. If a tool has it, it
//! waits [`Options::handover_timeout`] for that tool to end and is then refused. When an engine stops, the
//! server stops; it waits for no tool.
//!
//! A **tool** takes `users.lock` (shared) and then tries `owner.lock`. If that is taken it joins the server
//! that runs. If not, it runs the server itself, and before stopping it, it exchanges its shared lock for an
//! exclusive one: it stays until every tool that joined has ended, and one that arrives while it is stopping
//! waits and starts anew.
//!
//! # After a crash
//!
//! `postgres` gets SIGINT (a clean, fast shutdown) when the thread that spawned it ends, which is why a
//! thread of its own lives as long as the handle. Whoever takes `owner.lock` next waits for what still runs
//! of the old server, and then makes the leftover `postmaster.pid` harmless if it names a zombie or a process
//! that is something else by now.

mod binaries;
mod database;
mod error;
mod initdb;
mod layout;
mod leftovers;
mod lock;
mod log;
mod options;
mod privileges;
mod server;
mod settings;
mod supervisor;

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;

pub use self::error::EmbeddedError;
pub use self::options::{Mode, Options};

use self::binaries::Binaries;
use self::layout::Layout;
use self::lock::{Claim, Membership};
use self::supervisor::{Plan, Supervisor};

/// How long to wait between two attempts to reach a server that another process is starting.
const RETRY: Duration = Duration::from_millis(50);

/// A cluster that accepts connections for as long as this value lives.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    layout: Layout,
    hold: Hold,
}

/// What keeps the server there for us.
#[derive(Debug)]
enum Hold {
    /// We run it.
    Running(#[expect(dead_code, reason = "held for its Drop, which stops the server")] Supervisor),
    /// Another process runs it, and a tool among those waits for us before it stops it.
    Joined(#[expect(dead_code, reason = "held for its lock")] Membership),
}

impl EmbeddedPostgres {
    /// Opens the cluster in `options.data_dir`: creates it when missing, starts or joins its server, and
    /// creates the database `escalon` when missing. Returns when the server answers.
    ///
    /// # Errors
    ///
    /// Each variant of [`EmbeddedError`] names a cause and, where there is one, its cure.
    pub async fn open(options: Options) -> Result<Self, EmbeddedError> {
        let (layout, user) = layout::prepare(&options.data_dir)?;
        let deadline = Instant::now() + options.start_timeout;
        loop {
            let claim = lock::claim(&layout, &user, options.mode, options.handover_timeout).await?;
            match claim {
                Claim::Owner(ownership) => {
                    let binaries = Binaries::find(options.bin_dir.as_deref(), &layout)?;
                    let plan =
                        Plan { layout: layout.clone(), user, binaries, settings: options.settings, deadline };
                    let hold = Hold::Running(Supervisor::start(plan, ownership).await?);
                    let postgres = Self { layout, hold };
                    // The server has said it is ready, so this limit is about connecting and creating the
                    // database alone.
                    database::reach(&postgres.layout, deadline.max(Instant::now() + Duration::from_secs(10)))
                        .await?;
                    return Ok(postgres);
                }
                // While the owner is still starting we ask again who the owner is: it may have died, and then
                // it is us.
                Claim::Joined(membership) => match database::try_reach(&layout).await {
                    Ok(()) => return Ok(Self { layout, hold: Hold::Joined(membership) }),
                    Err(error) if !database::is_starting(&error) || Instant::now() > deadline => {
                        return Err(EmbeddedError::connect(&layout, error));
                    }
                    Err(_) => drop(membership),
                },
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    /// The directory of the unix socket.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        self.layout.socket_dir()
    }

    /// The port, which for a unix socket is only part of its name.
    #[must_use]
    pub fn port(&self) -> u16 {
        layout::PORT
    }

    /// The superuser, who owns the database. There is no password.
    #[must_use]
    pub fn superuser(&self) -> &'static str {
        layout::SUPERUSER
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> &'static str {
        layout::DATABASE
    }

    /// Whether the server is a child of this process, and not one that we joined.
    #[must_use]
    pub fn runs_server(&self) -> bool {
        matches!(self.hold, Hold::Running(_))
    }

    /// How to connect as the superuser to the database.
    #[must_use]
    pub fn connect_options(&self) -> PgConnectOptions {
        database::connect_options(&self.layout)
    }

    /// Leaves the cluster. If we run the server, it is shut down cleanly, which ends the connections that are
    /// still open; a tool first waits for the other tools that joined it.
    ///
    /// Dropping the value does the same, but blocks the thread meanwhile.
    pub async fn stop(self) {
        if let Err(error) = tokio::task::spawn_blocking(move || drop(self)).await {
            tracing::error!(%error, "stopping the embedded PostgreSQL failed");
        }
    }
}
