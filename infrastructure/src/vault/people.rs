//! Who somebody is, by what identifies them elsewhere, and digests that only the engine can make.
//!
//! An id that followed from a reference would tell whoever guesses the reference; so a subject's id is random, and the way
//! to it is a digest with the organization's own secret, destroyed with their key. Who comes back after that is somebody new.

use escalon_application::ports::{Ids, StoreError};
use escalon_domain::{id::Id, organization::OrganizationId, personal::SubjectId};
use ring::hmac;

use super::{
    Vault,
    cipher::{Owner, new_secret},
    error::VaultError,
    held,
};
use crate::{error::store_error, world::RandomIds};

const OPERATION: &str = "looking up a person";

impl Vault {
    /// The subject that this reference stands for in the organization; a new one when it stands for nobody yet.
    ///
    /// # Errors
    /// The database cannot be reached, or the master key is not the right one.
    pub async fn person(
        &self,
        organization: OrganizationId,
        reference: &str,
    ) -> Result<SubjectId, StoreError> {
        let digest = self.tag(organization, "person", reference).await?;
        let place = (organization, digest.as_ref().to_vec());
        if let Some(known) = held(&self.0.people).get(&place) {
            return Ok(known.subject);
        }
        let found = match self.try_person(organization, &place.1).await? {
            Some(found) => Some(found),
            // The master key was retired meanwhile.
            None => {
                self.reload().await?;
                self.try_person(organization, &place.1).await?
            }
        };
        let Some(subject) = found else {
            return Err(VaultError::Rotated { needed: self.keyring().await?.current.clone() }.into());
        };
        held(&self.0.people).put(place, Owner { organization, subject });
        Ok(subject)
    }

    /// The subject that this reference stands for in the organization, if it stands for somebody.
    ///
    /// # Errors
    /// The database cannot be reached, or the master key is not the right one.
    pub async fn find_person(
        &self,
        organization: OrganizationId,
        reference: &str,
    ) -> Result<Option<SubjectId>, StoreError> {
        let digest = self.tag(organization, "person", reference).await?;
        let found: Option<String> = sqlx::query_scalar(
            "select subject from escalon.subject_keys where organization = $1 and reference = $2",
        )
        .bind(organization.to_string())
        .bind(digest.as_ref())
        .fetch_optional(&self.0.database.engine)
        .await
        .map_err(store_error(OPERATION))?;
        found.map(|id| id.parse()).transpose().map_err(|error| StoreError::broken(OPERATION, error))
    }

    /// What stands for a text where the text itself must not: the same for the same text, and nobody can make it without
    /// the organization's secret.
    ///
    /// # Errors
    /// The database cannot be reached, or the master key is not the right one.
    pub async fn digest(
        &self,
        organization: OrganizationId,
        purpose: &str,
        text: &str,
    ) -> Result<String, StoreError> {
        Ok(hex::encode(self.tag(organization, purpose, text).await?.as_ref()))
    }

    async fn tag(
        &self,
        organization: OrganizationId,
        purpose: &str,
        text: &str,
    ) -> Result<hmac::Tag, StoreError> {
        let known = held(&self.0.secrets).get(&organization).cloned();
        let key = match known {
            Some(key) => key,
            None => {
                // Kept among the keys of subjects, under the organization's own id: it is wrapped and changes master keys
                // as they do.
                let owner = Owner { organization, subject: organization.cast() };
                let secret = self.secrets_of(&[owner], true).await?.pop().flatten();
                let secret = secret.ok_or(VaultError::Lost { subject: owner.subject })?;
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_slice());
                held(&self.0.secrets).put(organization, key.clone());
                key
            }
        };
        let mut context = hmac::Context::with_key(&key);
        [purpose, "\0", text].into_iter().for_each(|part| context.update(part.as_bytes()));
        Ok(context.sign())
    }

    async fn try_person(
        &self,
        organization: OrganizationId,
        reference: &[u8],
    ) -> Result<Option<SubjectId>, StoreError> {
        let subject: SubjectId = Id::from_uuid(RandomIds.uuid());
        let keyring = self.keyring().await?;
        let owner = Owner { organization, subject };
        let wrapped = keyring.current()?.wrap(&owner, &new_secret()?)?;
        let found: Option<String> =
            sqlx::query_scalar("select escalon.subject_of_reference($1, $2, $3, $4, $5)")
                .bind(organization.to_string())
                .bind(reference)
                .bind(subject.to_string())
                .bind(wrapped)
                .bind(&keyring.current)
                .fetch_one(&self.0.database.engine)
                .await
                .map_err(store_error(OPERATION))?;
        found.map(|id| id.parse()).transpose().map_err(|error| StoreError::broken(OPERATION, error))
    }
}
