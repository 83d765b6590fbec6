//! Alerts: conditions that sources report, deduplicated by their dedup keys.
//!
//! An alert's stream follows from (organization, origin, dedup key), so whoever reports the same condition again finds it. Each
//! time it is triggered after it was resolved is a new *episode* of the same stream.
//!
//! # Storms
//! A repeat is an event, so nothing is counted that is not in the history, and none is told twice: only `triggered`,
//! `unsuppressed` and a repeat that `became` something else are worth telling. It stays cheap because one event counts many
//! repeats: reports that come together are decided together ([`AlertCommand::Report`] takes them all, in order) and neighbours
//! become one [`Repeated`] with `times`. A repeat carries no text unless its severity changed.
//!
//! # Late reports
//! A source that says when things happened may tell them out of order. What it tells about a time before the moment at which it
//! ended the former episode, or before the present one began, is about what is over, and is dropped.

mod command;
mod content;
mod decide;
mod error;
mod event;
mod occurrence;
mod origin;
mod report;
mod state;
mod status;

pub use command::{AlertCommand, Reporting};
pub use content::{Content, Told};
pub use error::AlertError;
pub use event::{
    Acknowledged, AlertEvent, Became, Repeated, Resolved, Suppressed, Triggered, Unacknowledged, Unsuppressed,
};
pub use occurrence::{Occurrence, Usual};
pub use origin::{Origin, Suppression};
pub use report::{LONGEST_DETAILS, LONGEST_KEY, LONGEST_SUMMARY, Link, Report, ReportAction};
pub use state::{Acknowledgement, Alert, AlertId};
pub use status::{Action, Status};
