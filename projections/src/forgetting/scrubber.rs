//! The scrub that follows a forgetting by itself.

use std::time::Duration;

use tokio::sync::watch;

use crate::{error::ProjectionError, generations::Projections};

/// How often to see whether there is something to scrub.
const LOOK: Duration = Duration::from_secs(30);

/// Scrubs what was forgotten, some time after it was: several people at once where there are several.
pub struct Scrubber {
    projections: Projections,
}

impl Scrubber {
    /// For these projections.
    #[must_use]
    pub const fn new(projections: Projections) -> Self {
        Self { projections }
    }

    /// Works until it is told to stop.
    pub async fn run(self, mut shutdown: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = shutdown.wait_for(|stop| *stop) => return,
            }
            match self.projections.scrub().await {
                Ok(scrub) if scrub.people > 0 && scrub.done => {
                    tracing::info!(people = scrub.people, "what was forgotten is off the disk");
                }
                Ok(scrub) if scrub.people > 0 => {
                    tracing::warn!(people = scrub.people, notes = ?scrub.notes, "the scrub goes on later");
                }
                Ok(_) | Err(ProjectionError::Busy { .. }) => {}
                Err(error) => {
                    tracing::error!(%error, "what was forgotten could not be scrubbed; it is tried again");
                }
            }
        }
    }
}
