//! The composition root: reads configuration, builds the adapters, wires them, runs them.

pub mod anchor;
pub mod compose;
pub mod config;
pub mod demo;
pub mod export;
pub mod http;
