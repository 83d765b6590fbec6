//! What can go wrong when read models are built, and when they are read.

use escalon_application::ports::StoreError;
use escalon_domain::{access::Permission, refusal::list};
use escalon_infrastructure::notary::ledger::ProofError;
use escalon_infrastructure::subscription::{ConsumeError, Poison};

/// Why a projection could not be built or kept up to date.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An event, or a row that was made of events, is at fault.
    #[error(transparent)]
    Poison(#[from] Poison),
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
    /// There is no such generation.
    #[error("{name} has no generation {generation}; it has {}; `escalon projections list` shows them",
        if .known.is_empty() { "none yet".to_owned() } else { .known.join(", ") })]
    NoGeneration {
        /// Of which projection.
        name: &'static str,
        /// What was asked for.
        generation: i32,
        /// Those that are there.
        known: Vec<String>,
    },
    /// No generation was live before the present one, or it was dropped.
    #[error(
        "{name} has no former generation to go back to; `escalon projections rebuild {name}` makes a new one"
    )]
    NoFormer {
        /// Which.
        name: &'static str,
    },
    /// The generation is the live one.
    #[error(
        "generation {generation} of {name} is the live one; to replace it, switch to another or rebuild first"
    )]
    Live {
        /// Of which projection.
        name: &'static str,
        /// Which.
        generation: i32,
    },
    /// The generation was built by another version of the definition, so this code cannot bring it up to date.
    #[error(
        "generation {generation} of {name} was built by version {version} of its definition and this program has version {known}; \
         to go back to it, run a release of the engine that has version {version}, or drop it"
    )]
    Foreign {
        /// Of which projection.
        name: &'static str,
        /// Which.
        generation: i32,
        /// Its version.
        version: i32,
        /// The version of this code.
        known: i32,
    },
    /// The generation is not finished.
    #[error(
        "generation {generation} of {name} is not finished; `escalon projections rebuild {name}` goes on building and switches to it"
    )]
    Unfinished {
        /// Of which projection.
        name: &'static str,
        /// Which.
        generation: i32,
    },
    /// Somebody reads it and does not end.
    #[error(
        "the read model {name} could not be switched for {seconds} s, since a transaction that reads it stays open; nothing is lost: \
         end that transaction (pg_stat_activity shows it) and run the command again"
    )]
    Held {
        /// Which.
        name: &'static str,
        /// How long was tried.
        seconds: u64,
    },
    /// There is no such position.
    #[error("there is no position {position}; positions go from 1 to {head} now")]
    Beyond {
        /// What was asked for.
        position: i64,
        /// The last one.
        head: i64,
    },
    /// There is no such replay.
    #[error("there is no replay {id}; `escalon audit replay list` shows those that are there")]
    NoReplay {
        /// What was asked for.
        id: i32,
    },
    /// Somebody else is building it.
    #[error("{name} is being built by another process at this moment; wait until it is done")]
    Busy {
        /// Which.
        name: &'static str,
    },
}

/// An event is at fault, or the database, or how the engine is set up.
impl From<ProjectionError> for ConsumeError {
    fn from(error: ProjectionError) -> Self {
        match error {
            ProjectionError::Poison(poison) => Self::Poison(poison),
            ProjectionError::Store(error) => error.into(),
            other => Self::Hindered(Box::new(other)),
        }
    }
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
    /// There is no such replay, or it is not finished.
    #[error("there is no finished replay {id}; `escalon audit replay list` shows those that are there")]
    NoReplay {
        /// What was asked for.
        id: i32,
    },
    /// The read model is being built for the first time.
    #[error("{message}; try again later")]
    Building {
        /// Which, and how far it is.
        message: String,
    },
    /// The live read model is of another version than this code.
    #[error(
        "this read model is of another version than this process; if the engine was upgraded, the new one is being built: try again later"
    )]
    Outdated,
    /// Something cannot be proven.
    #[error(transparent)]
    Proof(ProofError),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

/// What PostgreSQL says when a view says that its read model is being built, see `escalon.being_built`.
const BEING_BUILT: &str = "ES003";
/// What it says when there is no such column, function or table.
const ABSENT: [&str; 3] = ["42703", "42883", "42P01"];

impl From<StoreError> for ReadError {
    fn from(error: StoreError) -> Self {
        let (StoreError::Unavailable { source, .. } | StoreError::Broken { source, .. }) = &error;
        let database = source.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error);
        let code = database.and_then(|database| database.code()).unwrap_or_default();
        match database {
            Some(database) if code == BEING_BUILT => {
                Self::Building { message: database.message().to_owned() }
            }
            Some(_) if ABSENT.contains(&code.as_ref()) => Self::Outdated,
            _ => Self::Store(error),
        }
    }
}

impl From<ProofError> for ReadError {
    fn from(error: ProofError) -> Self {
        match error {
            ProofError::Store(error) => Self::Store(error),
            other => Self::Proof(other),
        }
    }
}
