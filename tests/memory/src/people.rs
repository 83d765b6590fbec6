//! People: who has a password and a token, and whose subject is whose.

use async_trait::async_trait;
use chrono::Duration;
use escalon_application::ports::{
    Credentials, Destroyed, Directory, PasswordHasher, People, Purpose, StoreError, TokenClaims, TokenError,
    Tokens, Without,
};
use escalon_domain::{
    access::Permission,
    id::Id,
    member::MemberId,
    organization::OrganizationId,
    personal::{Held, SubjectId},
    stamp::Timestamp,
};

use crate::{Memory, now};

#[async_trait]
impl Directory for Memory {
    async fn somebody_has(
        &self,
        _: OrganizationId,
        _: Permission,
        _: u8,
        _: Without,
    ) -> Result<bool, StoreError> {
        Ok(false)
    }
}

#[async_trait]
impl Credentials for Memory {
    async fn find(
        &self,
        organization: OrganizationId,
        member: MemberId,
    ) -> Result<Option<String>, StoreError> {
        Ok(self.kept()?.passwords.get(&(organization, member)).cloned())
    }

    async fn put(
        &self,
        organization: OrganizationId,
        member: MemberId,
        hash: &str,
    ) -> Result<(), StoreError> {
        self.kept()?.passwords.insert((organization, member), hash.to_owned());
        Ok(())
    }
}

#[async_trait]
impl PasswordHasher for Memory {
    async fn hash(&self, password: String) -> Result<String, StoreError> {
        Ok(password)
    }

    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, StoreError> {
        Ok(hash == Some(password))
    }
}

impl Tokens for Memory {
    fn issue(
        &self,
        purpose: Purpose,
        member: MemberId,
        organization: OrganizationId,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<String, StoreError> {
        Ok(format!("{purpose:?} {member} {organization} {}", (now + lifetime).to_rfc3339()))
    }

    fn verify(&self, purpose: Purpose, token: &str, _: Timestamp) -> Result<TokenClaims, TokenError> {
        let read = || {
            let mut parts = token.strip_prefix(&format!("{purpose:?} "))?.split(' ');
            let member = parts.next()?.parse().ok()?;
            let organization = parts.next()?.parse().ok()?;
            Some(TokenClaims { member, organization, expires_at: parts.next()?.parse().ok()? })
        };
        read().ok_or(TokenError::Invalid)
    }
}

#[async_trait]
impl People for Memory {
    async fn digest(&self, _: OrganizationId, purpose: &str, text: &str) -> Result<String, StoreError> {
        Ok(format!("{purpose}:{text}"))
    }

    async fn person(&self, organization: OrganizationId, reference: &str) -> Result<SubjectId, StoreError> {
        Ok(Id::derived(organization, reference))
    }

    async fn find(
        &self,
        organization: OrganizationId,
        reference: &str,
    ) -> Result<Option<SubjectId>, StoreError> {
        self.person(organization, reference).await.map(Some)
    }

    async fn is_known(&self, _: OrganizationId, _: SubjectId) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn held(&self, _: OrganizationId, _: SubjectId) -> Result<Held, StoreError> {
        Ok(Held::default())
    }

    async fn destroyed(&self, _: OrganizationId, _: SubjectId) -> Result<Option<Destroyed>, StoreError> {
        Ok(Some(Destroyed { key: None, at: now(), position: Some(1), scrubbed_at: None, scrub: None }))
    }

    async fn settled(&self, _: i64) -> Result<bool, StoreError> {
        Ok(true)
    }
}
