//! Which organizations there are: for operators, who see them all.

use escalon_application::ports::StoreError;
use escalon_domain::organization::OrganizationId;

use crate::{database::Database, error::store_error};

/// Every organization, by short name.
///
/// # Errors
/// The database cannot be reached, or holds something unreadable.
pub async fn organizations(database: &Database) -> Result<Vec<OrganizationId>, StoreError> {
    const OPERATION: &str = "listing organizations";
    let sql = "select holder from escalon.claims where organization = '' and kind = 'organization.slug' order by key";
    let holders: Vec<String> =
        sqlx::query_scalar(sql).fetch_all(&database.engine).await.map_err(store_error(OPERATION))?;
    let ids = holders.iter().map(|holder| holder.parse().map_err(|error| StoreError::broken(OPERATION, error)));
    ids.collect()
}
