//! How the service does: a row of facts for each ticket, aggregated when asked.

mod projector;
mod queries;

use async_trait::async_trait;
use escalon_domain::{id::Named, ticket::Ticket};

pub use projector::{FactFold, FactRow};
pub use queries::{Dashboard, Spans};

use crate::{
    error::ProjectionError,
    happening::Happening,
    projection::{Build, Projection},
    tables::Tables,
};

/// The projection.
#[derive(Debug, Clone, Copy)]
pub struct ServiceDashboard;

#[async_trait]
impl Projection for ServiceDashboard {
    fn name(&self) -> &'static str {
        "service_dashboard"
    }

    fn version(&self) -> i32 {
        1
    }

    fn ddl(&self) -> &'static str {
        include_str!("tables.sql")
    }

    fn tables(&self) -> &'static [&'static str] {
        &["ticket_fact"]
    }

    fn reads(&self) -> &'static [&'static str] {
        &[Ticket::PREFIX]
    }

    fn build(&self) -> Build {
        Build::ByStream
    }

    async fn project(
        &self,
        tables: &mut Tables<'_>,
        happenings: &[Happening<'_>],
    ) -> Result<(), ProjectionError> {
        tables.fold::<FactFold>(happenings).await
    }
}
