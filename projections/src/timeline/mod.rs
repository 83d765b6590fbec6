//! What happened to a ticket or an escalation, event by event; never deleted.

mod projector;
mod queries;

use async_trait::async_trait;
use escalon_domain::{escalation::Escalation, id::Named, ticket::Ticket};

pub use projector::{TimelineEscalation, TimelineRow};

use crate::{
    error::ProjectionError,
    happening::Happening,
    projection::{Build, PersonalIn, Projection},
    tables::Tables,
};

/// The projection.
#[derive(Debug, Clone, Copy)]
pub struct Timeline;

impl Timeline {
    const FOLLOWED: &'static [&'static str] = &[Ticket::PREFIX, Escalation::PREFIX];

    fn follows(kind: &str) -> bool {
        Self::FOLLOWED.contains(&kind)
    }
}

#[async_trait]
impl Projection for Timeline {
    fn name(&self) -> &'static str {
        "timeline"
    }

    fn version(&self) -> i32 {
        2
    }

    fn ddl(&self) -> &'static str {
        include_str!("tables.sql")
    }

    fn tables(&self) -> &'static [&'static str] {
        &["timeline", "timeline_escalation"]
    }

    fn reads(&self) -> &'static [&'static str] {
        Self::FOLLOWED
    }

    fn build(&self) -> Build {
        Build::ByEvent
    }

    fn personal(&self) -> &'static [PersonalIn] {
        &[PersonalIn::Events { table: "timeline", columns: &["data"] }]
    }

    async fn project(
        &self,
        tables: &mut Tables<'_>,
        happenings: &[Happening<'_>],
    ) -> Result<(), ProjectionError> {
        let escalations: Vec<_> = happenings.iter().filter_map(TimelineEscalation::of).collect();
        let rows: Vec<_> =
            happenings.iter().filter(|happening| happening.first).filter_map(TimelineRow::of).collect();
        tables.append(&escalations).await?;
        tables.append(&rows).await
    }
}
