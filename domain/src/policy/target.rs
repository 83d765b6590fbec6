//! Whom a level or a rule tells: by name, by what they are, or by what they are to the subject.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{member::MemberId, slug::Slug};

/// Whom a level or a rule tells. Who they are in person is looked up at the moment in which they are told.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// This member.
    Member(MemberId),
    /// Everybody with this role.
    Role(Slug),
    /// Everybody in this team.
    Team(Slug),
    /// Whoever is on call by this schedule.
    Schedule(Slug),
    /// A named channel of the organization, a chat room for example.
    Channel(Slug),
    /// Who asked for it.
    Requester,
    /// Who has it.
    Assignee,
}

/// A text that names no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is not a target; write member:member_…, role:manager, team:operations, schedule:primary, channel:alerts, \
     requester or assignee"
)]
pub struct InvalidTarget(String);

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(id) => write!(f, "member:{id}"),
            Self::Role(name) => write!(f, "role:{name}"),
            Self::Team(name) => write!(f, "team:{name}"),
            Self::Schedule(name) => write!(f, "schedule:{name}"),
            Self::Channel(name) => write!(f, "channel:{name}"),
            Self::Requester => f.write_str("requester"),
            Self::Assignee => f.write_str("assignee"),
        }
    }
}

impl FromStr for Target {
    type Err = InvalidTarget;

    fn from_str(text: &str) -> Result<Self, InvalidTarget> {
        let target = match text.split_once(':') {
            Some(("member", id)) => id.parse().ok().map(Self::Member),
            Some(("role", name)) => name.parse().ok().map(Self::Role),
            Some(("team", name)) => name.parse().ok().map(Self::Team),
            Some(("schedule", name)) => name.parse().ok().map(Self::Schedule),
            Some(("channel", name)) => name.parse().ok().map(Self::Channel),
            None if text == "requester" => Some(Self::Requester),
            None if text == "assignee" => Some(Self::Assignee),
            _ => None,
        };
        target.ok_or_else(|| InvalidTarget(text.chars().take(80).collect()))
    }
}
