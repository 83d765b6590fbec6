//! Routing rules: who is told of what, by which channels, and who is told next.

mod body;
mod condition;
mod faults;
mod preview;
mod route;
mod words;

pub use body::{RoutingRule, RoutingRuleId};
pub use condition::{Condition, Field, Test, UnknownField};
pub use route::{Mismatch, Routable, Routing, route};
pub use words::{KindPattern, Priority, Step};
