//! Who did what to which resource: one row for every event of every kind.

mod projector;
mod queries;

use async_trait::async_trait;

pub use projector::{AuditRow, Severity};
pub use queries::AuditFilter;

use crate::{
    error::ProjectionError,
    happening::Happening,
    projection::{Build, PersonalIn, Projection, Searched},
    tables::Tables,
};

/// The projection.
#[derive(Debug, Clone, Copy)]
pub struct AuditLog;

#[async_trait]
impl Projection for AuditLog {
    fn name(&self) -> &'static str {
        "audit_log"
    }

    fn version(&self) -> i32 {
        2
    }

    fn ddl(&self) -> &'static str {
        include_str!("tables.sql")
    }

    fn tables(&self) -> &'static [&'static str] {
        &["audit"]
    }

    fn searched(&self) -> &'static [Searched] {
        &[Searched { table: "audit", key: "position", key_type: "bigint", facts: None }]
    }

    fn build(&self) -> Build {
        Build::ByEvent
    }

    fn personal(&self) -> &'static [PersonalIn] {
        &[PersonalIn::Events { table: "audit", columns: &["old_value", "new_value"] }]
    }

    async fn project(
        &self,
        tables: &mut Tables<'_>,
        happenings: &[Happening<'_>],
    ) -> Result<(), ProjectionError> {
        let rows: Vec<_> = happenings.iter().filter(|happening| happening.first).map(AuditRow::of).collect();
        tables.append(&rows).await
    }
}
