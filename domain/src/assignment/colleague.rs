//! Who there is to give work to.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::{member::MemberId, slug::Slug, stamp::Timestamp};

/// How work is given out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// To one after the other.
    #[default]
    RoundRobin,
    /// To who has least for what they can carry.
    LeastLoaded,
    /// To who can do it; of those, to who has least.
    Skill,
}

impl Strategy {
    /// Every strategy.
    pub const ALL: &'static [Self] = &[Self::RoundRobin, Self::LeastLoaded, Self::Skill];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RoundRobin => "round_robin",
            Self::LeastLoaded => "least_loaded",
            Self::Skill => "skill",
        }
    }
}

/// A member who may be given work, as they stand now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// Who.
    pub member: MemberId,
    /// Whether they are there.
    pub present: bool,
    /// How many open items they can carry.
    pub capacity: u32,
    /// How many they have.
    pub open: u32,
    /// What they can do.
    pub skills: BTreeSet<Slug>,
    /// When they were last given something.
    pub last_assigned_at: Option<Timestamp>,
}

/// Why somebody is not given a piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// They are not there.
    Absent,
    /// They have as much as they can carry.
    Full {
        /// How much that is.
        capacity: u32,
    },
    /// They cannot do it.
    Lacks(BTreeSet<Slug>),
}

impl Colleague {
    /// Why they are not given work that needs these skills; none when they may be. Skills count where work is given by them.
    #[must_use]
    pub fn unfit(&self, strategy: Strategy, skills: &BTreeSet<Slug>) -> Option<Unfit> {
        let lacking: BTreeSet<_> = skills.difference(&self.skills).cloned().collect();
        if strategy == Strategy::Skill && !lacking.is_empty() {
            Some(Unfit::Lacks(lacking))
        } else if !self.present {
            Some(Unfit::Absent)
        } else if self.open >= self.capacity {
            Some(Unfit::Full { capacity: self.capacity })
        } else {
            None
        }
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("is not there"),
            Self::Full { capacity } => write!(f, "has {capacity} open items, as many as they can carry"),
            Self::Lacks(skills) => {
                let skills: Vec<_> = skills.iter().map(Slug::as_str).collect();
                write!(f, "lacks {}", skills.join(", "))
            }
        }
    }
}
