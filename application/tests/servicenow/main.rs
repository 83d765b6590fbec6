//! The import of a ServiceNow audit log: reading rows, the mapping to steps, the real file, and the driver.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

mod driver;
mod mapping;
mod real_file;
mod rows;
mod support;
