//! What proves history: against vectors of others, against naive references, and against everything that can be done to
//! a file.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod chain;
mod history;
mod note;
mod tampering;
mod tree;
mod trusted;
