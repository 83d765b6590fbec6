//! Alert rules: conditions over what read models show, looked at every few minutes, that report alerts and clear them.

mod body;
mod evaluate;
mod facts;
mod usual;

pub use body::{AlertRule, AlertRuleId, Audience, Watch};
pub use facts::{Facts, SlaFact, TicketFact, WorkloadFact};
