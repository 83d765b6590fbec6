//! A page of a list that may be very long, and of which the filters may leave nearly all or next to nothing.
//!
//! Two ways lead to it. Walking the list in its order is quick where what is asked for is common; looking it up in an index
//! is quick where it is rare. The planner cannot tell which it is: there are no statistics of words, since they would
//! outlive what is forgotten, and none of how one column goes with another. So the beginning of the list is looked at first,
//! which also tells all there is to tell about a list that ends there, as those of most organizations do: what others have
//! in the same indexes does not touch them then.

use escalon_infrastructure::store_error;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, postgres::PgRow};

use super::{
    listing::{Adds, Among, Kind, Listing},
    page::{Page, Slice},
};
use crate::error::ReadError;

/// How many rows are looked at first, and how many are walked at most. Rows lie in the table in about the order of their
/// moments, so what is sorted by a number costs more to walk.
const MOMENTS: Stretch = Stretch { look: 4_000, walk: 30_000 };
const OTHERS: Stretch = Stretch { look: 2_000, walk: 15_000 };

struct Stretch {
    look: i64,
    walk: i64,
}

/// What leaves rows out.
pub(crate) struct Narrow<'n> {
    /// Bounds of what the list is sorted by: where it begins and ends.
    pub(crate) within: Adds<'n>,
    /// Conditions that each row is held against.
    pub(crate) rows: Adds<'n>,
    /// What has the rows, or fewer of them: the table, or a function that asks an index.
    pub(crate) found: Adds<'n>,
}

impl Listing {
    /// A page of those rows that are left. The total is told where it needs no counting.
    pub(crate) async fn fetch_long<T>(
        &self,
        connection: &mut PgConnection,
        page: &Page,
        narrow: Narrow<'_>,
        key: impl Fn(&T) -> (String, String),
    ) -> Result<Slice<T>, ReadError>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let Stretch { look, walk } = if self.sort.kind == Kind::Moment { MOMENTS } else { OTHERS };
        let (size, from_end) = page.size()?;
        let wanted = i64::from(size) + 1;
        in_order(&mut *connection, true).await?;
        let (seen, met) = self.look(&mut *connection, from_end, look, &narrow).await?;
        let ends = seen < look;
        if ends || met * walk >= wanted * look {
            let source = |query: &mut QueryBuilder<'_, Postgres>| _ = query.push(self.table);
            let next = Some(if ends { look } else { walk });
            let among = Among { source: &source, within: narrow.within, next };
            let rows: Vec<T> = self.rows(&mut *connection, page, among, narrow.rows).await?;
            if ends || rows.len() > size as usize {
                let slice = self.slice(rows, page, key)?;
                return Ok(Slice { total: ends.then_some(met), ..slice });
            }
        }
        in_order(&mut *connection, false).await?;
        let among = Among { source: narrow.found, within: narrow.within, next: None };
        let rows = self.rows(connection, page, among, narrow.rows).await?;
        self.slice(rows, page, key)
    }

    /// How many rows there are at the beginning, up to so many, and how many of them are left.
    async fn look(
        &self,
        connection: &mut PgConnection,
        from_end: bool,
        rows: i64,
        narrow: &Narrow<'_>,
    ) -> Result<(i64, i64), ReadError> {
        let Self { table, alias, .. } = self;
        let mut query = QueryBuilder::new("select count(*), count(*) filter (where true");
        (narrow.rows)(&mut query);
        query.push(format_args!(") from (select * from {table} {alias} where true"));
        (narrow.within)(&mut query);
        self.order(&mut query, self.sort.descending != from_end);
        query.push(format_args!(" limit {rows}) {alias}"));
        Ok(query.build_query_as().fetch_one(connection).await.map_err(store_error("looking at a list"))?)
    }
}

/// Whether the planner has to take rows in the order of an index, for the rest of the transaction. It would rather sort a
/// whole table of some thousand rows than look at a part of it, since it takes each page for one on the disk.
async fn in_order(connection: &mut PgConnection, on: bool) -> Result<(), ReadError> {
    let sql = "select set_config('enable_sort', $1, true)";
    let set = sqlx::query(sql).bind(if on { "off" } else { "on" }).execute(connection).await;
    set.map_err(store_error("looking at a list"))?;
    Ok(())
}
