//! Migrations and the connection pools.

use std::time::Duration;

use sqlx::{
    ConnectOptions, Connection, Executor, PgPool,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::line::Line;

/// The schema of everything but the read models.
pub const SCHEMA: &str = "escalon";

/// The role that appends.
const WRITER: &str = "escalon_writer";
/// After so long without use a connection is asked whether it is still there.
const IDLE: Duration = Duration::from_secs(1);

static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// The pools over one database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Database {
    /// Bound to one organization a transaction by row-level security; can neither change nor remove events.
    pub app: PgPool,
    /// Appends for any organization: for the store's own workers, which put many commands into one transaction.
    pub writer: PgPool,
    /// Sees every organization: for the sequencer, projectors and operators.
    pub engine: PgPool,
    /// How workers that write reach it.
    writing: PgConnectOptions,
}

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The address is not one.
    #[error(
        "the database URL is not valid: {0}; it should look like postgres://user:password@host:5432/name"
    )]
    Url(#[source] sqlx::Error),
    /// It could not be reached in time.
    #[error("the database did not answer within {} s: {source}; check that it runs and that the address is right", .waited.as_secs())]
    Unreachable {
        /// How long was tried.
        waited: Duration,
        /// The last failure.
        source: sqlx::Error,
    },
    /// Its schema could not be brought up to date.
    #[error("the database could not be migrated: {0}")]
    Migration(#[from] MigrateError),
    /// Something else failed.
    #[error("{operation}: {source}")]
    Failed {
        /// What was being done.
        operation: &'static str,
        /// Why it failed.
        source: sqlx::Error,
    },
}

/// Connection options from a URL.
///
/// # Errors
/// It is not a valid one.
pub fn options_from_url(url: &str) -> Result<PgConnectOptions, DatabaseError> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(DatabaseError::Url(sqlx::Error::Configuration(
            "it does not begin with postgres://".into(),
        )));
    }
    url.parse().map_err(DatabaseError::Url)
}

/// Brings the schema up to date, waiting for the database to come up if need be. Safe to run from several processes at once.
///
/// # Errors
/// The database stays away, or its schema is not one this version can migrate.
pub async fn migrate(options: &PgConnectOptions, patience: Duration) -> Result<(), DatabaseError> {
    let options = options.clone().options([("search_path", SCHEMA)]).disable_statement_logging();
    let mut connection = reach(&options, patience).await?;
    let failed = |operation| move |source| DatabaseError::Failed { operation, source };
    let schema = "select pg_advisory_lock(7012026)";
    connection.execute(schema).await.map_err(failed("taking the migration lock"))?;
    let created = connection.execute("create schema if not exists escalon").await;
    created.map_err(failed("creating the schema"))?;
    MIGRATOR.run_direct(&mut connection).await?;
    connection.close().await.map_err(failed("closing the migration's connection"))
}

async fn reach(options: &PgConnectOptions, patience: Duration) -> Result<sqlx::PgConnection, DatabaseError> {
    let start = tokio::time::Instant::now();
    loop {
        match sqlx::PgConnection::connect_with(options).await {
            Ok(connection) => return Ok(connection),
            Err(source) if start.elapsed() >= patience => {
                return Err(DatabaseError::Unreachable { waited: patience, source });
            }
            Err(source) => {
                tracing::warn!(%source, "the database does not answer yet; trying again");
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        }
    }
}

impl Database {
    /// The pools, with up to so many connections for the application's role. Connections are made when they are needed.
    #[must_use]
    pub fn new(options: &PgConnectOptions, connections: u32) -> Self {
        // A plan made anew for each append would cost as much as the append. One that was made while there were few events
        // must not read them all for ever: writers look into indexes only.
        let writing =
            ours(options).options([("plan_cache_mode", "force_generic_plan"), ("enable_seqscan", "off")]);
        // What is not in a text index's tree yet is read to its end by each search, and put there by whoever adds the last
        // straw; so there may not be much of it.
        let following = ours(options).options([("gin_pending_list_limit", "256kB")]);
        Self {
            app: pool(ours(options), "escalon_app", connections),
            writer: pool(writing.clone(), WRITER, 4),
            engine: pool(following, "escalon_engine", 16),
            writing,
        }
    }

    /// A connection for a worker that writes, apart from the pools.
    pub(crate) fn line(&self) -> Line {
        Line::new(self.writing.clone(), WRITER)
    }

    /// Closes the pools, waiting for what runs.
    pub async fn close(&self) {
        self.app.close().await;
        self.writer.close().await;
        self.engine.close().await;
    }
}

fn ours(options: &PgConnectOptions) -> PgConnectOptions {
    // Statements here are short: compiling one takes longer than it.
    let settings = [("search_path", SCHEMA), ("jit", "off")];
    options.clone().options(settings).application_name("escalon").disable_statement_logging()
}

fn pool(options: PgConnectOptions, role: &'static str, connections: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5))
        // A connection that was in use a moment ago is there: asking it costs a round trip.
        .test_before_acquire(false)
        .before_acquire(|connection, usage| {
            Box::pin(async move { Ok(usage.idle_for < IDLE || connection.ping().await.is_ok()) })
        })
        .after_connect(move |connection, _| {
            Box::pin(async move {
                connection.execute(format!("set role {role}").as_str()).await?;
                Ok(())
            })
        })
        .connect_lazy_with(options)
}
