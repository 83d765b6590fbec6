//! Uniqueness across streams: events take and release claims, and the append enforces them in its own transaction.

use serde::{Deserialize, Serialize};

/// Where a claim must be unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimScope {
    /// In the organization of the stream.
    Organization,
    /// In the whole installation.
    Platform,
}

/// A fact that only one stream may hold at a time, such as a ticket number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Where it must be unique.
    pub scope: ClaimScope,
    /// What kind of fact, for example `ticket.number`.
    pub kind: String,
    /// The fact itself; personal data goes in as a digest.
    pub key: String,
}

impl Claim {
    /// A claim within the organization.
    #[must_use]
    pub fn organization(kind: &str, key: impl Into<String>) -> Self {
        Self { scope: ClaimScope::Organization, kind: kind.to_owned(), key: key.into() }
    }

    /// A claim in the whole installation.
    #[must_use]
    pub fn platform(kind: &str, key: impl Into<String>) -> Self {
        Self { scope: ClaimScope::Platform, kind: kind.to_owned(), key: key.into() }
    }
}

/// What an event does to a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimChange {
    /// The stream takes it; refused when another stream holds it.
    Take(Claim),
    /// The stream gives it up.
    Release(Claim),
}
