//! Tickets.

mod fields;
mod fixture;
mod lifecycle;
mod moves;
mod opening;
mod proof;
mod talk;
mod work;

pub(crate) use fixture::{defect, field, open};
