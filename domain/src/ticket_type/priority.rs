//! Priorities are words that an organization chooses, in order of importance.

use serde::{Deserialize, Serialize};

use crate::{refusal::list, slug::Slug};

/// A priority: its word, and its rank in its scale.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Priority {
    /// The word, for example `urgent`.
    pub name: Slug,
    /// Its place in the scale; 1 is the most important.
    pub rank: u8,
}

/// The words of a kind of ticket, the most important first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PriorityScale(pub Vec<Slug>);

/// A word that is not in the scale.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{given}” is not a priority here; use {known}")]
pub struct UnknownPriority {
    /// What was given.
    pub given: String,
    /// The words of the scale, as a list in words.
    pub known: String,
}

impl Default for PriorityScale {
    /// urgent, high, medium, low.
    fn default() -> Self {
        Self(["urgent", "high", "medium", "low"].iter().filter_map(|word| word.parse().ok()).collect())
    }
}

impl PriorityScale {
    /// The priority with this word.
    ///
    /// # Errors
    /// The word is not in the scale; the error lists those that are.
    pub fn find(&self, word: &str) -> Result<Priority, UnknownPriority> {
        let rank = self
            .0
            .iter()
            .position(|name| name.as_str() == word)
            .and_then(|place| u8::try_from(place + 1).ok());
        match rank {
            Some(rank) => Ok(Priority { name: self.0[usize::from(rank) - 1].clone(), rank }),
            None => Err(UnknownPriority {
                given: word.chars().take(80).collect(),
                known: list(&self.0.iter().map(Slug::as_str).collect::<Vec<_>>()),
            }),
        }
    }
}
