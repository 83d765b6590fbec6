//! Escalation policies: who is told, level by level, until somebody owns it.
//!
//! A policy is a definition, so an escalation that runs keeps the version it was raised with. Everything here is arithmetic
//! over that version: when levels are due ([`EscalationPolicy::timetable`]), what it says in plain words
//! ([`EscalationPolicy::in_words`]), and what is the matter with it as people and schedules stand
//! ([`EscalationPolicy::lint`]).

mod body;
mod faults;
mod lint;
mod target;
mod timetable;
mod words;

pub use body::{EscalationPolicy, Level, Needed, PolicyId, Repeat, When};
pub use lint::{Facts, Finding, FindingKind, Gap, Known};
pub use target::{InvalidTarget, Target};
pub use timetable::{Next, Step};
