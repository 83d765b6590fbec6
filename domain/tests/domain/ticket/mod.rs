//! Tickets.

mod deadline;
mod fields;
mod fixture;
mod lifecycle;
mod moves;
mod opening;
mod proof;
mod sla;
mod talk;
mod work;

pub(crate) use fixture::{defect, field, open};
