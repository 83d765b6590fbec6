//! What other processes forget.

use std::time::Duration;

use escalon_domain::{organization::OrganizationId, personal::SubjectId, stamp::Timestamp};

use super::Vault;

/// How often to look.
const LOOK: Duration = Duration::from_millis(500);
/// How far back to look: a forgetting is seen some time after it was stamped, when its transaction ends.
const OVERLAP: &str = "1 minute";

impl Vault {
    /// Notices what other processes forget, until it is dropped. A process that reads the feed sees it there at once; this
    /// is for one that reads nothing.
    pub async fn watch(&self) {
        let mut since: Option<Timestamp> = None;
        loop {
            match self.forgotten_since(since).await {
                Ok(found) => {
                    for (organization, subject, at) in found {
                        since = since.max(Some(at));
                        if let (Ok(organization), Ok(subject)) =
                            (organization.parse::<OrganizationId>(), subject.parse::<SubjectId>())
                        {
                            self.forget(organization, subject);
                        }
                    }
                }
                Err(error) => tracing::debug!(%error, "who was forgotten cannot be looked up now"),
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn forgotten_since(
        &self,
        since: Option<Timestamp>,
    ) -> Result<Vec<(String, String, Timestamp)>, sqlx::Error> {
        sqlx::query_as(
            "select organization, subject, forgotten_at from escalon.forgettings
             where forgotten_at > coalesce($1, now()) - $2::text::interval order by forgotten_at",
        )
        .bind(since)
        .bind(OVERLAP)
        .fetch_all(&self.0.database.engine)
        .await
    }
}
