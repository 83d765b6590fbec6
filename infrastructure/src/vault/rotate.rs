//! Another master key: the keys of subjects are wrapped anew, a batch at a time, while everything goes on.
//!
//! From the first moment on new keys are wrapped by the new one; the old one opens what it wrapped until nothing of that is
//! left, and is then retired. What is cut off goes on when it is begun again.

use escalon_domain::stamp::Timestamp;
use serde::Serialize;
use sqlx::FromRow;

use super::{
    Vault,
    cipher::Owner,
    error::VaultError,
    keyring::{Keyring, register},
    master::MasterKeySource,
};
use crate::error::store_error;

const OPERATION: &str = "changing the master key";
/// How many keys are wrapped anew in one transaction.
const BATCH: i64 = 1_000;

/// A master key, and what it is used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
#[serde(rename_all = "camelCase")]
pub struct MasterKeyUse {
    /// What names it; nothing can be opened with that.
    pub id: String,
    /// Since when it wraps.
    pub since: Timestamp,
    /// When it was retired; none while it is in use.
    pub retired_at: Option<Timestamp>,
    /// How many keys it wraps.
    pub keys: i64,
}

type Wrapped = (String, String, Vec<u8>, String);

impl Vault {
    /// The master keys of this database, the first that it had first.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn master_keys(&self) -> Result<Vec<MasterKeyUse>, VaultError> {
        let found = sqlx::query_as(
            "select m.id, m.since, m.retired_at,
                (select count(*) from escalon.subject_keys k where k.key_id = m.id) as keys
             from escalon.master_keys m order by m.number",
        );
        Ok(found.fetch_all(&self.0.database.engine).await.map_err(store_error(OPERATION))?)
    }

    /// Wraps every key by the master key in `to`, which is made when it is not there. It is first written beside the one
    /// in use, where running engines find it. `progress` is told how many keys are still to be wrapped. Answers with the id
    /// of the new master key.
    ///
    /// # Errors
    /// The present key is not the right one, running engines would not find the new one, or the database cannot be reached.
    pub async fn rotate(
        &self,
        to: &MasterKeySource,
        progress: impl Fn(u64) + Send,
    ) -> Result<String, VaultError> {
        self.reload().await?;
        let place = to.to_string();
        let new = to.read_or_make()?.into_iter().next().ok_or(VaultError::NotAKey { place })?;
        self.0.source.add(&new)?;
        register(&self.0.database.engine, &new, false).await?;
        let keyring = self.reload().await?;
        if keyring.current != new.id {
            return Err(VaultError::Retired { id: new.id });
        }
        loop {
            progress(self.left(&new.id).await?);
            if self.wrap_some(&keyring).await? == 0 && self.retire(&new.id).await? {
                return Ok(new.id);
            }
        }
    }

    async fn left(&self, id: &str) -> Result<u64, VaultError> {
        let left: i64 = sqlx::query_scalar("select count(*) from escalon.subject_keys where key_id <> $1")
            .bind(id)
            .fetch_one(&self.0.database.engine)
            .await
            .map_err(store_error(OPERATION))?;
        Ok(left.unsigned_abs())
    }

    /// Wraps a batch anew; how many there were.
    async fn wrap_some(&self, keyring: &Keyring) -> Result<usize, VaultError> {
        let mut tx = self.0.database.engine.begin().await.map_err(store_error(OPERATION))?;
        let some: Vec<Wrapped> = sqlx::query_as(
            "select organization, subject, wrapped, key_id from escalon.subject_keys
             where key_id <> $1 limit $2 for update skip locked",
        )
        .bind(&keyring.current)
        .bind(BATCH)
        .fetch_all(&mut *tx)
        .await
        .map_err(store_error(OPERATION))?;
        let (mut organizations, mut subjects, mut anew) = (Vec::new(), Vec::new(), Vec::new());
        for (organization, subject, wrapped, key_id) in &some {
            let damaged =
                |error| VaultError::Store(escalon_application::ports::StoreError::broken(OPERATION, error));
            let owner = Owner {
                organization: organization.parse().map_err(damaged)?,
                subject: subject.parse().map_err(damaged)?,
            };
            let old = keyring.cipher(key_id).ok_or_else(|| VaultError::Rotated { needed: key_id.clone() })?;
            let secret = old.unwrap(&owner, wrapped).ok_or(VaultError::Damaged { subject: owner.subject })?;
            anew.push(keyring.current()?.wrap(&owner, &secret)?);
            organizations.push(organization);
            subjects.push(subject);
        }
        sqlx::query(
            "update escalon.subject_keys k set wrapped = w.wrapped, key_id = $4
             from unnest($1::text[], $2::text[], $3::bytea[]) as w (organization, subject, wrapped)
             where k.organization = w.organization and k.subject = w.subject",
        )
        .bind(organizations)
        .bind(subjects)
        .bind(anew)
        .bind(&keyring.current)
        .execute(&mut *tx)
        .await
        .map_err(store_error(OPERATION))?;
        tx.commit().await.map_err(store_error(OPERATION))?;
        Ok(some.len())
    }

    /// Retires every other master key, unless one of them still wraps something.
    async fn retire(&self, id: &str) -> Result<bool, VaultError> {
        let mut tx = self.0.database.engine.begin().await.map_err(store_error(OPERATION))?;
        // Nobody makes a key meanwhile.
        let alone = sqlx::query("select pg_advisory_xact_lock(7012028)").execute(&mut *tx).await;
        alone.map_err(store_error(OPERATION))?;
        let retired = sqlx::query(
            "update escalon.master_keys set retired_at = clock_timestamp() where id <> $1 and retired_at is null
                and not exists (select 1 from escalon.subject_keys where key_id <> $1)",
        );
        retired.bind(id).execute(&mut *tx).await.map_err(store_error(OPERATION))?;
        let left: bool =
            sqlx::query_scalar("select exists (select 1 from escalon.subject_keys where key_id <> $1)")
                .bind(id)
                .fetch_one(&mut *tx)
                .await
                .map_err(store_error(OPERATION))?;
        tx.commit().await.map_err(store_error(OPERATION))?;
        Ok(!left)
    }
}
