//! What can go wrong when read models are built, and when they are read.

use escalon_application::ports::StoreError;
use escalon_domain::{access::Permission, aggregate::UnreadableEvent, refusal::list};

/// Why a projection could not be built or kept up to date.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An event has a shape that this version does not understand.
    #[error("the event at position {position} ({stream}) cannot be read: {source}")]
    Unreadable {
        /// Its position.
        position: i64,
        /// Its stream.
        stream: String,
        /// What is wrong with it.
        source: UnreadableEvent,
    },
    /// A row has no JSON form, or what is stored does not have the row's shape.
    #[error("a row of {table} cannot be {done}: {source}")]
    Row {
        /// Its table.
        table: &'static str,
        /// What was tried.
        done: &'static str,
        /// What the JSON library said.
        source: serde_json::Error,
    },
    /// There is no projection of this name.
    #[error("there is no projection “{name}”; there is {}", list(.known))]
    Unknown {
        /// What was asked for.
        name: String,
        /// Those that are there.
        known: Vec<&'static str>,
    },
    /// Nobody made its tables yet.
    #[error(
        "the projection {name} has no tables yet; start the engine, or run `escalon projections rebuild {name}`"
    )]
    NotPrepared {
        /// Which.
        name: &'static str,
    },
    /// The live generation was built by other code.
    #[error("the live read model of {name} has version {live} and this process knows version {known}; {}",
        if .live > .known { "upgrade this process" } else { "restart the engine to build the new version" })]
    OtherVersion {
        /// Which.
        name: &'static str,
        /// The live version.
        live: i32,
        /// The version of this code.
        known: i32,
    },
    /// Somebody else is building it.
    #[error("{name} is being built by another process at this moment; wait until it is done")]
    Busy {
        /// Which.
        name: &'static str,
    },
}

/// Why a read model could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The caller's roles do not allow it.
    #[error("you need the permission {permission} to {}; ask an administrator for a role that has it", .permission.what())]
    NotPermitted {
        /// What is missing.
        permission: Permission,
    },
    /// A cursor is not one of this list.
    #[error(
        "the cursor “{cursor}” does not belong to this list in this order; take cursors from its pages as they are, or leave it out to begin anew"
    )]
    BadCursor {
        /// What was given, cut to 80 characters.
        cursor: String,
    },
    /// A page was asked for in a way that makes no sense.
    #[error("{message}")]
    BadPage {
        /// What is wrong and how to mend it.
        message: &'static str,
    },
    /// A read model that it needs was never built.
    #[error(
        "{view} cannot be read yet: its read models are not built; start the engine, or run `escalon projections rebuild --all`"
    )]
    NotBuilt {
        /// What was to be read.
        view: &'static str,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
