//! Ticket types: number prefix, priorities, custom fields, and how a resolution is reached.

mod body;
mod field;
mod priority;

pub use body::{TicketRules, TicketType, TicketTypeId};
pub use field::{Field, FieldKind, FieldValue, Fields, GivenFields, check_fields};
pub use priority::{Priority, PriorityScale, UnknownPriority};
