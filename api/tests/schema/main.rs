//! The schema over the real use cases, with the ports in memory.

#![expect(clippy::expect_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod accounts;
mod commands;
mod definitions;
mod errors;
mod escalations;
mod memory;
mod permissions;
mod shape;
mod stream;
mod tickets;
mod world;
