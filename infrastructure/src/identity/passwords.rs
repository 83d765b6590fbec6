//! Argon2id, with the parameters OWASP recommends: 19 MiB, 2 iterations, 1 lane.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier, Version,
    password_hash::{SaltString, rand_core::OsRng},
};
use async_trait::async_trait;
use escalon_application::ports::{PasswordHasher, StoreError};
use tokio::sync::Semaphore;

/// What an unknown member's password is compared with, so that it takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IGhlcmU$2bFmsVtOKuC2b8RIDCgH3RLUhZYDJPV5Z4DnHmBRhFE";

/// Hashes with Argon2id on the blocking threads, a few at a time: each takes 19 MiB and some 20 ms of a core.
#[derive(Debug, Clone)]
pub struct Argon2Passwords {
    places: Arc<Semaphore>,
}

impl Argon2Passwords {
    /// So many at a time.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(at_once)) }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'static>) -> Result<T, argon2::password_hash::Error> + Send + 'static,
    ) -> Result<T, StoreError> {
        const OPERATION: &str = "hashing a password";
        let places = Arc::clone(&self.places);
        let place = places.acquire_owned().await.map_err(|error| StoreError::broken(OPERATION, error))?;
        let run = move || {
            // The place is held by the work, not by who waits for it: a client may be gone long before.
            let _place = place;
            work(&Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT))
        };
        let result =
            tokio::task::spawn_blocking(run).await.map_err(|error| StoreError::broken(OPERATION, error))?;
        result.map_err(|error| StoreError::broken(OPERATION, error.to_string()))
    }
}

#[async_trait]
impl PasswordHasher for Argon2Passwords {
    async fn hash(&self, password: String) -> Result<String, StoreError> {
        let work = move |argon: &Argon2<'static>| {
            let salt = SaltString::generate(&mut OsRng);
            Ok(argon.hash_password(password.as_bytes(), &salt)?.to_string())
        };
        self.blocking(work).await
    }

    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, StoreError> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let work = move |argon: &Argon2<'static>| {
            let parsed = PasswordHash::new(&hash)?;
            match argon.verify_password(password.as_bytes(), &parsed) {
                Ok(()) => Ok(true),
                Err(argon2::password_hash::Error::Password) => Ok(false),
                Err(error) => Err(error),
            }
        };
        Ok(self.blocking(work).await? && known)
    }
}
