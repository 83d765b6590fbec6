//! Keys of subjects, and the sealing and opening of personal values with them.
//!
//! Every person of an organization has a key of their own. What the domain calls `Personal` is sealed with it before a
//! payload is stored, and opened when it is read ([`Vault::seal`], [`Vault::open`]). To forget somebody is to destroy their
//! key: events and their hashes stay as they are, and the values read as forgotten, everywhere.
//!
//! Keys are kept in the database, wrapped by a master key that is not in it ([`MasterKeySource`]). A wrong or missing key
//! is an error and never reads as “forgotten”.

mod cipher;
mod error;
mod keyring;
mod keys;
mod master;
mod others;
mod people;
mod rotate;
mod seal;

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use escalon_application::ports::StoreError;
use escalon_domain::{organization::OrganizationId, personal::SubjectId};
use lru::LruCache;
use ring::{aead::NONCE_LEN, hmac};
use tokio::sync::{RwLock, watch};

pub use error::VaultError;
pub use master::MasterKeySource;
pub use rotate::MasterKeyUse;

use self::{
    cipher::{Cipher, Owner, random},
    keyring::Keyring,
    seal::Place,
};
use crate::database::Database;

/// How many keys are held in memory, each of some 600 bytes.
const KEYS: NonZeroUsize = most(50_000);
/// How many people are known by their reference without asking.
const PEOPLE: NonZeroUsize = most(50_000);
/// How many organizations' own secrets are held.
const SECRETS: NonZeroUsize = most(10_000);

const fn most(count: usize) -> NonZeroUsize {
    match NonZeroUsize::new(count) {
        Some(count) => count,
        None => NonZeroUsize::MIN,
    }
}

/// The keys of subjects. Cheap to clone.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    database: Database,
    source: MasterKeySource,
    keyring: RwLock<Option<Arc<Keyring>>>,
    keys: Mutex<LruCache<Owner, Key>>,
    people: Mutex<LruCache<(OrganizationId, Vec<u8>), Owner>>,
    secrets: Mutex<LruCache<OrganizationId, hmac::Key>>,
    forgotten: watch::Sender<u64>,
}

/// A subject's key, as it is known.
#[derive(Clone)]
enum Key {
    /// It seals and opens.
    Living(Arc<Cipher>),
    /// It is gone for ever.
    Destroyed,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// The vault of a database, with the master key from this source, which is looked at when it is needed.
    #[must_use]
    pub fn new(database: &Database, source: MasterKeySource) -> Self {
        Self(Arc::new(Inner {
            database: database.clone(),
            source,
            keyring: RwLock::new(None),
            keys: Mutex::new(LruCache::new(KEYS)),
            people: Mutex::new(LruCache::new(PEOPLE)),
            secrets: Mutex::new(LruCache::new(SECRETS)),
            forgotten: watch::Sender::new(0),
        }))
    }

    /// Makes sure that the master key is the one that this database needs; a new database gets a new one.
    ///
    /// # Errors
    /// The key is missing or another one, or the database cannot be reached.
    pub async fn unlock(&self) -> Result<(), VaultError> {
        self.reload().await.map(drop)
    }

    /// Seals every personal value in these payloads. Without one, or with keys that are known here, this does not wait for
    /// anything; keys that are not are looked up, or made, all in one round trip.
    ///
    /// # Errors
    /// [`VaultError::Forgotten`] for a value of somebody who was forgotten, else what keeps the keys from being had.
    pub async fn seal<'p>(
        &self,
        payloads: impl IntoIterator<Item = (OrganizationId, &'p mut String)>,
    ) -> Result<(), VaultError> {
        let mut work = Vec::new();
        for (organization, payload) in payloads {
            let places = seal::bare(payload);
            if !places.is_empty() {
                work.push((organization, payload, places));
            }
        }
        if work.is_empty() {
            return Ok(());
        }
        let keys = self.keys_of(&owners(&work), true).await?;
        let mut chance = vec![0; NONCE_LEN * keys.len()];
        random(&mut chance)?;
        let (mut keys, mut nonces) = (keys.into_iter(), chance.as_chunks::<NONCE_LEN>().0.iter());
        for (organization, payload, places) in work {
            let sealed = seal::rewritten(payload, &places, |place, content, text| {
                let owner = Owner { organization, subject: place.subject };
                match (keys.next(), nonces.next()) {
                    (Some(Key::Living(key)), Some(nonce)) => key.seal(&owner, *nonce, place, content, text),
                    _ => Err(VaultError::Forgotten { subject: place.subject }),
                }
            });
            *payload = sealed?;
        }
        Ok(())
    }

