//! Keeps the views on the live read models: with each switch, and when their definition changed.

use std::time::Duration;

use escalon_application::ports::StoreError;
use escalon_infrastructure::{database::Database, store_error};
use sqlx::{Connection, Executor, PgConnection};

use super::{
    VIEWS,
    sql::{Places, create, query},
};
use crate::{error::ProjectionError, projection::catalogue};

const OPERATION: &str = "making the analytics views";
/// How often the views are tried to be made when the engine starts.
const ATTEMPTS: u32 = 10;
/// How long each attempt waits for those who read them.
const PATIENCE: &str = "set local lock_timeout = '500ms'";
/// The error of a lock that was waited for in vain.
const LOCK_NOT_AVAILABLE: &str = "55P03";

fn failed(error: sqlx::Error) -> StoreError {
    store_error(OPERATION)(error)
}

/// Where the tables of the live read models are.
pub(super) async fn places(connection: &mut PgConnection) -> Result<Places, StoreError> {
    let live: Vec<(String, String)> =
        sqlx::query_as("select name, schema from escalon.projections where live")
            .fetch_all(connection)
            .await
            .map_err(failed)?;
    let mut places = Places::new();
    for projection in catalogue() {
        let Some((_, schema)) = live.iter().find(|(name, _)| name == projection.name()) else { continue };
        places.extend(projection.tables().iter().map(|table| (*table, format!("{schema}.{table}"))));
    }
    Ok(places)
}

/// A view that is not as it should be, with the statements that make it so.
struct Stale {
    name: &'static str,
    sql: String,
}

async fn stale(connection: &mut PgConnection) -> Result<Vec<Stale>, StoreError> {
    let places = places(&mut *connection).await?;
    let made: Vec<(String, String)> = sqlx::query_as("select name, made from escalon.analytics_views")
        .fetch_all(connection)
        .await
        .map_err(failed)?;
    let wanted = VIEWS
        .iter()
        .filter_map(|view| Some(Stale { name: view.name, sql: create(view, &query(view, &places)?) }));
    let so_already = |one: &Stale| made.iter().any(|(name, sql)| name == one.name && *sql == one.sql);
    Ok(wanted.filter(|one| !so_already(one)).collect())
}

/// Makes the views anew that do not show the live read models as they are defined. To be called in the transaction that
/// makes another generation live, after it did; so the views show the same generations as everything else.
///
/// An analyst who reads such a view keeps it from being replaced. When the transaction's `lock_timeout` has passed, this
/// ends what analysts are asking and fails; the next attempt finds the way free.
pub(crate) async fn refresh_in_tx(connection: &mut PgConnection) -> Result<(), ProjectionError> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('escalon.analytics', 0))")
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    for one in stale(connection).await? {
        let mut attempt = connection.begin().await.map_err(failed)?;
        match make(&mut attempt, &one).await {
            Ok(()) => attempt.commit().await.map_err(failed)?,
            Err(error) => {
                attempt.rollback().await.map_err(failed)?;
                if is_locked(&error) {
                    give_way(connection).await;
                }
                return Err(failed(error).into());
            }
        }
    }
    Ok(())
}

/// The same in a transaction of its own, for when the engine starts.
pub(crate) async fn refresh(database: &Database) -> Result<(), ProjectionError> {
    let mut connection = database.engine.acquire().await.map_err(failed)?;
    for attempt in 1.. {
        if stale(&mut connection).await?.is_empty() {
            break;
        }
        let mut tx = connection.begin().await.map_err(failed)?;
        tx.execute(PATIENCE).await.map_err(failed)?;
        match refresh_in_tx(&mut tx).await {
            Ok(()) => {
                tx.commit().await.map_err(failed)?;
                break;
            }
            Err(error) if attempt == ATTEMPTS => return Err(error),
            Err(error) => {
                tracing::debug!(%error, "the analytics views are being read; trying again");
                tx.rollback().await.map_err(failed)?;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    Ok(())
}

/// Makes one view, as the role to which the views belong.
async fn make(connection: &mut PgConnection, Stale { name, sql }: &Stale) -> Result<(), sqlx::Error> {
    let as_its_owner = format!("set local role escalon_views; {sql} set local role escalon_engine;");
    connection.execute(sqlx::raw_sql(&as_its_owner)).await?;
    sqlx::query(
        "insert into escalon.analytics_views (name, made) values ($1, $2)
         on conflict (name) do update set made = excluded.made",
    )
    .bind(name)
    .bind(sql)
    .execute(connection)
    .await
    .map(drop)
}

fn is_locked(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == LOCK_NOT_AVAILABLE)
}

/// Ends what analysts are asking. Where the database's owner may not do that, they are waited for.
async fn give_way(connection: &mut PgConnection) {
    let Ok(mut attempt) = connection.begin().await else { return };
    let sql = "select escalon.end_analysts_queries()";
    let ended: Result<i64, _> = sqlx::query_scalar(sql).fetch_one(&mut *attempt).await;
    match ended {
        Ok(ended) => tracing::warn!(ended, "queries of analysts gave way to the switch of a read model"),
        Err(error) => tracing::warn!(%error, "the queries of analysts could not be ended"),
    }
    if let Err(error) = attempt.rollback().await {
        tracing::debug!(%error, "after ending the queries of analysts");
    }
}
