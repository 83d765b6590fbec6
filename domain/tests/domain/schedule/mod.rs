//! Schedules: turns, layers, overrides, gaps, feeds, and an oracle that steps through time the slow way.

mod faults;
mod feed;
pub(crate) mod fixture;
pub(crate) mod generate;
mod layers;
mod lint;
mod oracle;
mod overrides;
mod properties;
mod turns;
