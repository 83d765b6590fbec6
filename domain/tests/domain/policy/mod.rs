//! Escalation policies.

mod target;
