//! The HTTP handler over real connections: one test per hole, limit and bad input.

#![expect(clippy::expect_used, reason = "helpers of tests, which fail by panicking")]

mod client;
mod errors;
mod limits;
mod operations;
mod specification;
mod streams;
mod support;
