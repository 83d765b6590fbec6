//! The master keys that this process knows, checked against what the database says they should be.

use std::{collections::HashMap, sync::Arc};

use sqlx::PgPool;

use super::{
    cipher::{Cipher, Owner},
    error::VaultError,
    master::{MasterKey, MasterKeySource},
};
use crate::error::store_error;

const OPERATION: &str = "checking the master key";

/// The master keys in use.
pub(super) struct Keyring {
    keys: HashMap<String, MasterKey>,
    /// The id of the one that wraps new keys.
    pub(super) current: String,
}

impl Keyring {
    /// The keys from this source, if they are the right ones. The first key of a new database is made and registered.
    pub(super) async fn open(engine: &PgPool, source: &MasterKeySource) -> Result<Arc<Self>, VaultError> {
        let mut wanted = wanted(engine).await?;
        if wanted.is_empty() {
            if let Some(first) = source.read_or_make()?.first() {
                register(engine, first, true).await?;
            }
            // Another process may have been first, with another key.
            wanted = self::wanted(engine).await?;
        }
        let given = source.read()?;
        let Some((current, _)) = wanted.last().cloned() else {
            return Err(VaultError::NotAKey { place: source.to_string() });
        };
        if given.is_empty() {
            return Err(VaultError::Missing { needed: current, place: source.to_string() });
        }
        for (id, proof) in &wanted {
            let proven =
                |key: &MasterKey| key.id == *id && key.cipher.unwrap(&Owner::nobody(), proof).is_some();
            if !given.iter().any(proven) {
                let known = wanted.iter().any(|(id, _)| given.iter().any(|key| key.id == *id));
                return Err(if known {
                    VaultError::Rotated { needed: id.clone() }
                } else {
                    let given = given.iter().map(|key| key.id.clone()).collect();
                    VaultError::Wrong { needed: id.clone(), given, place: source.to_string() }
                });
            }
        }
        let keys = given.into_iter().map(|key| (key.id.clone(), key)).collect();
        Ok(Arc::new(Self { keys, current }))
    }

    pub(super) fn cipher(&self, id: &str) -> Option<&Cipher> {
        self.keys.get(id).map(|key| &key.cipher)
    }

    /// The cipher of the one that wraps new keys.
    pub(super) fn current(&self) -> Result<&Cipher, VaultError> {
        self.cipher(&self.current).ok_or_else(|| VaultError::Rotated { needed: self.current.clone() })
    }
}

/// The keys that are not retired, in the order in which they came, each with its proof.
async fn wanted(engine: &PgPool) -> Result<Vec<(String, Vec<u8>)>, VaultError> {
    let sql = "select id, proof from escalon.master_keys where retired_at is null order by number";
    Ok(sqlx::query_as(sql).fetch_all(engine).await.map_err(store_error(OPERATION))?)
}

/// Writes down that this key wraps from now on; with `first`, only when there is none yet.
pub(super) async fn register(engine: &PgPool, key: &MasterKey, first: bool) -> Result<(), VaultError> {
    let proof = key.cipher.wrap(&Owner::nobody(), &super::cipher::new_secret()?)?;
    let mut tx = engine.begin().await.map_err(store_error(OPERATION))?;
    let alone = "select pg_advisory_xact_lock(7012028)";
    sqlx::query(alone).execute(&mut *tx).await.map_err(store_error(OPERATION))?;
    sqlx::query(
        "insert into escalon.master_keys (id, proof)
         select $1, $2 where not $3 or not exists (select 1 from escalon.master_keys)
         on conflict do nothing",
    )
    .bind(&key.id)
    .bind(proof)
    .bind(first)
    .execute(&mut *tx)
    .await
    .map_err(store_error(OPERATION))?;
    Ok(tx.commit().await.map_err(store_error(OPERATION))?)
}
