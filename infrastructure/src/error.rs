//! Database errors as the ports name them.

use std::{fmt, sync::Arc};

use escalon_application::ports::StoreError;
use sqlx::postgres::PgDatabaseError;

/// Whether trying again later can help: the server is away, starting, stopping or full.
fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => {
            true
        }
        sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(database) => database.code().is_some_and(|code| {
            // 08 connection, 53 resources (disk full, too many connections), 57P server stopping, 25006 read-only standby,
            // ES003 a read model that is being built.
            ["08", "53", "57P"].iter().any(|class| code.starts_with(class))
                || ["25006", "ES003"].contains(&&*code)
        }),
        _ => false,
    }
}

/// The port's error for a failed database call; `operation` says what was being done.
pub fn store_error(operation: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |error| {
        if is_unavailable(&error) {
            StoreError::Unavailable { operation, source: Box::new(error) }
        } else if let Some(data) = DataError::of(&error) {
            StoreError::broken(operation, data)
        } else {
            StoreError::broken(operation, error)
        }
    }
}

/// One failure, as each of several who share it sees it.
pub(crate) fn shared(error: &Arc<StoreError>) -> StoreError {
    let source = Box::new(Shared(Arc::clone(error)));
    match **error {
        StoreError::Unavailable { operation, .. } => StoreError::Unavailable { operation, source },
        StoreError::Broken { operation, .. } => StoreError::Broken { operation, source },
    }
}

#[derive(Debug)]
struct Shared(Arc<StoreError>);

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            StoreError::Unavailable { source, .. } | StoreError::Broken { source, .. } => source.fmt(f),
        }
    }
}

impl std::error::Error for Shared {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

/// A value that the database refuses, or gave and that cannot be read. The words of the database may quote the value; this
/// says what kind of fault it is, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// The database refuses it.
    #[error("the database refuses a value (SQLSTATE {code}){place}")]
    Refused {
        /// What it is in SQL's terms: class 22 data exception, 23 integrity constraint, 54 program limit exceeded (a row or
        /// index entry too large).
        code: String,
        /// Its table, column and constraint, as far as the database names them.
        place: String,
    },
    /// A column does not hold what it should.
    #[error("the column {column} of a row cannot be read")]
    Column {
        /// Which.
        column: String,
    },
    /// Something in a row does not have the form that it should.
    #[error("a value of a row cannot be read")]
    Decode,
}

impl DataError {
    /// What is wrong with the data, if they are at fault.
    fn of(error: &sqlx::Error) -> Option<Self> {
        match error {
            sqlx::Error::ColumnDecode { index, .. } => Some(Self::Column { column: index.clone() }),
            sqlx::Error::Decode(_) => Some(Self::Decode),
            sqlx::Error::Database(database) => {
                let code = database.code()?;
                ["22", "23", "54"].iter().find(|class| code.starts_with(**class))?;
                Some(Self::Refused { code: code.into_owned(), place: place(&**database) })
            }
            _ => None,
        }
    }
}

/// Where a value stands that the database refuses.
fn place(error: &dyn sqlx::error::DatabaseError) -> String {
    let Some(error) = error.try_downcast_ref::<PgDatabaseError>() else { return String::new() };
    let names = [("table", error.table()), ("column", error.column()), ("constraint", error.constraint())];
    names.into_iter().filter_map(|(what, name)| Some(format!(", {what} {}", name?))).collect()
}
