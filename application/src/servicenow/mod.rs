//! Importing the audit log of a ServiceNow installation: what each row changed becomes the command that would have
//! caused it, at the time it happened, by whoever did it.
//!
//! - [`Row`] is a line of the log; [`Record`] its columns as they are written.
//! - [`advance`] is the mapping, a pure function: an incident as far as it is known, and its next row, give [`Step`]s.
//! - [`import`] runs the steps, some incidents at once, each step with an idempotency key of its own, so that running it
//!   again imports nothing twice and an import that was cut short goes on where it stopped.
//!
//! What does not fit is a [`Misfit`], named by its line; whatever else the row says is imported all the same.

mod cast;
mod diff;
mod import;
mod incident;
mod moment;
mod report;
mod row;
mod state;
mod step;

pub use diff::{Advance, Known, advance};
pub use import::{ImportError, ImportOptions, Progress, SOURCE, import};
pub use moment::{InvalidMoment, moment};
pub use report::{Misfit, Report};
pub use row::{COLUMNS, FIELDS, MissingColumns, PRIORITIES, Record, Row, check_columns};
pub use step::{Opening, Planned, Step};