    /// Opens everything that was sealed in these payloads; what belongs to somebody who was forgotten has no value any more.
    ///
    /// # Errors
    /// A key that cannot be had or does not fit, or the database cannot be reached.
    pub async fn open<'p>(
        &self,
        payloads: impl IntoIterator<Item = (OrganizationId, &'p mut String)>,
    ) -> Result<(), StoreError> {
        let mut work = Vec::new();
        for (organization, payload) in payloads {
            // An event that tells of a forgetting is seen by nobody before the key is destroyed; so from here on the
            // key that is known is not good any more.
            if let Some(subject) = seal::forgotten(payload) {
                self.forget(organization, subject);
            }
            let places = seal::sealed(payload);
            if !places.is_empty() {
                work.push((organization, payload, places));
            }
        }
        let mut keys = self.keys_of(&owners(&work), false).await?.into_iter();
        for (organization, payload, places) in work {
            let opened = seal::rewritten(payload, &places, |place, content, text| {
                let owner = Owner { organization, subject: place.subject };
                match keys.next() {
                    Some(Key::Living(key)) => key.open(&owner, place, content, text),
                    _ => {
                        place.write_forgotten(text);
                        Ok(())
                    }
                }
            });
            *payload = opened?;
        }
        Ok(())
    }

    /// Counts the forgettings that this process has seen: what was read before the last of them may show what is gone.
    #[must_use]
    pub fn forgotten(&self) -> watch::Receiver<u64> {
        self.0.forgotten.subscribe()
    }

    async fn keyring(&self) -> Result<Arc<Keyring>, VaultError> {
        let known = self.0.keyring.read().await.clone();
        match known {
            Some(keyring) => Ok(keyring),
            None => self.reload().await,
        }
    }

    /// Looks for the master keys anew: another may wrap by now.
    async fn reload(&self) -> Result<Arc<Keyring>, VaultError> {
        let mut place = self.0.keyring.write().await;
        let keyring = Keyring::open(&self.0.database.engine, &self.0.source).await?;
        *place = Some(Arc::clone(&keyring));
        Ok(keyring)
    }

    /// The subject that a payload says was forgotten, if it says so of one.
    #[must_use]
    pub fn forgotten_by(payload: &str) -> Option<SubjectId> {
        seal::forgotten(payload)
    }

    /// Drops what this process knows of somebody who was forgotten.
    pub(crate) fn forget(&self, organization: OrganizationId, subject: SubjectId) {
        let owner = Owner { organization, subject };
        if matches!(held(&self.0.keys).put(owner, Key::Destroyed), Some(Key::Destroyed)) {
            return;
        }
        let mut people = held(&self.0.people);
        let place = people.iter().find(|(_, known)| **known == owner).map(|(place, _)| place.clone());
        place.and_then(|place| people.pop(&place));
        drop(people);
        self.0.forgotten.send_modify(|count| *count += 1);
    }
}

/// Nothing that is held like this can be left half done, so a panic elsewhere does not matter.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Work<'p> = (OrganizationId, &'p mut String, Vec<Place>);

/// Whose keys are needed, a key for each place.
fn owners(work: &[Work<'_>]) -> Vec<Owner> {
    let of = |(organization, _, places): &Work<'_>| {
        let organization = *organization;
        places.iter().map(move |place| Owner { organization, subject: place.subject }).collect::<Vec<_>>()
    };
    work.iter().flat_map(of).collect()
}
