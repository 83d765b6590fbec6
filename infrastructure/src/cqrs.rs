//! The bridge to `cqrs-es`: any pure aggregate as a [`cqrs_es::Aggregate`], and our store as a [`cqrs_es::EventStore`] of it.
//!
//! The stock tools of that framework (its test framework, its `PostgresEventRepository`, its replay) work on Escalon's
//! streams through [`Cqrs`]; see ADR 0002.

mod aggregate;
mod store;

pub use aggregate::{Cqrs, CqrsCommand, CqrsError, CqrsEvent};
pub use store::{CqrsContext, CqrsStore};
