//! The words of a rule: types, priorities, and who is told when.

use serde::{Deserialize, Serialize};

use crate::{escalation::Urgency, slug::Slug};

/// Which types a rule is for: `all`, one type, or all that begin so (`billing.*`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KindPattern(pub String);

impl Default for KindPattern {
    fn default() -> Self {
        Self("all".to_owned())
    }
}

impl KindPattern {
    /// Whether it is for all types, and for what has none.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.0 == "all" || self.0 == "*"
    }

    /// Whether it is for this type.
    #[must_use]
    pub fn covers(&self, kind: Option<&str>) -> bool {
        self.is_all()
            || kind.is_some_and(|kind| match self.0.strip_suffix('*') {
                Some(beginning) => kind.starts_with(beginning),
                None => kind == self.0,
            })
    }
}

/// How important an alert is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// When there is time.
    Low,
    /// In its turn.
    #[default]
    Normal,
    /// Soon.
    High,
    /// At once.
    Critical,
}

impl Priority {
    /// Every priority, the least important first.
    pub const ALL: &'static [Self] = &[Self::Low, Self::Normal, Self::High, Self::Critical];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// How insistently people are told.
    #[must_use]
    pub const fn urgency(self) -> Urgency {
        match self {
            Self::Low => Urgency::Low,
            Self::Normal => Urgency::Medium,
            Self::High => Urgency::High,
            Self::Critical => Urgency::Urgent,
        }
    }
}

const fn an_hour() -> u32 {
    60
}

/// Who is told when nobody acknowledges in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Everybody with this role.
    pub role: Slug,
    /// How many minutes after the alert, not after the step before; 60 if absent.
    #[serde(default = "an_hour")]
    pub after_minutes: u32,
}
