//! The keys of subjects in the database: looked up or made, many in one round trip.

use std::sync::Arc;

use super::{
    Key, Vault,
    cipher::{Cipher, Owner, Secret, new_secret},
    error::VaultError,
    held,
    keyring::Keyring,
};
use crate::error::store_error;

const OPERATION: &str = "looking up the keys of persons";

/// A key as it is kept: the subject's place in the question, and what wraps it with what, unless it was destroyed.
type Kept = (i64, Option<Vec<u8>>, Option<String>);

impl Vault {
    /// The keys of these, in the same order; those that are not there are made when `make` says so.
    pub(super) async fn keys_of(&self, owners: &[Owner], make: bool) -> Result<Vec<Key>, VaultError> {
        let mut known: Vec<Option<Key>> = {
            let mut held = held(&self.0.keys);
            owners.iter().map(|owner| held.get(owner).cloned()).collect()
        };
        let mut missing: Vec<Owner> =
            owners.iter().zip(&known).filter(|(_, key)| key.is_none()).map(|(owner, _)| *owner).collect();
        if !missing.is_empty() {
            missing.sort_unstable_by_key(|owner| (owner.organization, owner.subject));
            missing.dedup();
            let found = self.secrets_of(&missing, make).await?;
            let mut keys = Vec::with_capacity(found.len());
            for secret in found {
                keys.push(match secret {
                    Some(secret) => Key::Living(Arc::new(Cipher::new(&secret)?)),
                    None => Key::Destroyed,
                });
            }
            let mut held = held(&self.0.keys);
            for (owner, key) in missing.iter().zip(&keys) {
                held.put(*owner, key.clone());
            }
            for (owner, key) in owners.iter().zip(&mut known).filter(|(_, key)| key.is_none()) {
                let place = missing.binary_search_by_key(&(owner.organization, owner.subject), |owner| {
                    (owner.organization, owner.subject)
                });
                *key = place.ok().and_then(|place| keys.get(place).cloned());
            }
        }
        Ok(known.into_iter().flatten().collect())
    }

    /// The secrets behind the keys of these, in the same order, none for a destroyed one.
    pub(super) async fn secrets_of(
        &self,
        owners: &[Owner],
        make: bool,
    ) -> Result<Vec<Option<Secret>>, VaultError> {
        let keyring = self.keyring().await?;
        match self.try_secrets_of(owners, make, &keyring).await {
            // Another master key wraps by now.
            Err(VaultError::Rotated { .. }) => {
                let keyring = self.reload().await?;
                self.try_secrets_of(owners, make, &keyring).await
            }
            answer => answer,
        }
    }

    async fn try_secrets_of(
        &self,
        owners: &[Owner],
        make: bool,
        keyring: &Keyring,
    ) -> Result<Vec<Option<Secret>>, VaultError> {
        let organizations: Vec<String> = owners.iter().map(|owner| owner.organization.to_string()).collect();
        let subjects: Vec<String> = owners.iter().map(|owner| owner.subject.to_string()).collect();
        let kept: Vec<Kept> = if make {
            let mut wrapped = Vec::with_capacity(owners.len());
            for owner in owners {
                wrapped.push(keyring.current()?.wrap(owner, &new_secret()?)?);
            }
            sqlx::query_as("select place, wrapped, key_id from escalon.keys_of_subjects($1, $2, $3, $4)")
                .bind(organizations)
                .bind(subjects)
                .bind(wrapped)
                .bind(&keyring.current)
                .fetch_all(&self.0.database.engine)
                .await
        } else {
            sqlx::query_as(
                "select g.place, k.wrapped, k.key_id
                 from unnest($1::text[], $2::text[]) with ordinality as g (organization, subject, place)
                 join escalon.subject_keys k on k.organization = g.organization and k.subject = g.subject",
            )
            .bind(organizations)
            .bind(subjects)
            .fetch_all(&self.0.database.engine)
            .await
        }
        .map_err(store_error(OPERATION))?;
        let mut secrets: Vec<Option<Option<Secret>>> = owners.iter().map(|_| None).collect();
        for (place, wrapped, key_id) in kept {
            let place = usize::try_from(place - 1).unwrap_or(usize::MAX);
            let (Some(owner), Some(secret)) = (owners.get(place), secrets.get_mut(place)) else { continue };
            *secret = Some(match (wrapped, key_id) {
                (Some(wrapped), Some(key_id)) => Some(unwrapped(keyring, owner, &wrapped, key_id)?),
                _ => None,
            });
        }
        let lost = |owner: &Owner| match make {
            // Nothing is made with a master key that is retired.
            true => VaultError::Rotated { needed: keyring.current.clone() },
            false => VaultError::Lost { subject: owner.subject },
        };
        secrets.into_iter().zip(owners).map(|(secret, owner)| secret.ok_or_else(|| lost(owner))).collect()
    }
}

fn unwrapped(keyring: &Keyring, owner: &Owner, wrapped: &[u8], key_id: String) -> Result<Secret, VaultError> {
    match keyring.cipher(&key_id) {
        Some(cipher) => cipher.unwrap(owner, wrapped).ok_or(VaultError::Damaged { subject: owner.subject }),
        None => Err(VaultError::Rotated { needed: key_id }),
    }
}
