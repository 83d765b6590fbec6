//! A clock: how a target stands at a moment.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{SlaTarget, ThresholdMoment};
use crate::stamp::Timestamp;

/// How a target stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlaStatus {
    /// There is time.
    OnTrack,
    /// There is less time than the buffer.
    AtRisk,
    /// All of the time has elapsed.
    Breached,
    /// What was promised was done in time.
    Met,
    /// The clock stands, because others must do something first.
    Paused,
}

/// How a target stands at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Which target.
    pub target: SlaTarget,
    /// How many times the target had begun when this clock did, from 1. Only a next response begins more than once.
    pub cycle: u32,
    /// When it began; at the priority change where that began it again.
    pub started_at: Timestamp,
    /// When what was promised was done.
    pub ended_at: Option<Timestamp>,
    /// Within which time it is to be done.
    pub time: Duration,
    /// How much time of the kind that counts has elapsed.
    pub elapsed: Duration,
    /// How it stands.
    pub status: SlaStatus,
    /// When all of the time has elapsed if nothing else happens, or had; none while the clock stands or where it ended.
    pub due: Option<Timestamp>,
    /// When it came to be at risk, or will if nothing else happens.
    pub at_risk_at: Option<Timestamp>,
    /// When it was breached.
    pub breached_at: Option<Timestamp>,
    /// When its levels were reached, or will be if nothing else happens.
    pub thresholds: Vec<ThresholdMoment>,
}

impl SlaStatus {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OnTrack => "on_track",
            Self::AtRisk => "at_risk",
            Self::Breached => "breached",
            Self::Met => "met",
            Self::Paused => "paused",
        }
    }

    /// Breached when the elapsed time reaches the target's, else at risk when it reaches that less the buffer, else on track.
    /// In that order: the other order could never say breached.
    #[must_use]
    pub fn of(elapsed: Duration, time: Duration, buffer: Duration) -> Self {
        if elapsed >= time {
            Self::Breached
        } else if elapsed >= time - buffer {
            Self::AtRisk
        } else {
            Self::OnTrack
        }
    }
}

impl Clock {
    /// How much time is left; less than none when it was breached.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.time - self.elapsed
    }
}
