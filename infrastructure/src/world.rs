//! The clock, ids and ticket numbers.

use async_trait::async_trait;
use chrono::{DurationRound, NaiveDate, TimeDelta, Utc};
use escalon_application::ports::{Clock, Ids, Numbers, StoreError};
use escalon_domain::{organization::OrganizationId, stamp::Timestamp};
use uuid::Uuid;

use crate::{database::Database, error::store_error};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one reader of the time")]
    fn now(&self) -> Timestamp {
        let now = Utc::now();
        // PostgreSQL keeps microseconds; a moment must read back as it was written.
        now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now)
    }
}

/// Random ids that sort by time (UUIDv7).
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "this is the one source of ids")]
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// Daily sequences, kept in the database.
#[derive(Debug, Clone)]
pub struct PgNumbers {
    database: Database,
}

impl PgNumbers {
    /// Over this database.
    #[must_use]
    pub const fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Numbers for PgNumbers {
    async fn next(
        &self,
        organization: OrganizationId,
        prefix: &str,
        day: NaiveDate,
    ) -> Result<u32, StoreError> {
        let drawn: i64 = sqlx::query_scalar("select escalon.next_number($1, $2, $3)")
            .bind(organization.to_string())
            .bind(prefix)
            .bind(day)
            .fetch_one(&self.database.app)
            .await
            .map_err(store_error("drawing a ticket number"))?;
        u32::try_from(drawn).map_err(|error| StoreError::broken("drawing a ticket number", error))
    }
}
