//! Why an event cannot be taken. It is stored with the parked sequence, logged, and shown to operators, none of whom are to
//! read in it what belongs to somebody: so it is made of nothing that could hold a value.

use std::{any::Any, fmt};

use escalon_application::ports::StoreError;
use escalon_domain::{aggregate::UnreadableEvent, illegible::Illegible};

use super::ConsumeError;
use crate::error::DataError;

/// Why an event cannot be taken, however often it is tried.
#[derive(Debug, thiserror::Error)]
pub enum Poison {
    /// It has a shape that this version does not understand.
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
        /// What is wrong with it.
        source: Illegible,
    },
    /// The database refuses what was made of it, or what it holds of it cannot be read.
    #[error("{operation}: {source}")]
    Data {
        /// What was being done.
        operation: &'static str,
        /// What is wrong.
        source: DataError,
    },
    /// What the database holds of it is no JSON, or not the right one.
    #[error("{operation}: {source}")]
    Illegible {
        /// What was being done.
        operation: &'static str,
        /// What is wrong.
        source: Illegible,
    },
    /// The consumer panicked over it.
    #[error("the consumer panicked{0}")]
    Panicked(Panicked),
    /// The consumer refuses it.
    #[error("{0}")]
    Refused(&'static str),
}

/// What somebody said who panicked, as far as it was written in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Panicked(Option<&'static str>);

impl Panicked {
    /// What a panic came with. A text that was put together when it happened is left out: it may quote values.
    #[must_use]
    pub fn with(payload: &(dyn Any + Send)) -> Self {
        Self(payload.downcast_ref::<&'static str>().copied())
    }
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(said) => write!(f, ": {said}"),
            None => f.write_str("; what it said is left out, since it may quote what is stored"),
        }
    }
}

/// An error of the database or of reading: data that are at fault are poison, and everything else is not.
impl From<StoreError> for ConsumeError {
    fn from(error: StoreError) -> Self {
        if let StoreError::Broken { operation, source } = &error {
            if let Some(source) = source.downcast_ref::<DataError>().cloned() {
                return Self::Poison(Poison::Data { operation, source });
            }
            if let Some(source) = source.downcast_ref::<Illegible>().cloned() {
                return Self::Poison(Poison::Illegible { operation, source });
            }
        }
        Self::Hindered(Box::new(error))
    }
}
