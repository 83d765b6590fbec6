//! Who people are, and what is kept of them: the vault with what the audit log knows of its use.

use std::time::Duration;

use async_trait::async_trait;
use escalon_application::ports::{Destroyed, People, StoreError};
use escalon_domain::{
    organization::OrganizationId,
    personal::{Held, SubjectId},
    stamp::Timestamp,
};
use escalon_infrastructure::{store_error, vault::Vault};
use tokio::time::Instant;

use crate::{
    projection::subscription,
    read::{ReadModels, present},
};

const OPERATION: &str = "looking up what is kept of a person";
/// How long it may take until the read models have seen what happened.
const PATIENCE: Duration = Duration::from_secs(5);

/// The people of this installation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ReadPeople {
    vault: Vault,
    models: ReadModels,
}

impl ReadPeople {
    /// Over this vault and these read models.
    #[must_use]
    pub const fn new(vault: Vault, models: ReadModels) -> Self {
        Self { vault, models }
    }

    /// Lets the audit log catch up, if it can: one that stands still must not keep anybody from being forgotten.
    async fn audited(&self) -> Result<i64, StoreError> {
        let (start, name) = (Instant::now(), subscription("audit_log"));
        if let Some(position) = present(self.models.database(), self.models.feed(), PATIENCE).await? {
            let left = PATIENCE.saturating_sub(start.elapsed());
            self.models.wait_for_subscriptions(std::slice::from_ref(&name), position, left).await;
        }
        sqlx::query_scalar("select coalesce(max(position), 0) from escalon.subscriptions where name = $1")
            .bind(name)
            .fetch_one(&self.models.database().engine)
            .await
            .map_err(store_error(OPERATION))
    }
}

#[async_trait]
impl People for ReadPeople {
    async fn digest(
        &self,
        organization: OrganizationId,
        purpose: &str,
        text: &str,
    ) -> Result<String, StoreError> {
        self.vault.digest(organization, purpose, text).await
    }

    async fn person(&self, organization: OrganizationId, reference: &str) -> Result<SubjectId, StoreError> {
        self.vault.person(organization, reference).await
    }

    async fn find(
        &self,
        organization: OrganizationId,
        reference: &str,
    ) -> Result<Option<SubjectId>, StoreError> {
        self.vault.find_person(organization, reference).await
    }

    async fn is_known(&self, organization: OrganizationId, subject: SubjectId) -> Result<bool, StoreError> {
        sqlx::query_scalar(
            "select exists (select 1 from escalon.subject_keys where organization = $1 and subject = $2)",
        )
        .bind(organization.to_string())
        .bind(subject.to_string())
        .fetch_one(&self.models.database().engine)
        .await
        .map_err(store_error(OPERATION))
    }

    async fn held(&self, organization: OrganizationId, subject: SubjectId) -> Result<Held, StoreError> {
        let position = self.audited().await?;
        let (streams, events, values): (i64, i64, i64) = sqlx::query_as(
            "select count(distinct e.aggregate_id), count(*), coalesce(sum(found.count), 0)::bigint
             from read.audit a
             join escalon.event_positions p on p.position = a.position
             join escalon.events e on e.insertion = p.insertion
             cross join lateral (
                 select (length(e.payload::text) - length(replace(e.payload::text, $3, ''))) / length($3) as count
             ) found
             where a.organization = $1 and a.subjects @> array[$2] and found.count > 0",
        )
        .bind(organization.to_string())
        .bind(subject.to_string())
        .bind(format!(r#"{{"subject":"{subject}","sealed":"#))
        .fetch_one(&self.models.database().engine)
        .await
        .map_err(store_error(OPERATION))?;
        let count = |count: i64| count.unsigned_abs();
        Ok(Held { streams: count(streams), events: count(events), values: count(values), position })
    }

    async fn destroyed(
        &self,
        organization: OrganizationId,
        subject: SubjectId,
    ) -> Result<Option<Destroyed>, StoreError> {
        type Row = (i64, Option<String>, Timestamp, Option<Timestamp>, Option<String>);
        let found: Option<Row> = sqlx::query_as(
            "select insertion, key, forgotten_at, scrubbed_at, scrub from escalon.forgettings
             where organization = $1 and subject = $2",
        )
        .bind(organization.to_string())
        .bind(subject.to_string())
        .fetch_optional(&self.models.database().engine)
        .await
        .map_err(store_error(OPERATION))?;
        let Some((insertion, key, at, scrubbed_at, scrub)) = found else { return Ok(None) };
        let position = self.models.feed().position_of(insertion, PATIENCE).await?;
        Ok(Some(Destroyed { key, at, position, scrubbed_at, scrub }))
    }

    async fn settled(&self, position: i64) -> Result<bool, StoreError> {
        Ok(self.models.wait_for(position, PATIENCE).await)
    }
}
