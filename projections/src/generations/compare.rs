//! Two generations at the same position, side by side.

use std::time::Duration;

use escalon_infrastructure::store_error;
use serde::Serialize;
use serde_json::{Map, Value};
use sqlx::{Executor, Postgres, Transaction};
use tokio::time::{Instant, sleep};

use super::{
    Projections,
    catalogue::{self, Generation, failed},
    checksum::{self, Checksum},
};
use crate::{error::ProjectionError, projection::Projection};

const OPERATION: &str = "comparing read models";
/// How long to wait for a live projector that is behind.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often to look whether it has come.
const LOOK: Duration = Duration::from_millis(20);

/// A live read model against a fresh build of it, at the same position.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// The projection.
    pub name: &'static str,
    /// The position at which both stand.
    pub position: i64,
    /// The generation that is live.
    pub live: i32,
    /// The one it was compared with.
    pub fresh: i32,
    /// The checksum of the live tables.
    pub checksum_live: Checksum,
    /// The checksum of the fresh ones.
    pub checksum_fresh: Checksum,
    /// The rows that differ, up to a limit for each table.
    pub differences: Vec<Difference>,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Its table.
    pub table: &'static str,
    /// Its key.
    pub key: String,
    /// What the live row has in the columns that differ; nothing when there is no such row.
    pub live: Option<Map<String, Value>>,
    /// What the fresh row has there.
    pub fresh: Option<Map<String, Value>>,
}

impl Comparison {
    /// Whether there is no difference.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.checksum_live == self.checksum_fresh
    }
}

/// A moment at which both generations stand at the same position, held for as long as one looks.
pub(super) struct Moment {
    position: i64,
    live: Generation,
    view: Transaction<'static, Postgres>,
}

impl Projections {
    /// Brings the generation to the live position and holds that moment; none when the live one is of another version.
    /// The live projector waits only until both are there.
    pub(super) async fn moment(
        &self,
        projection: &dyn Projection,
        generation: &mut Generation,
    ) -> Result<Option<Moment>, ProjectionError> {
        let engine = &self.database.engine;
        self.live_reaches(projection.name(), generation.position).await?;
        let mut holding = engine.begin().await.map_err(failed(OPERATION))?;
        let position = catalogue::checkpoint(&mut holding, projection.name()).await?;
        let live = catalogue::live(&mut holding, projection.name()).await?;
        let Some(live) = live.filter(|live| live.version == generation.version) else { return Ok(None) };
        self.follow_to(projection, generation, position).await?;
        if generation.position != position {
            return Ok(None);
        }
        let mut view = engine.begin().await.map_err(failed(OPERATION))?;
        // The first query takes the snapshot.
        let hold = "set transaction isolation level repeatable read, read only; select 1";
        view.execute(sqlx::raw_sql(hold)).await.map_err(failed(OPERATION))?;
        holding.rollback().await.map_err(failed(OPERATION))?;
        Ok(Some(Moment { position, live, view }))
    }

    /// Waits a while for the live projector, which may be some events behind the build.
    async fn live_reaches(&self, name: &'static str, position: i64) -> Result<(), ProjectionError> {
        let mut connection = self.database.engine.acquire().await.map_err(failed(OPERATION))?;
        let begin = Instant::now();
        while catalogue::live_position(&mut connection, name).await? < position && begin.elapsed() < PATIENCE
        {
            sleep(LOOK).await;
        }
        Ok(())
    }
}

impl Moment {
    /// The checksums, and up to so many rows of each table that differ.
    pub(super) async fn compare(
        mut self,
        projection: &dyn Projection,
        fresh: &Generation,
        limit: i64,
    ) -> Result<Comparison, ProjectionError> {
        let tables = projection.tables();
        let checksum_live = checksum::of(&mut self.view, &self.live.schema, tables).await?;
        let checksum_fresh = checksum::of(&mut self.view, &fresh.schema, tables).await?;
        let mut differences = Vec::new();
        if checksum_live != checksum_fresh {
            for table in tables {
                differences.extend(self.differences(table, &fresh.schema, limit).await?);
            }
        }
        Ok(Comparison {
            name: projection.name(),
            position: self.position,
            live: self.live.generation,
            fresh: fresh.generation,
            checksum_live,
            checksum_fresh,
            differences,
        })
    }

    async fn differences(
        &mut self,
        table: &'static str,
        fresh: &str,
        limit: i64,
    ) -> Result<Vec<Difference>, ProjectionError> {
        let live = &self.live.schema;
        // Every table has a key of one column.
        let key: String = sqlx::query_scalar(
            "select quote_ident(a.attname) from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
             where i.indrelid = to_regclass($1) and i.indisprimary",
        )
        .bind(format!("{live}.{table}"))
        .fetch_one(&mut *self.view)
        .await
        .map_err(failed(OPERATION))?;
        let sql = format!(
            "select coalesce(l.{key}, f.{key})::text, to_jsonb(l) - 'search', to_jsonb(f) - 'search'
             from {live}.{table} l full join {fresh}.{table} f on f.{key} = l.{key}
             where to_jsonb(l) is distinct from to_jsonb(f) order by 1 limit $1"
        );
        let rows: Vec<(String, Option<Value>, Option<Value>)> = sqlx::query_as(&sql)
            .bind(limit)
            .fetch_all(&mut *self.view)
            .await
            .map_err(store_error(OPERATION))?;
        let difference = |(key, live, fresh)| {
            let (live, fresh) = apart(live, fresh);
            Difference { table, key, live, fresh }
        };
        Ok(rows.into_iter().map(difference).collect())
    }
}

type Columns = Option<Map<String, Value>>;

/// The columns that differ, or all where there is one side only.
fn apart(live: Option<Value>, fresh: Option<Value>) -> (Columns, Columns) {
    let fields = |value| match value {
        Some(Value::Object(fields)) => Some(fields),
        _ => None,
    };
    match (fields(live), fields(fresh)) {
        (Some(mut live), Some(mut fresh)) => {
            live.retain(|column, value| {
                let same = fresh.get(column) == Some(&*value);
                if same {
                    fresh.remove(column);
                }
                !same
            });
            (Some(live), Some(fresh))
        }
        sides => sides,
    }
}
