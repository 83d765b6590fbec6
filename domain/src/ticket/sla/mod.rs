//! A ticket's deadline and SLA: what it is pinned to, when its levels are due, and what was found of them.
//!
//! A ticket keeps what happened and folds it over its policy and calendar whenever [`Due`](super::TicketCommand::Due) asks; what it
//! finds to be so and has not said yet, it says. Since a state knows a calendar by its version only, the moments to ask at are found
//! by the same command, whenever something happened that moves them, and kept in [`SlaScheduled`].

mod deadline;
mod due;
mod event;
mod keep;
mod state;
mod waits;

pub use deadline::DeadlineTerms;
pub use event::{
    Deadline, DeadlineSet, ScheduledClock, SlaAtRisk, SlaBreached, SlaMet, SlaPin, SlaScheduled,
    ThresholdReached, ThresholdsSet,
};
pub use state::{Outcome, Recorded, SlaTerms, TicketSla};

pub(super) use deadline::{set, set_thresholds};
pub(super) use due::{due, scheduled};
