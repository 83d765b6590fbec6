//! What an alert can be asked to do.

use super::{Occurrence, Origin, Suppression};

/// What its origin reports about an alert.
#[derive(Debug, Clone)]
pub struct Reporting {
    /// Where it comes from.
    pub origin: Origin,
    /// The dedup key; with the organization and the origin it leads to this stream.
    pub dedup_key: String,
    /// What was reported, in the order in which it came.
    pub occurrences: Vec<Occurrence>,
    /// Why nobody would be told of it now, if that is so.
    pub suppression: Option<Suppression>,
}

/// What an alert can be asked to do.
#[derive(Debug, Clone)]
pub enum AlertCommand {
    /// Take in what its origin reports. What does not fit is dropped without a word: to acknowledge or resolve what is not
    /// open, and what is about a time that is over.
    Report(Box<Reporting>),
    /// Own it.
    Acknowledge {
        /// What to say.
        note: Option<String>,
    },
    /// Give up owning it.
    Unacknowledge {
        /// Why.
        reason: Option<String>,
    },
    /// Tell nobody of it.
    Suppress(Suppression),
    /// Be done with it.
    Resolve {
        /// What was done.
        note: Option<String>,
    },
    /// See whether anything is due: what it is [waiting](super::Alert::waits) for may have come.
    Due {
        /// Why nobody would be told of it now, if that is so.
        suppression: Option<Suppression>,
    },
}
