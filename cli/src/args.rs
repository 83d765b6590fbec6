//! What is given on the command line and in the environment.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, ValueEnum};
use escalon_cli::config::{Config, NotaryKey};
use escalon_infrastructure::{embedded::Mode, vault::MasterKeySource};

use crate::commands::Command;

/// The escalation engine, and tools to look after it.
#[derive(Debug, Parser)]
#[command(name = "escalon", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The engine's own directory: its PostgreSQL, unless another is given, and its keys
    #[arg(long, global = true, env = "ESCALON_DATA_DIR", default_value = ".escalon", value_name = "DIR")]
    data_dir: PathBuf,
    /// A PostgreSQL to use instead of a private one, postgres://user:password@host:5432/name
    #[arg(long, global = true, env = "ESCALON_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Where `postgres` and `initdb` are, if not where they usually are
    #[arg(long, global = true, env = "ESCALON_POSTGRES_BIN", value_name = "DIR")]
    postgres_bin: Option<PathBuf>,
    /// The file with the key that signs access tokens; made in the data directory without it
    #[arg(long, global = true, env = "ESCALON_TOKEN_KEY_FILE", value_name = "FILE")]
    token_key_file: Option<PathBuf>,
    /// The file with the key that signs checkpoints of history; made in the data directory without it. ESCALON_NOTARY_KEY
    /// may hold the key itself instead
    #[arg(long, global = true, env = "ESCALON_NOTARY_KEY_FILE", value_name = "FILE")]
    notary_key_file: Option<PathBuf>,
    /// The file to which signed checkpoints are appended, outside the database; checkpoints.log in the data directory
    /// without it
    #[arg(long, global = true, env = "ESCALON_NOTARY_ANCHOR_FILE", value_name = "FILE")]
    notary_anchor_file: Option<PathBuf>,
    /// The file with the key that personal data are sealed with; made in the data directory without it. ESCALON_MASTER_KEY
    /// may hold the key itself instead
    #[arg(long, global = true, env = "ESCALON_MASTER_KEY_FILE", value_name = "FILE")]
    master_key_file: Option<PathBuf>,
    /// Answer with one JSON document
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What to log: error, warn, info, debug, trace, or levels by module
    #[arg(long, global = true, env = "ESCALON_LOG", value_name = "LEVELS")]
    pub(crate) log: Option<String>,
    /// How to log
    #[arg(long, global = true, env = "ESCALON_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
}

/// How to log.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One object a line, for machines.
    Json,
}

impl Global {
    /// Where everything is, for the engine or for a command beside it. Empty variables are as good as none.
    pub(crate) fn config(&self, mode: Mode) -> Config {
        let path = |path: &Option<PathBuf>| path.clone().filter(|path| !path.as_os_str().is_empty());
        Config {
            data_dir: self.data_dir.clone(),
            database_url: self.database_url.clone().filter(|url| !url.is_empty()),
            postgres_bin: path(&self.postgres_bin),
            mode,
            token_key_file: path(&self.token_key_file),
            notary_key: notary_key(path(&self.notary_key_file)),
            notary_anchor: path(&self.notary_anchor_file),
            master_key: master_key(path(&self.master_key_file), &self.data_dir),
        }
    }
}

/// A file that was named goes before the environment's key: it was said more plainly.
#[expect(
    clippy::disallowed_methods,
    reason = "configuration is read here; as an argument, every process could see the key"
)]
fn notary_key(file: Option<PathBuf>) -> NotaryKey {
    let given = std::env::var("ESCALON_NOTARY_KEY").ok().filter(|key| !key.is_empty());
    match (file, given) {
        (Some(file), _) => NotaryKey::File(file),
        (None, Some(text)) => NotaryKey::Text(text),
        (None, None) => NotaryKey::Own,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "configuration is read here; as an argument, every process could see the key"
)]
fn master_key(file: Option<PathBuf>, data_dir: &Path) -> MasterKeySource {
    let given = std::env::var("ESCALON_MASTER_KEY").ok().filter(|key| !key.is_empty());
    match (file, given) {
        (Some(file), _) => MasterKeySource::File(file),
        (None, Some(key)) => MasterKeySource::text(key),
        (None, None) => MasterKeySource::File(data_dir.join("master.key")),
    }
}
