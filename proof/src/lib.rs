//! What proves that history is as it was stored: pure functions, so that whoever checks needs neither the engine nor its
//! database.
//!
//! | module | what it is |
//! | --- | --- |
//! | [`chain`] | each event's hash covers the event before it in its stream |

pub mod chain;
mod hash;

pub use hash::{Hash, InvalidHash};
