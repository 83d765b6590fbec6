//! Alerts: reporting them, storms of them, owning and suppressing them.

mod fixture;
mod handling;
mod late;
mod reporting;
mod storm;
mod suppression;

pub(crate) use fixture::{origin, triggered};
