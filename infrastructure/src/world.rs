//! The clock and ids.

use chrono::{DurationRound, TimeDelta, Utc};
use escalon_application::ports::{Clock, Ids};
use escalon_domain::stamp::Timestamp;
use uuid::Uuid;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one reader of the time")]
    fn now(&self) -> Timestamp {
        let now = Utc::now();
        // PostgreSQL keeps microseconds; a moment must read back as it was written.
        now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now)
    }
}

/// Random ids that sort by time (UUIDv7).
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "this is the one source of ids")]
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }
}
