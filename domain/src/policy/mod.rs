//! Escalation policies: who is told, level by level, until somebody owns it.

mod target;

pub use target::{InvalidTarget, Target};
