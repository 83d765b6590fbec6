//! Progress on the standard error, where there is a terminal to show it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use escalon_application::servicenow::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// Something of unknown length: a moving sign and words.
pub(crate) fn spinner(message: impl Into<String>) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(message.into());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// How far something is whose length is known while it runs.
pub(crate) fn counter(message: &str) -> ProgressBar {
    let bar = ProgressBar::new(0).with_message(message.to_owned());
    if let Ok(style) = ProgressStyle::with_template(
        "{bar:32} {percent:>3} %  {msg}  {pos} of {len} events, {per_sec}, {eta} to go",
    ) {
        bar.set_style(style);
    }
    bar
}

/// How far reading a file is, by its bytes.
#[derive(Clone)]
pub(crate) struct ImportBar {
    bar: ProgressBar,
    read: Arc<AtomicU64>,
    rows: Arc<AtomicU64>,
    events: Arc<AtomicU64>,
}

impl ImportBar {
    /// A bar over a file of so many bytes; `read` counts those that were read.
    pub(crate) fn new(bytes: u64, read: Arc<AtomicU64>) -> Self {
        let bar = ProgressBar::new(bytes);
        if let Ok(style) =
            ProgressStyle::with_template("{bar:32} {percent:>3} %  {msg}  {elapsed} of about {duration}")
        {
            bar.set_style(style);
        }
        Self { bar, read, rows: Arc::default(), events: Arc::default() }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for ImportBar {
    fn advanced(&self, rows: u64, events: u64) {
        let rows = self.rows.fetch_add(rows, Ordering::Relaxed) + rows;
        let events = self.events.fetch_add(events, Ordering::Relaxed) + events;
        self.bar.set_position(self.read.load(Ordering::Relaxed));
        self.bar.set_message(format!("{rows} rows, {events} events"));
    }
}
