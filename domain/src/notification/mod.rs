//! Notifications: one message to one recipient by one contact method.
//!
//! Who is told, and why, is decided in [`telling`](crate::telling) and recorded by whatever tells as [`Candidate`]s; each
//! [`Planned`] message of theirs is a notification with a history of its own. Its id follows from what it is about, to whom it
//! goes and by what, so that planning it twice is planning it once.

mod candidate;
mod command;
mod decide;
mod event;
mod occasion;
mod retry;
mod state;
mod status;
mod words;

pub use candidate::{Candidate, Planned, Reason, Verdict, Withheld};
pub use command::{NotificationCommand, NotificationError, Plan, Report, Trouble};
pub use event::{
    ActedOn, Attempted, Bounced, Delivered, Expired, Failed, NotificationEvent, NotificationPlanned, Read,
    Sent, Suppressed, Unknown,
};
pub use occasion::Occasion;
pub use retry::backoff;
pub use state::{Notification, NotificationId};
pub use status::NotificationStatus;
