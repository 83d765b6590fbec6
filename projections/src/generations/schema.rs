//! The schemas of generations, and the views over the live ones.

use sqlx::{Executor, PgConnection};

use super::catalogue::{Generation, failed};
use crate::{
    error::ProjectionError,
    projection::{Projection, Searched},
};

/// Makes a generation's schema and tables, with row-level security and grants.
pub(super) async fn create(
    connection: &mut PgConnection,
    generation: &Generation,
    projection: &dyn Projection,
) -> Result<(), ProjectionError> {
    let schema = &generation.schema;
    let mut sql = format!(
        "select escalon.create_generation('{schema}'); grant usage on schema {schema} to escalon_app, escalon_views;
         set local search_path = {schema};
         {};
         set local search_path = escalon;",
        projection.ddl()
    );
    for table in projection.tables() {
        let table = format!("{schema}.{table}");
        sql.push_str(&format!(
            "alter table {table} enable row level security;
             create policy engine on {table} to escalon_engine using (true) with check (true);
             create policy app on {table} for select to escalon_app using (organization = (select escalon.organization()));
             create policy views on {table} for select to escalon_views
                using (organization = (select escalon.analyst_organization()));
             grant select on {table} to escalon_app, escalon_views;"
        ));
    }
    connection
        .execute(sqlx::raw_sql(&sql))
        .await
        .map(drop)
        .map_err(failed("making the tables of a read model"))
}

/// Tells the planner what is in the tables, which have just been filled.
pub(super) async fn analyze(
    connection: &mut PgConnection,
    generation: &Generation,
    projection: &dyn Projection,
) -> Result<(), ProjectionError> {
    for table in projection.tables() {
        let sql = format!("analyze {}.{table}", generation.schema);
        connection.execute(sql.as_str()).await.map_err(failed("analysing a read model"))?;
    }
    Ok(())
}

/// Lets the stable names stand for this generation, and for no other.
pub(super) async fn show(
    connection: &mut PgConnection,
    generation: &Generation,
    before: Option<&Generation>,
    projection: &dyn Projection,
) -> Result<(), ProjectionError> {
    let schema = &generation.schema;
    let mut sql = String::new();
    for table in projection.tables() {
        sql.push_str(&format!("drop view if exists read.{table};"));
    }
    if let Some(before) = before {
        // With it go the views of tables that this version does not have any more.
        sql.push_str(&format!("drop schema {} cascade;", before.schema));
    }
    for table in projection.tables() {
        sql.push_str(&format!(
            "create view read.{table} with (security_invoker = true) as select * from {schema}.{table};
             grant select on read.{table} to escalon_app;"
        ));
    }
    for searched in projection.searched() {
        sql.push_str(&matching(schema, *searched));
    }
    connection.execute(sqlx::raw_sql(&sql)).await.map(drop).map_err(failed("switching a read model"))
}

/// The function that finds the keys of rows by text. Under row-level security the planner may not use the index on
/// `search`, since `@@` is not marked as free of leaks; so this function runs with its owner's rights, and keeps to the
/// organization by itself.
fn matching(schema: &str, searched: Searched) -> String {
    let Searched { table, key, key_type } = searched;
    format!(
        "create or replace function read.{table}_matching(query text) returns setof {key_type}
            language sql stable security definer set search_path = pg_catalog, pg_temp as $$
                select {key} from {schema}.{table}
                where organization = escalon.organization() and search @@ to_tsquery('simple', query)
            $$;
         revoke all on function read.{table}_matching(text) from public;
         grant execute on function read.{table}_matching(text) to escalon_app;"
    )
}

/// Drops a generation's tables.
pub(super) async fn remove(
    connection: &mut PgConnection,
    generation: &Generation,
) -> Result<(), ProjectionError> {
    let sql = format!("drop schema if exists {} cascade", generation.schema);
    connection.execute(sql.as_str()).await.map(drop).map_err(failed("dropping a read model"))
}
