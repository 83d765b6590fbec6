//! One generation's tables, and the two ways in which events become rows: keyed folds and lists.
//!
//! Behind [`Tables`] are either tables with rows in them, inside a transaction, where a batch costs a fixed number of
//! statements, however many events it has; or tables that a build fills for the first time, where rows are made in memory
//! and written once, by `COPY`. A projection does not see which.

mod binary;
mod filled;
mod fresh;

use serde::{Serialize, de::DeserializeOwned};
use sqlx::PgConnection;

pub use binary::Cell;
use filled::Filled;
pub(crate) use fresh::Fresh;

use crate::{error::ProjectionError, happening::Happening};

/// A row of a table; declared with [`row!`](crate::row).
pub trait Row: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static {
    /// The table.
    const TABLE: &'static str;
    /// The columns that are written; generated ones are not among them.
    const COLUMNS: &'static [&'static str];

    /// Writes the values of the columns in the binary form of `COPY`.
    fn cells(&self, out: &mut Vec<u8>);

    /// The columns of this alias, for a select list.
    #[must_use]
    fn columns(alias: &str) -> String {
        Self::COLUMNS.iter().map(|column| format!("{alias}.{column}")).collect::<Vec<_>>().join(", ")
    }
}

/// A pure fold: one row per key, made and changed by events.
pub trait Fold {
    /// The row; its first column is the key, a text.
    type Row: Row;

    /// Which row the event concerns, if it concerns one.
    fn key<'h>(happening: &'h Happening<'_>) -> Option<&'h str>;

    /// The row after the event; none when it is to go, or is not to come.
    fn apply(row: Option<Self::Row>, happening: &Happening<'_>) -> Option<Self::Row>;
}

/// Declares a row: a struct whose fields are the columns of a table, the key first.
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* pub struct $name:ident in $table:literal { $($(#[$about:meta])* pub $field:ident: $type:ty),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, sqlx::FromRow)]
        pub struct $name { $($(#[$about])* pub $field: $type),+ }

        impl $crate::tables::Row for $name {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];

            fn cells(&self, out: &mut Vec<u8>) {
                $($crate::tables::Cell::write(&self.$field, out);)+
            }
        }
    };
}

/// The tables of one generation.
pub struct Tables<'c>(Inside<'c>);

enum Inside<'c> {
    Filled(Filled<'c>),
    Fresh(&'c mut Fresh),
}

impl<'c> Tables<'c> {
    /// The tables in this schema, with whatever rows they have, inside the connection's transaction.
    pub const fn new(connection: &'c mut PgConnection, schema: &'c str) -> Self {
        Self(Inside::Filled(Filled::new(connection, schema)))
    }

    /// Tables that have none of the rows that the coming events make. The rows are kept until they are written.
    pub(crate) const fn fresh(rows: &'c mut Fresh) -> Self {
        Self(Inside::Fresh(rows))
    }

    /// Takes a batch through a fold: one statement to read the rows it touches, one to write those that changed, and one
    /// to delete, if there is anything to delete.
    ///
    /// # Errors
    /// The database failed.
    pub async fn fold<F: Fold>(&mut self, happenings: &[Happening<'_>]) -> Result<(), ProjectionError> {
        match &mut self.0 {
            Inside::Filled(filled) => filled.fold::<F>(happenings).await,
            Inside::Fresh(fresh) => {
                fresh.fold::<F>(happenings);
                Ok(())
            }
        }
    }

    /// Adds rows that are made of single events; those that are there stay as they are.
    ///
    /// # Errors
    /// The database failed.
    pub async fn append<R: Row>(&mut self, rows: &[R]) -> Result<(), ProjectionError> {
        match &mut self.0 {
            Inside::Filled(filled) => filled.append(rows).await,
            Inside::Fresh(fresh) => {
                rows.iter().for_each(|row| fresh.add(row));
                Ok(())
            }
        }
    }
}
