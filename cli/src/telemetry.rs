//! Logs, on the standard error, so that the standard output carries answers alone.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    io::{self, IsTerminal},
    panic::{self, PanicHookInfo},
};

use escalon_infrastructure::subscription::Panicked;
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
    panic::set_hook(Box::new(panicked));
}

/// A mistake in the program is logged where it is, and not in its own words, which may quote what is stored.
fn panicked(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
    let said = Panicked::with(panic.payload());
    tracing::error!(place, backtrace, "THE ENGINE PANICKED, which is a mistake in it{said}");
}
