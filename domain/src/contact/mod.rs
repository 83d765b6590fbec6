//! How the members of an organization can be reached, and how they want to be.

mod channel;
mod method;

pub use channel::Channel;
pub use method::{ContactMethod, ContactMethodId};
