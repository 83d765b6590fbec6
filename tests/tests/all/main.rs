//! Everything that is tested through the public face of the engine, over a real PostgreSQL.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failed expectation is a failed test"
)]

mod cqrs;
mod isolation;
mod sequencer;
mod store;
