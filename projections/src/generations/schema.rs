//! The schemas of generations, and the views over the live ones.

use sqlx::{Connection, Executor, PgConnection};

use super::catalogue::{Generation, State, failed};
use crate::{
    error::ProjectionError,
    projection::{Projection, Searched},
};

const SWITCHING: &str = "switching a read model";
/// What PostgreSQL says when a view cannot be replaced, since its columns are others.
const OTHER_COLUMNS: &str = "42P16";

/// The code of what went wrong, if the database has one for it.
pub(super) fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error()?.code().map(|code| code.into_owned())
}

/// Makes a schema for tables.
pub(super) async fn begin(connection: &mut PgConnection, schema: &str) -> Result<(), ProjectionError> {
    let sql = format!(
        "select escalon.create_generation('{schema}'); grant usage on schema {schema} to escalon_app, escalon_views"
    );
    let made = connection.execute(sqlx::raw_sql(&sql)).await;
    made.map(drop).map_err(failed("making the schema of a read model"))
}

/// Makes the projection's tables in the schema, with row-level security and grants.
pub(super) async fn create(
    connection: &mut PgConnection,
    schema: &str,
    projection: &dyn Projection,
) -> Result<(), ProjectionError> {
    let mut sql =
        format!("set local search_path = {schema}; {}; set local search_path = escalon;", projection.ddl());
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
    sql.push_str(&unsampled(schema, projection));
    connection
        .execute(sqlx::raw_sql(&sql))
        .await
        .map(drop)
        .map_err(failed("making the tables of a read model"))
}

/// The planner's statistics hold values as they are, in a table that outlives them; so none are made of personal ones.
fn unsampled(schema: &str, projection: &dyn Projection) -> String {
    let mut sql = String::new();
    let personal = projection
        .personal()
        .iter()
        .flat_map(|place| place.columns().into_iter().map(|column| (place.table(), column)));
    let searched = projection.searched().iter().map(|searched| (searched.table, "search"));
    for (table, column) in personal.chain(searched) {
        sql.push_str(&format!("alter table {schema}.{table} alter column {column} set statistics 0;"));
    }
    sql
}

/// Tells the planner what is in the tables, which have just been filled.
pub(super) async fn analyze(
    connection: &mut PgConnection,
    schema: &str,
    projection: &dyn Projection,
) -> Result<(), ProjectionError> {
    for table in projection.tables() {
        let sql = format!("analyze {schema}.{table}");
        connection.execute(sql.as_str()).await.map_err(failed("analysing a read model"))?;
    }
    Ok(())
}

/// Lets the stable names stand for this generation, and for no other. While it is not built, they say so to whoever asks.
pub(super) async fn show(
    connection: &mut PgConnection,
    generation: &Generation,
    projection: &dyn Projection,
) -> Result<(), ProjectionError> {
    let schema = &generation.schema;
    let condition = match generation.state {
        State::Loading => format!(" where escalon.being_built('{}')", projection.name()),
        _ => String::new(),
    };
    for table in projection.tables() {
        let view = format!(
            "view read.{table} with (security_invoker = true) as select * from {schema}.{table}{condition};
             grant select on read.{table} to escalon_app"
        );
        // Replaced, a view keeps its place in others that are built on it; that needs the columns it had.
        let mut attempt = connection.begin().await.map_err(failed(SWITCHING))?;
        let replaced = attempt.execute(sqlx::raw_sql(&format!("create or replace {view}"))).await;
        match replaced {
            Ok(_) => attempt.commit().await.map_err(failed(SWITCHING))?,
            Err(error) if code(&error).as_deref() == Some(OTHER_COLUMNS) => {
                attempt.rollback().await.map_err(failed(SWITCHING))?;
                let search = format!("read.{table}_matching");
                let anew = format!(
                    "drop function if exists {search}(text), {search}(text, text[]); drop view read.{table}; create {view}"
                );
                connection.execute(sqlx::raw_sql(&anew)).await.map_err(failed(SWITCHING))?;
            }
            Err(error) => return Err(failed(SWITCHING)(error)),
        }
    }
    for searched in projection.searched() {
        let sql = matching("read", schema, *searched);
        connection.execute(sqlx::raw_sql(&sql)).await.map_err(failed(SWITCHING))?;
    }
    Ok(())
}

/// Drops the views of tables that the version of this generation had and the live one has not.
pub(super) async fn hide(
    connection: &mut PgConnection,
    generation: &Generation,
) -> Result<(), ProjectionError> {
    let left: Vec<String> = sqlx::query_scalar(
        "select distinct v.relname::text from pg_depend d join pg_rewrite r on r.oid = d.objid
         join pg_class v on v.oid = r.ev_class join pg_class t on t.oid = d.refobjid
         where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
             and v.relnamespace = 'read'::regnamespace and t.relnamespace = to_regnamespace($1)",
    )
    .bind(&generation.schema)
    .fetch_all(&mut *connection)
    .await
    .map_err(failed(SWITCHING))?;
    for view in left {
        let sql = format!("drop view read.{view}");
        connection.execute(sql.as_str()).await.map_err(failed(SWITCHING))?;
    }
    Ok(())
}

/// The function that finds rows by text, and by facts if they are indexed. Under row-level security the planner may not use
/// the index on `search`, since `@@` is not marked as free of leaks; so this function runs with its owner's rights, and
/// keeps to the organization by itself.
pub(super) fn matching(shown: &str, schema: &str, searched: Searched) -> String {
    let Searched { table, key, key_type, facts } = searched;
    let select = |what: &str, condition: &str| {
        format!(
            "select {what} from {schema}.{table} where organization = escalon.organization() and {condition}"
        )
    };
    let words = "search @@ to_tsquery('simple', nullif(query, ''))";
    let (arguments, types, returned, body) = match facts {
        None => ("query text", "text", key_type.to_owned(), select(key, words)),
        Some(facts) => {
            // An index that is asked for an empty list of facts would give everything.
            let (some, none) = ("cardinality(wanted) > 0", "cardinality(wanted) = 0");
            let facts = format!("{facts} @> wanted");
            let ways = [
                format!("query <> '' and {some} and {words} and {facts}"),
                format!("query <> '' and {none} and {words}"),
                format!("query = '' and {some} and {facts}"),
            ];
            let body = ways.map(|way| select("*", &way)).join(" union all ");
            ("query text, wanted text[]", "text, text[]", format!("{shown}.{table}"), body)
        }
    };
    format!(
        "create or replace function {shown}.{table}_matching({arguments}) returns setof {returned}
            language sql stable security definer set search_path = pg_catalog, pg_temp as $${body}$$;
         revoke all on function {shown}.{table}_matching({types}) from public;
         grant execute on function {shown}.{table}_matching({types}) to escalon_app;"
    )
}

/// Drops a generation's tables.
pub(super) async fn remove(connection: &mut PgConnection, schema: &str) -> Result<(), ProjectionError> {
    let sql = format!("drop schema if exists {schema} cascade");
    connection.execute(sql.as_str()).await.map(drop).map_err(failed("dropping a read model"))
}
