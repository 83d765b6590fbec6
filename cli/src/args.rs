//! What is given on the command line and in the environment.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, ValueEnum};
use escalon_cli::{
    anchor::{Bucket, SecretKey},
    config::{Config, NotaryKey},
};
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
    #[command(flatten)]
    objects: Objects,
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
            notary_bucket: self.objects.bucket(),
            master_key: master_key(path(&self.master_key_file), &self.data_dir),
        }
    }
}

/// Where a key or another secret is.
enum Given {
    File(PathBuf),
    Text(String),
    Nowhere,
}

/// What was given. A file that was named goes before what the environment has in a variable: it was said more plainly.
#[expect(
    clippy::disallowed_methods,
    reason = "configuration is read here; as an argument, every process could see the key"
)]
fn given(file: Option<PathBuf>, variable: &str) -> Given {
    let text = std::env::var(variable).ok().filter(|text| !text.is_empty());
    match (file, text) {
        (Some(file), _) => Given::File(file),
        (None, Some(text)) => Given::Text(text),
        (None, None) => Given::Nowhere,
    }
}

fn notary_key(file: Option<PathBuf>) -> NotaryKey {
    match given(file, "ESCALON_NOTARY_KEY") {
        Given::File(file) => NotaryKey::File(file),
        Given::Text(text) => NotaryKey::Text(text),
        Given::Nowhere => NotaryKey::Own,
    }
}

fn master_key(file: Option<PathBuf>, data_dir: &Path) -> MasterKeySource {
    match given(file, "ESCALON_MASTER_KEY") {
        Given::File(file) => MasterKeySource::File(file),
        Given::Text(key) => MasterKeySource::text(key),
        Given::Nowhere => MasterKeySource::File(data_dir.join("master.key")),
    }
}

/// An object store (S3), and what is kept in it.
#[derive(Debug, Clone, Args)]
struct Objects {
    /// The bucket of an object store in which signed checkpoints are kept, instead of a file
    #[arg(long, global = true, env = "ESCALON_NOTARY_ANCHOR_BUCKET", value_name = "NAME")]
    notary_anchor_bucket: Option<String>,
    /// What the names of their objects begin with
    #[arg(
        long,
        global = true,
        env = "ESCALON_NOTARY_ANCHOR_PREFIX",
        value_name = "TEXT",
        default_value = "checkpoints/"
    )]
    notary_anchor_prefix: String,
    /// The address of the object store; AWS's own of the region without it
    #[arg(long, global = true, env = "ESCALON_OBJECTS_ENDPOINT", value_name = "URL")]
    objects_endpoint: Option<String>,
    /// Its region
    #[arg(
        long,
        global = true,
        env = "ESCALON_OBJECTS_REGION",
        value_name = "NAME",
        default_value = "us-east-1"
    )]
    objects_region: String,
    /// The access key with which it is asked
    #[arg(long, global = true, env = "ESCALON_OBJECTS_ACCESS_KEY", value_name = "KEY")]
    objects_access_key: Option<String>,
    /// The file with the secret key that belongs to it. ESCALON_OBJECTS_SECRET_KEY may hold the key itself instead
    #[arg(long, global = true, env = "ESCALON_OBJECTS_SECRET_KEY_FILE", value_name = "FILE")]
    objects_secret_key_file: Option<PathBuf>,
}

impl Objects {
    /// The bucket for checkpoints, if one is named.
    fn bucket(&self) -> Option<Bucket> {
        let named = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let file = self.objects_secret_key_file.clone().filter(|path| !path.as_os_str().is_empty());
        Some(Bucket {
            name: named(&self.notary_anchor_bucket)?,
            prefix: self.notary_anchor_prefix.clone(),
            endpoint: named(&self.objects_endpoint),
            region: self.objects_region.clone(),
            access_key: named(&self.objects_access_key),
            secret_key: match given(file, "ESCALON_OBJECTS_SECRET_KEY") {
                Given::File(file) => SecretKey::File(file),
                Given::Text(text) => SecretKey::Text(text),
                Given::Nowhere => SecretKey::Missing,
            },
        })
    }
}
