//! Shares of a time at which levels are reached.

use serde::{Deserialize, Serialize};

use crate::{fault::Fault, stamp::Timestamp};

const MOST: usize = 20;

/// The shares of a time at which its levels are reached, in per cent: the first is that of level 1. None switch them off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Thresholds(pub Vec<u8>);

/// When a level is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThresholdMoment {
    /// The level, from 1.
    pub level: u8,
    /// Its share of the time, in per cent.
    pub percent: u8,
    /// When it was reached, or will be if nothing else happens; none while that cannot be said, because the clock stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

impl Default for Thresholds {
    /// Half, three quarters and nine tenths of the time.
    fn default() -> Self {
        Self(vec![50, 75, 90])
    }
}

impl Thresholds {
    /// Its levels, from 1, with their shares in per cent.
    pub fn levels(&self) -> impl Iterator<Item = (u8, u8)> {
        (1..).zip(self.0.iter().copied())
    }

    /// Everything that is wrong with them, each fault under this path.
    #[must_use]
    pub fn faults(&self, name: &str) -> Vec<Fault> {
        if self.0.len() > MOST {
            let message = format!("there are {MOST} thresholds at most; this has {}", self.0.len());
            return vec![Fault::at([name], message)];
        }
        let mut faults = Vec::new();
        for (place, percent) in self.0.iter().enumerate() {
            let path = [name, &place.to_string()];
            if !(1..=100).contains(percent) {
                let message = format!("{percent} is not a share of the time; use 1 to 100 per cent");
                faults.push(Fault::at(path, message));
            } else if let Some(former) =
                place.checked_sub(1).map(|former| self.0[former]).filter(|one| one >= percent)
            {
                let message =
                    format!("{percent} is not more than {former} before it; write them in ascending order");
                faults.push(Fault::at(path, message));
            }
        }
        faults
    }
}
