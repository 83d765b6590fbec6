//! Where everything is.

use std::{
    io,
    path::{Path, PathBuf},
};

use escalon_infrastructure::{
    database::{DatabaseError, options_from_url},
    embedded::{EmbeddedError, EmbeddedPostgres, Mode, Options},
    identity::SigningKey,
};
use sqlx::postgres::PgConnectOptions;

/// Where the database, the data directory and the keys are.
#[derive(Debug, Clone)]
pub struct Config {
    /// The engine's own directory: the embedded cluster, and the token key unless one is given.
    pub data_dir: PathBuf,
    /// A database of one's own; an embedded one without it.
    pub database_url: Option<String>,
    /// Where PostgreSQL's binaries are, if not where they usually are.
    pub postgres_bin: Option<PathBuf>,
    /// Whether this is the engine or a command beside it.
    pub mode: Mode,
    /// The file that holds the token key; `token.key` in the data directory when absent.
    pub token_key_file: Option<PathBuf>,
}

/// Why there is no database to work on, or no key.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The embedded cluster.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The given database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A file.
    #[error("{}: {source}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Config {
    /// The way to the database, and the cluster to hold while it is used, if it is embedded.
    ///
    /// # Errors
    /// The cluster cannot be started, or the URL is not one.
    pub async fn database(&self) -> Result<(PgConnectOptions, Option<EmbeddedPostgres>), ConfigError> {
        if let Some(url) = &self.database_url {
            return Ok((options_from_url(url)?, None));
        }
        let path = self.data_dir.clone();
        std::fs::create_dir_all(&path).map_err(|source| ConfigError::File { path, source })?;
        let mut options = Options::new(self.data_dir.join("postgres"), self.mode);
        options.bin_dir.clone_from(&self.postgres_bin);
        let postgres = EmbeddedPostgres::open(options).await?;
        Ok((postgres.connect_options(), Some(postgres)))
    }

    /// The key that signs tokens; made when it is not there.
    ///
    /// # Errors
    /// The file cannot be read or written, or holds no key.
    pub fn token_key(&self) -> Result<SigningKey, ConfigError> {
        let path = self.token_key_file.clone().unwrap_or_else(|| self.data_dir.join("token.key"));
        let parent = path.parent().unwrap_or(Path::new("."));
        let key = std::fs::create_dir_all(parent).and_then(|()| SigningKey::from_file(&path));
        key.map_err(|source| ConfigError::File { path, source })
    }
}
