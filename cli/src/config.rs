//! Where everything is.

use std::{
    io,
    path::{Path, PathBuf},
};

use escalon_infrastructure::{
    database::{DatabaseError, options_from_url},
    embedded::{EmbeddedError, EmbeddedPostgres, Mode, Options},
    identity::SigningKey,
    notary::keys::Keys,
    vault::MasterKeySource,
};
use sqlx::postgres::PgConnectOptions;

use crate::anchor::Bucket;

/// Where the database, the data directory and the keys are.
#[derive(Debug, Clone)]
pub struct Config {
    /// The engine's own directory: the embedded cluster, the keys unless others are given, and the notary's anchor.
    pub data_dir: PathBuf,
    /// A database of one's own; an embedded one without it.
    pub database_url: Option<String>,
    /// Where PostgreSQL's binaries are, if not where they usually are.
    pub postgres_bin: Option<PathBuf>,
    /// Whether this is the engine or a command beside it.
    pub mode: Mode,
    /// The file that holds the token key; `token.key` in the data directory when absent.
    pub token_key_file: Option<PathBuf>,
    /// Where the notary's key is.
    pub notary_key: NotaryKey,
    /// The file that keeps checkpoints outside the database; `checkpoints.log` in the data directory when absent.
    pub notary_anchor: Option<PathBuf>,
    /// The bucket that keeps them instead, if one is named.
    pub notary_bucket: Option<Bucket>,
    /// Where the master key is.
    pub master_key: MasterKeySource,
}

/// Where the notary's key is.
#[derive(Clone, Default)]
pub enum NotaryKey {
    /// In `notary.key` in the data directory, where it is made at the first start.
    #[default]
    Own,
    /// In a file that somebody sees to.
    File(PathBuf),
    /// This is its text.
    Text(String),
}

impl std::fmt::Debug for NotaryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Own => f.write_str("Own"),
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Text(_) => f.write_str("Text(…)"),
        }
    }
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
    /// One place has to be the one.
    #[error(
        "both a bucket and the file {} are named for the notary's checkpoints; name one of the two", .file.display()
    )]
    TwoAnchors {
        /// The file.
        file: PathBuf,
    },
    /// Who asks the object store is not said.
    #[error("checkpoints are to be kept in the bucket {bucket}, and its key is not there: set {what}")]
    NoObjectKey {
        /// The bucket.
        bucket: String,
        /// What is missing.
        what: &'static str,
    },
    /// This program cannot.
    #[cfg(not(feature = "objects"))]
    #[error(
        "this program was built without object stores; name a file with --notary-anchor-file, or build it with the feature objects"
    )]
    NoObjects,
    /// The notary's key in the environment.
    #[error("ESCALON_NOTARY_KEY: {0}")]
    NotaryKey(#[source] io::Error),
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

    /// The file of the notary's key, unless the environment holds the key itself.
    #[must_use]
    pub fn notary_key_file(&self) -> Option<PathBuf> {
        match &self.notary_key {
            NotaryKey::Own => Some(self.data_dir.join("notary.key")),
            NotaryKey::File(path) => Some(path.clone()),
            NotaryKey::Text(_) => None,
        }
    }

    /// The keys of the notary. Its own file is made when it is not there; one that was named has to be there, since another
    /// key would not be accepted.
    ///
    /// # Errors
    /// The file cannot be read or written, or holds no key.
    pub fn notary_keys(&self) -> Result<Keys, ConfigError> {
        let path = match &self.notary_key {
            NotaryKey::Text(text) => return Keys::from_text(text).map_err(ConfigError::NotaryKey),
            NotaryKey::File(path) => path.clone(),
            NotaryKey::Own => self.data_dir.join("notary.key"),
        };
        let read = match self.notary_key {
            NotaryKey::Own => {
                std::fs::create_dir_all(&self.data_dir).and_then(|()| Keys::from_own_file(&path))
            }
            _ => Keys::from_file(&path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => io::Error::new(
                    error.kind(),
                    "there is no notary key; put the one there that signed before, or name no file and the engine makes \
                     one in its data directory",
                ),
                _ => error,
            }),
        };
        read.map_err(|source| ConfigError::File { path, source })
    }

    /// The file that keeps checkpoints outside the database.
    pub(crate) fn notary_anchor_file(&self) -> PathBuf {
        self.notary_anchor.clone().unwrap_or_else(|| self.data_dir.join("checkpoints.log"))
    }
}
