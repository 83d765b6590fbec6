//! What a projection is.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    audit_log::AuditLog, error::ProjectionError, escalation_inbox::EscalationInbox, happening::Happening,
    member_directory::MemberDirectory, service_dashboard::ServiceDashboard, tables::Tables,
    ticket_inbox::TicketInbox, timeline::Timeline,
};

/// A table with a text search.
#[derive(Debug, Clone, Copy)]
pub struct Searched {
    /// The table.
    pub table: &'static str,
    /// Its key.
    pub key: &'static str,
    /// The key's type.
    pub key_type: &'static str,
    /// What is indexed beside the words, as an SQL expression of the table's columns: a list of values that filters ask for
    /// (whose a row is, its tags). None where only words are. With facts, `{table}_matching` takes words and a list of facts,
    /// either of which may be empty, and gives the rows that have all of them; without, it takes words and gives keys.
    pub facts: Option<&'static str>,
}

/// How a read model may be built from the whole history. Its rows are the same either way; the narrower its claim, the
/// faster the build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Build {
    /// Each row is folded from the events of one stream: streams are read as wholes, side by side, and each row is written
    /// once. Needs [`Projection::reads`].
    ByStream,
    /// Each row is made of one event: events are read side by side, and each row is written once.
    ByEvent,
    /// Anything else: one event after the other, as in the live projection.
    #[default]
    InOrder,
}

/// Where a table keeps personal values.
#[derive(Debug, Clone, Copy)]
pub enum PersonalIn {
    /// In columns that belong to the subject in the column `whose`.
    Columns {
        /// The table.
        table: &'static str,
        /// The column with the subject.
        whose: &'static str,
        /// The columns, each with what stands there when it is forgotten, in SQL.
        columns: &'static [(&'static str, &'static str)],
    },
    /// In the data of single events, of several people perhaps: rows with a `position` and the `subjects` in them. They are
    /// made anew of their events.
    Events {
        /// The table.
        table: &'static str,
        /// The columns with the data.
        columns: &'static [&'static str],
    },
}

impl PersonalIn {
    /// The table.
    #[must_use]
    pub const fn table(&self) -> &'static str {
        match self {
            Self::Columns { table, .. } | Self::Events { table, .. } => table,
        }
    }

    /// The columns with personal values.
    #[must_use]
    pub fn columns(&self) -> Vec<&'static str> {
        match self {
            Self::Columns { columns, .. } => columns.iter().map(|(name, _)| *name).collect(),
            Self::Events { columns, .. } => columns.to_vec(),
        }
    }
}

/// A read model's definition: its tables, and how events become their rows.
#[async_trait]
pub trait Projection: Send + Sync {
    /// Its name; also its folder.
    fn name(&self) -> &'static str;

    /// The version of its definition. A higher one builds a new generation when the engine starts.
    fn version(&self) -> i32;

    /// Its `tables.sql`: unqualified names, each table with an `organization text not null`.
    fn ddl(&self) -> &'static str;

    /// Its tables; each appears in the schema `read` under the same name.
    fn tables(&self) -> &'static [&'static str];

    /// The kinds of stream it reads; the others are not even parsed. Empty for all.
    fn reads(&self) -> &'static [&'static str] {
        &[]
    }

    /// How it may be built.
    fn build(&self) -> Build {
        Build::default()
    }

    /// Those of its tables that have a `search tsvector`, each with its key and the key's type. Queries use
    /// `{table}_matching`, which finds keys through the index; see `generations/schema.rs` for why.
    fn searched(&self) -> &'static [Searched] {
        &[]
    }

    /// The stored names of events of which it keeps no personal values, so that a build need not open them.
    fn leaves_sealed(&self) -> &'static [&'static str] {
        &[]
    }

    /// Where it keeps personal values, and whose they are. They go when the person is forgotten; see
    /// [`crate::forgetting`].
    fn personal(&self) -> &'static [PersonalIn] {
        &[]
    }

    /// Takes a batch of events into the tables. The same code runs live and in a build.
    ///
    /// # Errors
    /// The database failed; nothing of the batch is kept.
    async fn project(
        &self,
        tables: &mut Tables<'_>,
        happenings: &[Happening<'_>],
    ) -> Result<(), ProjectionError>;
}

/// Every projection there is.
#[must_use]
pub fn catalogue() -> Vec<Arc<dyn Projection>> {
    vec![
        Arc::new(TicketInbox),
        Arc::new(EscalationInbox),
        Arc::new(Timeline),
        Arc::new(MemberDirectory),
        Arc::new(ServiceDashboard),
        Arc::new(AuditLog),
    ]
}

/// The name of a projection's subscription.
#[must_use]
pub(crate) fn subscription(name: &str) -> String {
    format!("projection.{name}")
}
