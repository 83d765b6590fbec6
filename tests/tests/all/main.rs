//! Everything that is tested through the public face of the engine, over a real PostgreSQL.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failed expectation is a failed test"
)]

mod access;
mod analytics;
mod bad_input;
mod consumers;
mod cqrs;
mod customer_support;
mod export;
mod forgetting;
mod generations;
mod growth_and_operations;
mod isolation;
mod leases;
mod moments;
mod numbers;
mod order;
mod outages;
mod pages;
mod parked;
mod projections;
mod proof;
mod rebuild;
mod replay;
mod roles;
mod sequencer;
mod snapshots;
mod store;
