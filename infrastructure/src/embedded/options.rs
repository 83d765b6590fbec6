//! What a caller decides.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// In which role a process opens the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The engine: the only one on this data directory.
    Engine,
    /// A command: joins the server that runs, else starts one for its own duration.
    Tool,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Engine => "engine",
            Self::Tool => "tool",
        })
    }
}

/// How to open the cluster.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data directory, created when missing. Nothing else may be kept in it.
    pub data_dir: PathBuf,
    /// Where `postgres` and `initdb` are. Without it they are searched in Debian's versioned directories and
    /// then in the PATH.
    pub bin_dir: Option<PathBuf>,
    /// The role of this process.
    pub mode: Mode,
    /// Server settings as in `postgresql.conf`; they win over the defaults, except those that keep the server
    /// private. They have no effect when the server is already running.
    pub settings: Vec<(String, String)>,
    /// How long the server may take until it answers, crash recovery included. Default: 120 seconds.
    pub start_timeout: Duration,
    /// How long to wait for a tool that runs the server, or is stopping it, to end. Default: 10 seconds.
    pub handover_timeout: Duration,
}

impl Options {
    /// Options with the defaults.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>, mode: Mode) -> Self {
        Self {
            data_dir: data_dir.into(),
            bin_dir: None,
            mode,
            settings: Vec::new(),
            start_timeout: Duration::from_secs(120),
            handover_timeout: Duration::from_secs(10),
        }
    }
}
