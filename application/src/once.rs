//! Doing a command once: the caller's idempotency key, the digest of its input, and the version it expects.

use escalon_domain::{organization::OrganizationId, stamp::Actor};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The longest idempotency key, in characters.
pub const LONGEST_KEY: usize = 200;

/// How a command wants to be done.
#[derive(Debug, Clone, Default)]
pub struct Once {
    key: Option<String>,
    input: String,
    expected_version: Option<u64>,
}

impl Once {
    /// A command with this key (if any), expected version (if any) and input.
    pub fn new(key: Option<String>, expected_version: Option<u64>, input: &impl Serialize) -> Self {
        let text = serde_json::to_vec(input).unwrap_or_default();
        Self { key, input: hex::encode(Sha256::digest(text)), expected_version }
    }

    /// The version the caller saw, if it matters to them.
    #[must_use]
    pub const fn expected_version(&self) -> Option<u64> {
        self.expected_version
    }

    /// The caller's key.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// The digest of the input, when there is a key to remember it by.
    #[must_use]
    pub fn input(&self) -> Option<&str> {
        self.key.is_some().then_some(self.input.as_str())
    }

    /// The command's id: the same for the same key, actor and organization; `fresh` without a key.
    #[must_use]
    pub fn command_id(&self, organization: OrganizationId, actor: &Actor, fresh: Uuid) -> Uuid {
        match &self.key {
            Some(key) => Uuid::new_v5(&organization.uuid(), format!("{actor}|{key}").as_bytes()),
            None => fresh,
        }
    }
}
