//! Rows for tables that are filled for the first time: made in memory, written once, by `COPY`.

use std::collections::BTreeMap;

use escalon_infrastructure::store_error;
use sqlx::PgConnection;

use super::{Fold, Row, binary};
use crate::{error::ProjectionError, happening::Happening};

/// Rows that are ready to be written.
#[derive(Default)]
pub(crate) struct Fresh {
    tables: BTreeMap<&'static str, Rows>,
}

struct Rows {
    columns: &'static [&'static str],
    count: i64,
    bytes: Vec<u8>,
}

impl Fresh {
    /// Folds whole streams: the events of a key come one after the other, and there are no others.
    pub(super) fn fold<F: Fold>(&mut self, happenings: &[Happening<'_>]) {
        let mut current: Option<(&str, Option<F::Row>)> = None;
        for happening in happenings {
            let Some(key) = F::key(happening) else { continue };
            current = match current.take() {
                Some((same, row)) if same == key => Some((same, F::apply(row, happening))),
                before => {
                    self.add_some(before);
                    Some((key, F::apply(None, happening)))
                }
            };
        }
        self.add_some(current);
    }

    fn add_some<R: Row>(&mut self, row: Option<(&str, Option<R>)>) {
        if let Some((_, Some(row))) = row {
            self.add(&row);
        }
    }

    pub(super) fn add<R: Row>(&mut self, row: &R) {
        let empty = || Rows { columns: R::COLUMNS, count: 0, bytes: binary::begin() };
        let rows = self.tables.entry(R::TABLE).or_insert_with(empty);
        rows.count += 1;
        binary::row(R::COLUMNS.len(), &mut rows.bytes);
        row.cells(&mut rows.bytes);
    }

    /// Writes the rows, inside the connection's transaction; says how many there were.
    pub(crate) async fn write(
        self,
        connection: &mut PgConnection,
        schema: &str,
    ) -> Result<i64, ProjectionError> {
        const OPERATION: &str = "copying rows";
        let failed = |error| ProjectionError::Store(store_error(OPERATION)(error));
        let mut count = 0;
        for (table, mut rows) in self.tables {
            binary::end(&mut rows.bytes);
            let columns = rows.columns.join(", ");
            let sql = format!("copy {schema}.{table} ({columns}) from stdin (format binary)");
            let mut copy = connection.copy_in_raw(&sql).await.map_err(failed)?;
            copy.send(rows.bytes).await.map_err(failed)?;
            copy.finish().await.map_err(failed)?;
            count += rows.count;
        }
        Ok(count)
    }
}
