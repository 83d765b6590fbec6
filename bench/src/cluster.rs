//! The one PostgreSQL cluster on which all are measured, with the engine's own settings and `fsync` on.

use std::{fs::Permissions, os::unix::fs::PermissionsExt, path::PathBuf};

use escalon_infrastructure::embedded::{EmbeddedPostgres, Mode, Options};
use sqlx::{
    ConnectOptions, Connection, Executor, PgConnection, PgPool, postgres::PgConnectOptions,
    postgres::PgPoolOptions,
};
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

use crate::Result;

/// 256 callers of a peer have a connection each.
const SETTINGS: [(&str, &str); 1] = [("max_connections", "400")];

/// The cluster.
pub(crate) struct Cluster {
    directory: PathBuf,
    postgres: Mutex<Option<EmbeddedPostgres>>,
    options: PgConnectOptions,
    /// Removes what was made for this run only.
    _temporary: Option<TempDir>,
}

impl Cluster {
    /// A fresh cluster, or the one in a directory that is kept.
    pub(crate) async fn start(kept: Option<PathBuf>) -> Result<Self> {
        let (directory, temporary) = match kept {
            Some(directory) => (directory, None),
            None => {
                let made = tempfile::Builder::new().prefix("escalon-bench-").tempdir()?;
                std::fs::set_permissions(made.path(), Permissions::from_mode(0o755))?;
                (made.path().join("postgres"), Some(made))
            }
        };
        let postgres = open(&directory).await?;
        let options = postgres.connect_options();
        Ok(Self { directory, postgres: Mutex::new(Some(postgres)), options, _temporary: temporary })
    }

    /// The way to a database.
    pub(crate) fn options(&self, database: &str) -> PgConnectOptions {
        self.options.clone().database(database).disable_statement_logging()
    }

    /// Where the server listens, for programs that ask for a host.
    pub(crate) async fn socket(&self) -> Result<String> {
        let postgres = self.running().await;
        let socket = postgres.as_ref().ok_or("the cluster is stopped")?.socket_dir().display().to_string();
        Ok(socket)
    }

    /// Who owns the databases.
    pub(crate) const OWNER: &'static str = "escalon_owner";

    /// A new, empty database.
    pub(crate) async fn create(&self, database: &str) -> Result<PgConnectOptions> {
        let mut connection = self.connect("postgres").await?;
        connection.execute(format!("drop database if exists {database} with (force)").as_str()).await?;
        connection.execute(format!("create database {database}").as_str()).await?;
        connection.close().await?;
        Ok(self.options(database))
    }

    /// Whether the database is there and was filled to the end.
    pub(crate) async fn is_filled(&self, database: &str) -> Result<bool> {
        let mut connection = self.connect("postgres").await?;
        let comment: Option<Option<String>> = sqlx::query_scalar(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = $1",
        )
        .bind(database)
        .fetch_optional(&mut connection)
        .await?;
        Ok(comment.flatten().as_deref() == Some("filled"))
    }

    /// Remembers that the database was filled to the end.
    pub(crate) async fn mark_filled(&self, database: &str) -> Result<()> {
        let mut connection = self.connect("postgres").await?;
        connection.execute(format!("comment on database {database} is 'filled'").as_str()).await?;
        Ok(())
    }

    /// A connection as the owner.
    pub(crate) async fn connect(&self, database: &str) -> Result<PgConnection> {
        Ok(self.options(database).connect().await?)
    }

    /// A pool as the owner, with all its connections open.
    pub(crate) async fn pool(&self, database: &str, connections: usize) -> Result<PgPool> {
        let size = u32::try_from(connections)?;
        let options = PgPoolOptions::new().max_connections(size).min_connections(size);
        Ok(options.connect_with(self.options(database)).await?)
    }

    /// Writes everything out, so that one's pages are not written at another's expense.
    pub(crate) async fn checkpoint(&self) -> Result<()> {
        let mut connection = self.connect("postgres").await?;
        connection.execute("checkpoint").await?;
        connection.close().await?;
        Ok(())
    }

    /// Restarts the server with cold caches; says whether the kernel's cache could be dropped, too, which only root may.
    pub(crate) async fn restart_cold(&self) -> Result<bool> {
        let mut postgres = self.running().await;
        if let Some(running) = postgres.take() {
            running.stop().await;
        }
        let dropped = std::fs::write("/proc/sys/vm/drop_caches", "3").is_ok();
        *postgres = Some(open(&self.directory).await?);
        Ok(dropped)
    }

    pub(crate) async fn stop(&self) {
        if let Some(postgres) = self.running().await.take() {
            postgres.stop().await;
        }
    }

    async fn running(&self) -> MutexGuard<'_, Option<EmbeddedPostgres>> {
        self.postgres.lock().await
    }
}

async fn open(directory: &std::path::Path) -> Result<EmbeddedPostgres> {
    let mut options = Options::new(directory, Mode::Engine);
    options.settings.extend(SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned())));
    Ok(EmbeddedPostgres::open(options).await?)
}
