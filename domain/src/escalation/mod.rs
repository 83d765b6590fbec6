//! Escalations: a ticket or conversation raised to people until somebody owns it and it is resolved.
//!
//! One escalation of a subject and cause may be open at a time; the claim in [`Escalation`] makes a second one fail with the
//! id of the first.

mod command;
mod decide;
mod error;
mod event;
mod state;
mod status;

pub use command::{EscalationCommand, Raise};
pub use error::EscalationError;
pub use event::{
    Acknowledged, Assigned, Cancelled, CustomerContacted, EscalationEvent, Raised, Resolved, Snoozed,
    Started, Unacknowledged, Viewed, Woken,
};
pub use state::{Acknowledgement, Escalation, EscalationId};
pub use status::{Action, Cause, ContactChannel, Customer, EscalationSubject, Status, Urgency};
