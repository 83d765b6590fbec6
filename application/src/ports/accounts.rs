//! Passwords and tokens. They are never events; only their use is recorded.

use async_trait::async_trait;
use chrono::Duration;
use escalon_domain::{member::MemberId, organization::OrganizationId, stamp::Timestamp};

use super::StoreError;

/// Where password hashes are kept.
#[async_trait]
pub trait Credentials: Send + Sync {
    /// The hash of a member's password, if they have one.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn find(
        &self,
        organization: OrganizationId,
        member: MemberId,
    ) -> Result<Option<String>, StoreError>;

    /// Sets the hash of a member's password.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn put(&self, organization: OrganizationId, member: MemberId, hash: &str)
    -> Result<(), StoreError>;
}

/// Hashes passwords, slowly, away from the async threads.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// The hash of a password, in PHC string format.
    ///
    /// # Errors
    /// The machine has no memory or randomness left.
    async fn hash(&self, password: String) -> Result<String, StoreError>;

    /// Whether the password has this hash. With no hash it takes as long and says no, so that timing tells nobody
    /// which members exist.
    ///
    /// # Errors
    /// The stored hash cannot be read.
    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, StoreError>;
}

/// What a token is for; one is never good for another purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Calling the API.
    Access,
    /// Joining after an invitation.
    Invitation,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenClaims {
    /// The member who holds it.
    pub member: MemberId,
    /// Their organization.
    pub organization: OrganizationId,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Why a token is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It was, once.
    #[error("the token has expired; log in again")]
    Expired,
    /// It was not made here, or for something else.
    #[error("the token is not valid here; log in to get one")]
    Invalid,
}

/// Makes and checks signed tokens.
pub trait Tokens: Send + Sync {
    /// A token for a member, good for some time from now.
    ///
    /// # Errors
    /// The key cannot sign.
    fn issue(
        &self,
        purpose: Purpose,
        member: MemberId,
        organization: OrganizationId,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<String, StoreError>;

    /// What the token says, if it is good for this purpose now.
    ///
    /// # Errors
    /// It is expired or not valid.
    fn verify(&self, purpose: Purpose, token: &str, now: Timestamp) -> Result<TokenClaims, TokenError>;
}
