//! Password hashes, in their own table.

use async_trait::async_trait;
use escalon_application::ports::{Credentials, StoreError};
use escalon_domain::{member::MemberId, organization::OrganizationId};

use crate::{database::Database, error::store_error};

/// Password hashes in the database.
#[derive(Debug, Clone)]
pub struct PgCredentials {
    database: Database,
}

impl PgCredentials {
    /// Over this database.
    #[must_use]
    pub const fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Credentials for PgCredentials {
    async fn find(
        &self,
        organization: OrganizationId,
        member: MemberId,
    ) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar("select escalon.find_credential($1, $2)")
            .bind(organization.to_string())
            .bind(member.to_string())
            .fetch_one(&self.database.app)
            .await
            .map_err(store_error("looking up a password"))
    }

    async fn put(
        &self,
        organization: OrganizationId,
        member: MemberId,
        hash: &str,
    ) -> Result<(), StoreError> {
        sqlx::query("select escalon.put_credential($1, $2, $3)")
            .bind(organization.to_string())
            .bind(member.to_string())
            .bind(hash)
            .execute(&self.database.app)
            .await
            .map(drop)
            .map_err(store_error("keeping a password"))
    }
}
