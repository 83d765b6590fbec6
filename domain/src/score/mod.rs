//! The priority score: which of many to look at first.
//!
//! 40 × intent confidence + 30 × sentiment urgency + 20 × time decay + 10 × repeat factor, each 0–1, so 0–100. Time decay rises
//! evenly with age, from 0 at opening to 1 at the resolution target, and stays there.
//!
//! # Sorting without rewriting
//! A score moves with time, and rows do not. What a row keeps are the parts that stand still: the `base` (all but time decay,
//! 0–80), `opened_at` and `target_at`. Then
//!
//! ```sql
//! order by base + 20 * least(1, extract(epoch from $now - opened_at) / extract(epoch from target_at - opened_at)) desc
//! ```
//!
//! sorts any page of open items as they stand at `$now`; without a target, time decay is 0. It reads all open items, which is
//! right for thousands. For more there is an index, because items whose time to the target is equally long rise equally fast,
//! so that their order among each other never changes: with `span` = target − opening in seconds,
//!
//! score(now) = [`standing`](Score::standing) + 20 × now / span, where standing = base − 20 × opened / span.
//!
//! An index on `(span, standing desc)` gives the first *n* of each span, and one on `(base desc)` the first *n* of those past
//! their target or without one, which do not rise any more. The first *n* of all are among these. SLA targets give few spans,
//! and the moments at which items pass from the one index to the other are a condition (`target_at > $now`), not a write.

mod queue;
mod share;

pub use queue::{Scored, queue};
pub use share::{Factors, NotAShare, Share};

use serde::{Deserialize, Serialize};

use crate::stamp::Timestamp;

const INTENT: f64 = 40.0;
const SENTIMENT: f64 = 30.0;
const TIME: f64 = 20.0;
const REPEAT: f64 = 10.0;

/// What a score is made of: a function of time, and nothing that has to be kept up to date.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// What it is judged by.
    pub factors: Factors,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it is to be resolved; without a target, its age does not count.
    pub target_at: Option<Timestamp>,
}

impl Score {
    /// The score at a moment, 0–100.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> f64 {
        self.base() + TIME * self.decay(now)
    }

    /// The part that stands still, 0–80.
    #[must_use]
    pub fn base(&self) -> f64 {
        let Factors { intent, sentiment, repeat } = self.factors;
        INTENT * intent.get() + SENTIMENT * sentiment.get() + REPEAT * repeat.get()
    }

    /// How much of the time to the target has passed, 0–1. A target that is not after the opening was passed when it began.
    #[must_use]
    pub fn decay(&self, now: Timestamp) -> f64 {
        let Some(target) = self.target_at else { return 0.0 };
        let (age, span) = (seconds(now) - seconds(self.opened_at), seconds(target) - seconds(self.opened_at));
        if now < self.opened_at {
            0.0
        } else if span <= 0.0 {
            1.0
        } else {
            (age / span).min(1.0)
        }
    }

    /// Its place among those whose time to the target is equally long: the seconds of that time, and what never changes their
    /// order while none has passed its target. None where time does not count, or not evenly.
    #[must_use]
    pub fn standing(&self) -> Option<(f64, f64)> {
        let span = seconds(self.target_at?) - seconds(self.opened_at);
        (span > 0.0).then(|| (span, self.base() - TIME * seconds(self.opened_at) / span))
    }
}

/// Seconds since 1970, to the microsecond.
#[expect(clippy::cast_precision_loss, reason = "a double has every microsecond for 285 years around 1970")]
fn seconds(at: Timestamp) -> f64 {
    at.timestamp_micros() as f64 / 1e6
}
