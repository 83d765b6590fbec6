//! The handle that every query hangs on.

use std::{collections::BTreeMap, time::Duration};

use escalon_infrastructure::{
    database::Database,
    feed::Feed,
    store_error,
    subscription::{SubscriptionStatus, status as subscriptions},
};
use sqlx::{Postgres, Transaction};

use super::status::{self, ProjectionStatus};
use crate::{
    error::ReadError,
    member_directory::OrganizationRow,
    projection::{catalogue, subscription},
    scope::Scope,
    tables::Row,
};

/// The read models. Cheap to clone. The queries of a projection are in its folder.
#[derive(Debug, Clone)]
pub struct ReadModels {
    database: Database,
    feed: Feed,
    shown: Shown,
}

/// Whose tables are asked: the live ones, or those of a replay.
#[derive(Debug, Clone)]
struct Shown {
    /// Where names are looked up. Queries name tables without a schema.
    search_path: String,
    /// The moment that queries speak of; empty for the present one.
    moment: String,
}

impl ReadModels {
    /// Read models over this database.
    #[must_use]
    pub fn new(database: Database, feed: Feed) -> Self {
        let shown = Shown { search_path: "read, escalon".to_owned(), moment: String::new() };
        Self { database, feed, shown }
    }

    /// The same queries on an organization as it stood at a moment, see [`Projections::replay`](crate::Projections::replay).
    ///
    /// # Errors
    /// There is no such replay, it is not finished, or the database failed.
    pub async fn replayed(&self, id: i32) -> Result<Self, ReadError> {
        let found: Option<String> =
            sqlx::query_scalar("select moment::text from escalon.replays where id = $1 and ready")
                .bind(id)
                .fetch_optional(&self.database.engine)
                .await
                .map_err(store_error("looking up a replay"))?;
        let moment = found.ok_or(ReadError::NoReplay { id })?;
        let shown = Shown { search_path: format!("replay_{id}, escalon"), moment };
        Ok(Self { shown, ..self.clone() })
    }

    /// A transaction that sees the scope's organization and no other. Tables are named without a schema.
    pub(crate) async fn begin(&self, scope: &Scope) -> Result<Transaction<'static, Postgres>, ReadError> {
        let mut tx = self.database.app.begin().await.map_err(store_error("beginning to read"))?;
        let shown =
            "select set_config('escalon.organization', $1, true), set_config('search_path', $2, true),
            set_config('escalon.moment', $3, true)";
        sqlx::query(shown)
            .bind(scope.organization.to_string())
            .bind(&self.shown.search_path)
            .bind(&self.shown.moment)
            .execute(&mut *tx)
            .await
            .map_err(store_error("beginning to read"))?;
        Ok(tx)
    }

    /// The names, for display, of members, teams, roles and ticket types with these ids. Those that are not there, or
    /// were forgotten, are absent.
    ///
    /// # Errors
    /// The database failed.
    pub async fn names(&self, scope: &Scope, ids: &[String]) -> Result<BTreeMap<String, String>, ReadError> {
        let mut tx = self.begin(scope).await?;
        let names: Vec<(String, String)> = sqlx::query_as(
            "select id, name from member where id = any($1) and name is not null
             union all select id, title from definition where id = any($1)",
        )
        .bind(ids)
        .fetch_all(&mut *tx)
        .await
        .map_err(store_error("reading names"))?;
        Ok(names.into_iter().collect())
    }

    /// Every organization of the installation, by short name; for its operator only.
    ///
    /// # Errors
    /// The database failed.
    pub async fn organizations(&self) -> Result<Vec<OrganizationRow>, ReadError> {
        let sql =
            format!("select {} from read.organization order by slug", OrganizationRow::COLUMNS.join(", "));
        let rows = sqlx::query_as(&sql).fetch_all(&self.database.engine).await;
        Ok(rows.map_err(store_error("reading organizations"))?)
    }

    /// How far each projection is.
    ///
    /// # Errors
    /// The database failed.
    pub async fn status(&self) -> Result<Vec<ProjectionStatus>, ReadError> {
        Ok(status::read(&self.database, &self.feed).await?)
    }

    /// How far each subscription is, and who works for it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn subscriptions(&self) -> Result<Vec<SubscriptionStatus>, ReadError> {
        Ok(subscriptions(&self.database).await?)
    }

    /// Waits until every projection has reached the position; false when that takes longer than the timeout, or the
    /// database is away.
    pub async fn wait_for(&self, position: i64, timeout: Duration) -> bool {
        let all: Vec<String> = catalogue().iter().map(|projection| subscription(projection.name())).collect();
        self.wait_for_subscriptions(&all, position, timeout).await
    }

    pub(crate) async fn wait_for_subscriptions(
        &self,
        names: &[String],
        position: i64,
        timeout: Duration,
    ) -> bool {
        self.feed.progress().wait(&self.database, names, position, timeout).await
    }

    pub(crate) const fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) const fn feed(&self) -> &Feed {
        &self.feed
    }
}
