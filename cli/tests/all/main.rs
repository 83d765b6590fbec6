//! The program `escalon` as it is started and typed, over a private PostgreSQL in a directory of its own.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod audit;
mod commands;
mod engine;
mod killed;
mod logs;
mod privacy;
