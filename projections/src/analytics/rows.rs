//! The rows of the views, a batch at a time: for exports, in flat memory.

use chrono::{DateTime, NaiveDate, Utc};
use escalon_application::ports::StoreError;
use escalon_domain::{access::Permission, organization::OrganizationId};
use escalon_infrastructure::store_error;
use sqlx::{Executor, Postgres, Row, Transaction, postgres::PgRow};

use super::{
    definition::{Column, Kind, View},
    refresh::places,
    sql::query,
};
use crate::{error::ReadError, read::ReadModels, scope::Scope};

/// How many rows are held at once.
const BATCH: usize = 1_000;
const OPERATION: &str = "reading an analytics view";

/// What stands in a column of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A moment.
    Moment(DateTime<Utc>),
    /// A day.
    Day(NaiveDate),
}

/// The views of one organization at one moment: all of them show the same state, however long reading takes.
pub struct Snapshot {
    tx: Transaction<'static, Postgres>,
}

impl ReadModels {
    /// The analytics views as they are now, masked unless the scope may see personal data and `unmasked` is wanted.
    ///
    /// # Errors
    /// Not permitted, or the database failed.
    pub async fn analytics(&self, scope: &Scope, unmasked: bool) -> Result<Snapshot, ReadError> {
        scope.must(Permission::AnalyticsView)?;
        if unmasked {
            scope.must(Permission::PersonalDataView)?;
        }
        let mut tx = self.database().app.begin().await.map_err(failed)?;
        tx.execute("set transaction isolation level repeatable read, read only").await.map_err(failed)?;
        bind(&mut tx, scope.organization, unmasked).await?;
        Ok(Snapshot { tx })
    }
}

async fn bind(
    tx: &mut Transaction<'static, Postgres>,
    organization: OrganizationId,
    unmasked: bool,
) -> Result<(), StoreError> {
    sqlx::query(
        "select set_config('escalon.organization', $1, true), set_config('escalon.unmasked', $2, true)",
    )
    .bind(organization.to_string())
    .bind(if unmasked { "on" } else { "off" })
    .execute(&mut **tx)
    .await
    .map(drop)
    .map_err(failed)
}

impl Snapshot {
    /// Shows every row of a view, in the order of its key, to `each`; says how many there were.
    ///
    /// # Errors
    /// The database failed, or `each` did.
    pub async fn read<E: From<ReadError>>(
        &mut self,
        view: &View,
        mut each: impl FnMut(&[Cell]) -> Result<(), E>,
    ) -> Result<u64, E> {
        self.open(view).await?;
        let fetch = format!("fetch {BATCH} from {}", view.name);
        let mut count = 0;
        loop {
            let rows = sqlx::query(&fetch).persistent(false).fetch_all(&mut *self.tx).await;
            let rows = rows.map_err(|error| ReadError::from(failed(error)))?;
            for row in &rows {
                let cells = view.columns.iter().enumerate().map(|(place, column)| cell(row, place, column));
                let cells: Vec<Cell> =
                    cells.collect::<Result<_, _>>().map_err(|error| ReadError::from(failed(error)))?;
                each(&cells)?;
                count += 1;
            }
            if rows.len() < BATCH {
                break;
            }
        }
        self.tx
            .execute(format!("close {}", view.name).as_str())
            .await
            .map_err(|error| ReadError::from(failed(error)))?;
        Ok(count)
    }

    /// A cursor on the server. It reads what the view reads and not the view, which can so be replaced meanwhile.
    async fn open(&mut self, view: &View) -> Result<(), ReadError> {
        let places = places(&mut self.tx).await?;
        let query = query(view, &places).ok_or(ReadError::NotBuilt { view: view.name })?;
        let sql = format!("declare {} no scroll cursor for {}", view.name, view.ordered(&query));
        self.tx.execute(sql.as_str()).await.map(drop).map_err(|error| failed(error).into())
    }
}

fn failed(error: sqlx::Error) -> StoreError {
    store_error(OPERATION)(error)
}

fn cell(row: &PgRow, place: usize, column: &Column) -> Result<Cell, sqlx::Error> {
    let cell = match column.kind {
        Kind::Text => row.try_get::<Option<_>, _>(place)?.map(Cell::Text),
        Kind::Integer => row.try_get::<Option<_>, _>(place)?.map(Cell::Integer),
        Kind::Number => row.try_get::<Option<_>, _>(place)?.map(Cell::Number),
        Kind::Flag => row.try_get::<Option<_>, _>(place)?.map(Cell::Flag),
        Kind::Moment => row.try_get::<Option<_>, _>(place)?.map(Cell::Moment),
        Kind::Day => row.try_get::<Option<_>, _>(place)?.map(Cell::Day),
    };
    Ok(cell.unwrap_or(Cell::Null))
}
