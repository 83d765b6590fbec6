//! What the tests share: a PostgreSQL cluster for the whole run, a database per test, a clock to turn, and the engine in
//! process or as the real program.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a failed expectation is a failed test"
)]

mod anchor;
mod api;
mod app;
mod clock;
pub mod cluster;
pub mod objects;

pub use anchor::{MemoryAnchor, notary};
pub use api::{Api, Client};
pub use app::{MASTER_KEY, TestApp, program};
pub use clock::TestClock;
