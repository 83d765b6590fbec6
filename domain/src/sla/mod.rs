//! SLA policies, and the clocks that run by them.
//!
//! Nothing is counted up: [`clocks`] folds what happened to a ticket over its policy and calendar, at whatever moment is asked
//! about. So pauses, reopenings, priority changes and imported history cannot put a clock wrong.

mod body;
mod clock;
mod coverage;
mod deadline;
mod faults;
mod fold;
mod marks;
mod moment;
mod run;
mod target;
mod thresholds;

pub use body::{Pauses, PriorityChange, SlaPolicy, SlaPolicyId};
pub use clock::{Clock, SlaStatus};
pub use coverage::{Coverage, applicable};
pub use deadline::share;
pub use fold::clocks;
pub use moment::{Moment, Pause, PauseStatus, What};
pub use target::{SlaTarget, SlaTime, TargetTimes};
pub use thresholds::{ThresholdMoment, Thresholds};
