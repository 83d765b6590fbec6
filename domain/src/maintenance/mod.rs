//! Maintenance windows: work that was planned, during which nobody is told of what it causes.

mod body;
mod period;

pub use body::{Affected, MaintenanceWindow, MaintenanceWindowId};
pub use period::Period;
