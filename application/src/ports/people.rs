//! Who people are, and what is kept of them. Ids and digests that followed from a name or an address would tell it to whoever
//! guesses it; these are made with secrets that only the engine has.

use async_trait::async_trait;
use escalon_domain::{
    organization::OrganizationId,
    personal::{Held, SubjectId},
    stamp::Timestamp,
};

use super::StoreError;

/// Who people are, and what is kept of them.
#[async_trait]
pub trait People: Send + Sync {
    /// What stands for a text where it must be the same for the same text and tell nobody the text.
    ///
    /// # Errors
    /// The database cannot be reached, or the master key is not the right one.
    async fn digest(
        &self,
        organization: OrganizationId,
        purpose: &str,
        text: &str,
    ) -> Result<String, StoreError>;

    /// The person that this reference stands for; somebody new when it stands for nobody, or for nobody any more.
    ///
    /// # Errors
    /// As [`Self::digest`].
    async fn person(&self, organization: OrganizationId, reference: &str) -> Result<SubjectId, StoreError>;

    /// The same, and nobody is made.
    ///
    /// # Errors
    /// As [`Self::digest`].
    async fn find(
        &self,
        organization: OrganizationId,
        reference: &str,
    ) -> Result<Option<SubjectId>, StoreError>;

    /// Whether anything was ever kept of this person.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn is_known(&self, organization: OrganizationId, subject: SubjectId) -> Result<bool, StoreError>;

    /// What is kept of them.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn held(&self, organization: OrganizationId, subject: SubjectId) -> Result<Held, StoreError>;

    /// What became of the key of somebody who was forgotten.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn destroyed(
        &self,
        organization: OrganizationId,
        subject: SubjectId,
    ) -> Result<Option<Destroyed>, StoreError>;

    /// Waits until no read model shows them any more; false when that takes longer than usual.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn settled(&self, position: i64) -> Result<bool, StoreError>;
}

/// A key that was destroyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destroyed {
    /// The SHA-256 digest of the key as it was kept, wrapped; none when there was no key.
    pub key: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The position of the event that says so; none until it has one.
    pub position: Option<i64>,
    /// When nothing readable was left on the disk; none before.
    pub scrubbed_at: Option<Timestamp>,
    /// What the scrub has to say: what it waits for, or what it could not do.
    pub scrub: Option<String>,
}
