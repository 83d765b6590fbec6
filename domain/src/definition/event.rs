//! What can have happened to a definition. The stored names carry the kind (`role.defined`).

use serde::{Deserialize, Serialize};

use super::Body;
use crate::aggregate::{Event, UnreadableEvent};

/// It was defined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Defined<B> {
    /// Its first version.
    pub body: B,
}

/// It was changed; what was pinned to the version before stays so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Revised<B> {
    /// The version before, for the audit log.
    pub previous: B,
    /// The new version.
    pub body: B,
}

/// It is no longer to be used for anything new.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retired {
    /// Why.
    pub reason: String,
}

/// What can have happened to a definition.
#[derive(Debug, Clone, PartialEq)]
pub enum DefinitionEvent<B> {
    /// See [`Defined`].
    Defined(Defined<B>),
    /// See [`Revised`].
    Revised(Revised<B>),
    /// See [`Retired`].
    Retired(Retired),
}

impl<B: Body> Event for DefinitionEvent<B> {
    const NAMES: &'static [&'static str] = &[B::DEFINED, B::REVISED, B::RETIRED];

    fn name(&self) -> &'static str {
        match self {
            Self::Defined(_) => B::DEFINED,
            Self::Revised(_) => B::REVISED,
            Self::Retired(_) => B::RETIRED,
        }
    }

    fn version(&self) -> u16 {
        1
    }

    fn to_json(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Defined(data) => serde_json::to_string(data),
            Self::Revised(data) => serde_json::to_string(data),
            Self::Retired(data) => serde_json::to_string(data),
        }
    }

    fn from_json(name: &str, version: u16, data: &str) -> Result<Self, UnreadableEvent> {
        let read = match version {
            1 if name == B::DEFINED => serde_json::from_str(data).map(Self::Defined),
            1 if name == B::REVISED => serde_json::from_str(data).map(Self::Revised),
            1 if name == B::RETIRED => serde_json::from_str(data).map(Self::Retired),
            _ => return Err(UnreadableEvent::Unknown { name: name.to_owned(), version }),
        };
        read.map_err(|error| UnreadableEvent::malformed(name, version, &error, data))
    }
}
