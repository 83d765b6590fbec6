//! What lists of escalations show: one row an escalation.

mod projector;
mod queries;

use async_trait::async_trait;
use escalon_domain::{escalation::Escalation, id::Named};

pub use projector::{EscalationFold, EscalationRow};
pub(crate) use queries::own;
pub use queries::{EscalationFilter, EscalationOrder, EscalationSort};

use crate::{
    error::ProjectionError,
    happening::Happening,
    projection::{Build, PersonalIn, Projection, Searched},
    tables::Tables,
};

/// The projection.
#[derive(Debug, Clone, Copy)]
pub struct EscalationInbox;

#[async_trait]
impl Projection for EscalationInbox {
    fn name(&self) -> &'static str {
        "escalation_inbox"
    }

    fn version(&self) -> i32 {
        1
    }

    fn ddl(&self) -> &'static str {
        include_str!("tables.sql")
    }

    fn tables(&self) -> &'static [&'static str] {
        &["escalation"]
    }

    fn reads(&self) -> &'static [&'static str] {
        &[Escalation::PREFIX]
    }

    fn searched(&self) -> &'static [Searched] {
        &[Searched { table: "escalation", key: "id", key_type: "text", facts: None }]
    }

    fn build(&self) -> Build {
        Build::ByStream
    }

    fn personal(&self) -> &'static [PersonalIn] {
        &[
            PersonalIn::Columns {
                table: "escalation",
                whose: "reason_subject",
                columns: &[("reason", "null")],
            },
            PersonalIn::Columns {
                table: "escalation",
                whose: "customer_subject",
                columns: &[("customer_name", "null"), ("customer_phone", "null"), ("customer_email", "null")],
            },
            PersonalIn::Columns {
                table: "escalation",
                whose: "notes_subject",
                columns: &[("notes", "null")],
            },
        ]
    }

    async fn project(
        &self,
        tables: &mut Tables<'_>,
        happenings: &[Happening<'_>],
    ) -> Result<(), ProjectionError> {
        tables.fold::<EscalationFold>(happenings).await
    }
}
