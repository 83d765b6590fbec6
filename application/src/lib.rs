//! What Escalon does: use cases over the pure domain, and the ports through which they reach the world.
//!
//! Every use case has one rhythm: **authorise** ([`Caller::must`], first line, always), **load** the stream, **decide**,
//! **append**. `Engine::change` is that rhythm for a single stream; a use case that needs looked-up facts looks them up
//! between the first line and the call.
//!
//! # Adding a use case
//! 1. Write an `impl Engine` method in the file of its aggregate; its first line names the permission it needs.
//! 2. Put looked-up facts into the domain command, then call `Engine::change`.
//! 3. Add a row to the golden table in `tests/tests/all/access.rs`: `INSTA_UPDATE=always` writes it, a look at the difference accepts it.

pub mod account;
pub mod alert;
pub mod cache;
pub mod caller;
mod change;
pub mod comparison;
pub mod deadline;
pub mod definition;
pub mod engine;
pub mod escalation;
pub mod failure;
pub mod inbound;
pub mod member;
pub mod message;
mod moment;
pub mod once;
pub mod organization;
pub mod parked_sequence;
pub mod ports;
pub mod privacy;
pub mod recorded;
pub mod routing_file;
pub mod servicenow;
mod snapshot;
pub mod ticket;

pub use caller::Caller;
pub use comparison::Comparison;
pub use engine::{Done, Engine, Moment, Ports};
pub use failure::Failure;
pub use once::Once;
pub use recorded::Recorded;
