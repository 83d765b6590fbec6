//! What use cases ask the directory before they decide.

use std::time::Duration;

use async_trait::async_trait;
use escalon_application::ports::{Directory, StoreError, Without};
use escalon_domain::{access::Permission, organization::OrganizationId};
use escalon_infrastructure::store_error;

use crate::{
    member_directory::MemberDirectory,
    projection::subscription,
    read::{ReadModels, present},
};

const OPERATION: &str = "asking the member directory";
/// How long it may take until the directory knows what happened before the question.
const PATIENCE: Duration = Duration::from_secs(2);

/// The directory that use cases ask, over the read model. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ReadDirectory {
    models: ReadModels,
}

impl ReadDirectory {
    /// The directory over these read models.
    #[must_use]
    pub const fn new(models: ReadModels) -> Self {
        Self { models }
    }

    /// Waits until the directory knows every event that was stored before the question. A decision on what it knew some
    /// time ago could leave an organization without an administrator.
    async fn catch_up(&self) -> Result<(), StoreError> {
        let behind = || StoreError::Unavailable {
            operation: OPERATION,
            source: "it has not caught up with the latest events; try again in a moment".into(),
        };
        let start = tokio::time::Instant::now();
        let position =
            present(self.models.database(), self.models.feed(), PATIENCE).await?.ok_or_else(behind)?;
        let left = PATIENCE.saturating_sub(start.elapsed());
        let names = [subscription(MemberDirectory::NAME)];
        if self.models.wait_for_subscriptions(&names, position, left).await { Ok(()) } else { Err(behind()) }
    }
}

#[async_trait]
impl Directory for ReadDirectory {
    async fn somebody_has(
        &self,
        organization: OrganizationId,
        permission: Permission,
        level: u8,
        without: Without,
    ) -> Result<bool, StoreError> {
        let without = match without {
            Without::Member(member) => member.to_string(),
            Without::Role(role) => role.to_string(),
        };
        self.catch_up().await?;
        sqlx::query_scalar(
            "select exists (select 1 from read.member m join read.definition d on d.id = any(m.roles)
                where m.organization = $1 and m.id <> $2 and m.status = 'active'
                    and d.organization = $1 and d.id <> $2 and d.kind = 'role' and not d.retired
                    and d.body -> 'permissions' ? $3 and (d.body ->> 'level')::integer <= $4)",
        )
        .bind(organization.to_string())
        .bind(without)
        .bind(permission.name())
        .bind(i32::from(level))
        .fetch_one(&self.models.database().engine)
        .await
        .map_err(store_error(OPERATION))
    }
}
