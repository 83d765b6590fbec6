//! Logs, on the standard error, so that the standard output carries answers alone.

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, fmt};

use crate::args::{Global, LogFormat};

/// Starts logging. A command that nobody asked to be talkative tells of trouble only.
pub(crate) fn init(global: &Global, serves: bool) {
    let usual = if serves { "info,sqlx=warn" } else { "error" };
    let levels = global.log.as_deref().unwrap_or(usual);
    let filter = EnvFilter::try_new(levels).unwrap_or_else(|_| EnvFilter::new(usual));
    let logs = fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    // It fails only where a subscriber was set before; there is none.
    let _ = match global.log_format {
        LogFormat::Text => logs.with_target(false).try_init(),
        LogFormat::Json => logs.json().try_init(),
    };
}
