//! At once when it was quiet, and otherwise at most once in a while.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Spaces turns: the first comes at once, the next not before the interval has passed, so that under load what happens
/// meanwhile is gathered into one turn.
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    last: Option<Instant>,
}

impl Pace {
    pub(crate) const fn new(interval: Duration) -> Self {
        Self { interval, last: None }
    }

    /// Waits for the next turn.
    pub(crate) async fn turn(&mut self) {
        if let Some(last) = self.last {
            sleep_until(last + self.interval).await;
        }
        self.last = Some(Instant::now());
    }
}
