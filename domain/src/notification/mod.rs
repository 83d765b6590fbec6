//! Notifications: one message to one recipient by one contact method.

mod candidate;
mod state;

pub use candidate::{Candidate, Planned, Reason, Verdict, Withheld};
pub use state::{Notification, NotificationId};
