//! Tickets: tracked work with a requester, an assignee and a status.
//!
//! Status moves obey one table ([`Action::allowed_from`]); assignment, priority, fields, tags and notes may be corrected at any
//! status, since the history keeps both.

mod command;
mod decide;
mod error;
mod event;
mod number;
mod sla;
mod state;
mod status;

pub use command::{Open, TicketCommand};
pub use error::TicketError;
pub use event::{
    Assigned, Closed, Commented, Edited, Noted, Opened, Prioritized, ProofApproved, ProofRejected,
    ProofSubmitted, Reopened, ResolutionAccepted, ResolutionProposed, Resumed, Tagged, TicketEvent,
    Unassigned, Untagged, Waiting,
};
pub use number::{InvalidTicketNumber, TicketNumber};
pub use sla::{
    Deadline, DeadlineSet, DeadlineTerms, Outcome, Recorded, ScheduledClock, SlaAtRisk, SlaBreached, SlaMet,
    SlaPin, SlaScheduled, SlaTerms, ThresholdReached, ThresholdsSet, TicketSla,
};
pub use state::{Comment, CommentId, Proof, ProofId, ProofStatus, Requester, Resolution, Ticket, TicketId};
pub use status::{Action, Status};
