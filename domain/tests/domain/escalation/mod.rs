//! Escalations.

mod ending;
mod fixture;
mod handling;
mod moves;
mod raising;
