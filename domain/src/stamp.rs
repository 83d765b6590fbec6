//! When something happened and who did it: what every decision is stamped with.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    id::{Id, InvalidId},
    member::MemberId,
    personal::Subject,
};

/// A moment in UTC.
pub type Timestamp = DateTime<Utc>;

/// When and by whom; handed to every `decide` and `evolve`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When it happened in the world.
    pub at: Timestamp,
    /// Who did it.
    pub by: Actor,
}

impl Stamp {
    /// A stamp.
    #[must_use]
    pub const fn new(at: Timestamp, by: Actor) -> Self {
        Self { at, by }
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A member of the organization, written `member_…`.
    Member(MemberId),
    /// A customer without an account, written `subject_…`.
    Customer(Id<Subject>),
    /// A part of the engine or an operator's tool, written `system:name`.
    System(String),
}

impl Actor {
    /// A part of the engine.
    #[must_use]
    pub fn system(name: &str) -> Self {
        Self::System(name.to_owned())
    }

    /// The member, if it is one.
    #[must_use]
    pub const fn member(&self) -> Option<MemberId> {
        match self {
            Self::Member(id) => Some(*id),
            Self::Customer(_) | Self::System(_) => None,
        }
    }

    /// The person whose data the actor's words are; parts of the engine are nobody.
    #[must_use]
    pub const fn subject(&self) -> Option<Id<Subject>> {
        match self {
            Self::Member(id) => Some(id.cast()),
            Self::Customer(id) => Some(*id),
            Self::System(_) => None,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(id) => id.fmt(f),
            Self::Customer(id) => id.fmt(f),
            Self::System(name) => write!(f, "system:{name}"),
        }
    }
}

impl FromStr for Actor {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if let Some(name) = text.strip_prefix("system:") {
            return Ok(Self::System(name.to_owned()));
        }
        if text.starts_with("subject_") {
            return text.parse().map(Self::Customer);
        }
        text.parse().map(Self::Member)
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
