//! Indexes are made after loading: one pass over finished rows instead of a search for each.

use escalon_infrastructure::database::Database;
use sqlx::{Executor, PgConnection};

use super::catalogue::{Generation, failed};
use crate::error::ProjectionError;

const OPERATION: &str = "making the indexes of a read model";

/// Drops every index that is not a primary key, and says how to make them again.
pub(super) async fn put_off(
    connection: &mut PgConnection,
    schema: &str,
) -> Result<Vec<String>, ProjectionError> {
    let found: Vec<(String, String)> = sqlx::query_as(
        "select c.relname, pg_get_indexdef(i.indexrelid) from pg_index i
         join pg_class c on c.oid = i.indexrelid
         where c.relnamespace = to_regnamespace($1) and not i.indisprimary
             and not exists (select 1 from pg_constraint where conindid = i.indexrelid)
         order by c.relname",
    )
    .bind(schema)
    .fetch_all(&mut *connection)
    .await
    .map_err(failed(OPERATION))?;
    for (index, _) in &found {
        connection
            .execute(format!("drop index {schema}.{index}").as_str())
            .await
            .map_err(failed(OPERATION))?;
    }
    Ok(found.into_iter().map(|(_, definition)| definition).collect())
}

/// Notes the indexes that are to be made.
pub(super) async fn note(
    connection: &mut PgConnection,
    name: &str,
    generation: &Generation,
    indexes: &[String],
) -> Result<(), ProjectionError> {
    let noted =
        sqlx::query("update escalon.projections set indexes = $3 where name = $1 and generation = $2")
            .bind(name)
            .bind(generation.generation)
            .bind(indexes)
            .execute(connection)
            .await;
    noted.map(drop).map_err(failed(OPERATION))
}

/// Makes those that were noted and not made, two at a time.
pub(super) async fn make(
    database: &Database,
    name: &str,
    generation: &Generation,
) -> Result<(), ProjectionError> {
    let sql = "select indexes from escalon.projections where name = $1 and generation = $2";
    let left: Vec<String> = sqlx::query_scalar(sql)
        .bind(name)
        .bind(generation.generation)
        .fetch_one(&database.engine)
        .await
        .map_err(failed(OPERATION))?;
    // Those of text searches take longest, so they have one side to themselves.
    let (searches, others): (Vec<String>, Vec<String>) =
        left.into_iter().partition(|index| index.contains(" USING gin "));
    let side = async |indexes: Vec<String>| {
        for index in indexes {
            one(database, name, generation, &index).await?;
        }
        Ok(())
    };
    tokio::try_join!(side(searches), side(others)).map(drop)
}

/// The index and the note that it is made, in one transaction.
async fn one(
    database: &Database,
    name: &str,
    generation: &Generation,
    index: &str,
) -> Result<(), ProjectionError> {
    let mut tx = database.engine.begin().await.map_err(failed(OPERATION))?;
    let memory = "set local maintenance_work_mem = '256MB'; set local synchronous_commit = off";
    tx.execute(sqlx::raw_sql(memory)).await.map_err(failed(OPERATION))?;
    // A process that was killed may still be making it: then it is made when that transaction ends.
    let note = "update escalon.projections set indexes = array_remove(indexes, $3)
        where name = $1 and generation = $2 and $3 = any(indexes)";
    let lock = "select pg_advisory_xact_lock(hashtextextended($1, 0))";
    sqlx::query(lock).bind(index).execute(&mut *tx).await.map_err(failed(OPERATION))?;
    let noted = sqlx::query(
        "select 1 from escalon.projections where name = $1 and generation = $2 and $3 = any(indexes)",
    )
    .bind(name)
    .bind(generation.generation)
    .bind(index)
    .fetch_optional(&mut *tx)
    .await
    .map_err(failed(OPERATION))?;
    if noted.is_none() {
        return Ok(());
    }
    tx.execute(index).await.map_err(failed(OPERATION))?;
    let made = sqlx::query(note).bind(name).bind(generation.generation).bind(index).execute(&mut *tx).await;
    made.map_err(failed(OPERATION))?;
    tx.commit().await.map_err(failed(OPERATION))
}
