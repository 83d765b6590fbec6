//! Notifications: one message to one recipient by one contact method.

mod candidate;
mod occasion;
mod state;

pub use candidate::{Candidate, Planned, Reason, Verdict, Withheld};
pub use occasion::Occasion;
pub use state::{Notification, NotificationId};
