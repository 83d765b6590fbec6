//! Database errors as the ports name them.

use std::{fmt, sync::Arc};

use escalon_application::ports::StoreError;

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

/// Whether the error lies in the data at hand, so that trying again gives the same: a stored text that cannot be read, or
/// a value that the database refuses. Everything else may pass, or is nobody's data's fault.
#[must_use]
pub fn is_data_error(error: &StoreError) -> bool {
    let StoreError::Broken { source, .. } = error else { return false };
    if source.is::<serde_json::Error>() {
        return true;
    }
    match source.downcast_ref::<sqlx::Error>() {
        Some(sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. }) => true,
        // 22 data exception, 23 integrity constraint, 54 program limit exceeded (a row or index entry too large).
        Some(sqlx::Error::Database(database)) => {
            database.code().is_some_and(|code| ["22", "23", "54"].iter().any(|class| code.starts_with(class)))
        }
        _ => false,
    }
}
