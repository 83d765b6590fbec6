//! Read models: what queries see, projected from the events.
//!
//! A projection is a folder with its tables (`tables.sql`), how events become their rows (`projector.rs`: row types and a
//! pure fold) and its queries (`queries.rs`). Rows of two shapes cover all of them: *keyed folds* ([`tables::Fold`]) and
//! *lists*, whose rows are made of single events ([`tables::Tables::append`]). Both run in batches with a fixed number of
//! statements, live and in a rebuild alike.
//!
//! The tables of each *generation* are in a schema of their own; `read` holds views of the live ones. [`Projections`] builds
//! them anew, switches, goes back and drops, while everybody reads.
//! A [`Runner`] keeps them up to date; [`ReadModels`] answers, within a [`Scope`].
//!
//! # Adding a projection
//! 1. Make a folder with `tables.sql`: unqualified names, `organization text not null` in every table. Row-level security,
//!    grants and views are added by the mechanism.
//! 2. Declare the rows with [`row!`] and write the fold as a pure function; test it in `projections/tests/folds.rs`.
//! 3. Implement [`projection::Projection`] and add it to [`projection::catalogue`]. If each row is folded from one stream, or
//!    made of one event, say so in `build`: then it is read in shards and written in bulk. The next start builds it while
//!    everything else is served.
//! 4. Write its queries as `impl ReadModels`: check the scope first, then read the tables inside `begin(scope)`, naming them
//!    without a schema.
//!
//! # Changing a projection
//! Change tables and fold, and raise its version: the next start builds a new generation and switches to it. The former one
//! is kept until it is dropped.
//!
//! # Looking at a moment
//! [`Projections::replay`] builds every read model of one organization up to a position or a time, in a schema of its own;
//! [`ReadModels::replayed`] asks it with the same queries.

pub mod analytics;
pub mod audit_log;
mod error;
pub mod escalation_inbox;
pub mod forgetting;
mod generations;
pub mod happening;
mod live;
pub mod member_directory;
mod people;
mod plain;
mod progress;
pub mod projection;
mod proof;
mod read;
mod runner;
mod scope;
pub mod service_dashboard;
pub mod tables;
pub mod ticket_inbox;
pub mod timeline;

pub use audit_log::{AuditFilter, AuditRow};
pub use error::{ProjectionError, ReadError};
pub use escalation_inbox::{EscalationFilter, EscalationOrder, EscalationRow, EscalationSort};
pub use escalon_infrastructure::notary::ledger::ProofError;
pub use escalon_infrastructure::subscription::SubscriptionStatus;
pub use forgetting::{Scrub, Scrubber};
pub use generations::{
    Checksum, Comparison, Difference, GenerationState, Kept, Progress, Projections, RebuildReport, Replay,
    Stage, Switched, Until,
};
pub use member_directory::{DefinitionRow, MemberRow, OrganizationRow, ReadDirectory};
pub use people::ReadPeople;
pub use proof::Which;
pub use read::{Page, ProjectionStatus, ReadModels, Slice};
pub use runner::Runner;
pub use scope::{Reach, Scope};
pub use service_dashboard::{Dashboard, Spans};
pub use ticket_inbox::{TicketFilter, TicketOrder, TicketRow, TicketSort};
pub use timeline::TimelineRow;
