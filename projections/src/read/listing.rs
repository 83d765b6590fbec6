//! One page of a sorted, filtered list, by keyset: cost does not grow with how far down the page is.

use escalon_domain::stamp::Timestamp;
use escalon_infrastructure::store_error;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, postgres::PgRow};

use super::page::{Page, Slice, bad, decode, encode};
use crate::error::ReadError;

/// Up to how many rows are counted.
const COUNTABLE: i64 = 10_000;

/// What a list is sorted by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sort {
    column: &'static str,
    pub(super) kind: Kind,
    pub(super) descending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Moment,
    Number,
    Text,
}

impl Sort {
    pub(crate) const fn moment(column: &'static str) -> Self {
        Self { column, kind: Kind::Moment, descending: false }
    }

    pub(crate) const fn number(column: &'static str) -> Self {
        Self { column, kind: Kind::Number, descending: false }
    }

    pub(crate) const fn text(column: &'static str) -> Self {
        Self { column, kind: Kind::Text, descending: false }
    }

    pub(crate) const fn descending(self, descending: bool) -> Self {
        Self { descending, ..self }
    }
}

/// A list.
pub(crate) struct Listing {
    /// What of each row.
    pub(crate) columns: String,
    /// The table whose rows are listed.
    pub(crate) table: &'static str,
    /// What it is called in the query.
    pub(crate) alias: &'static str,
    /// What is joined to each row, without changing how many there are.
    pub(crate) joins: &'static str,
    /// By what it is sorted; never null.
    pub(crate) sort: Sort,
    /// What tells rows of the same value apart; none when values are unique.
    pub(crate) tie: Option<&'static str>,
}

/// Adds to a query.
pub(crate) type Adds<'a> = &'a (dyn Fn(&mut QueryBuilder<'_, Postgres>) + Sync);

/// Which rows a page is taken from.
#[derive(Clone, Copy)]
pub(super) struct Among<'a> {
    /// What has the rows: the table, or a function that finds some of them.
    pub(super) source: Adds<'a>,
    /// Bounds within which the list is.
    pub(super) within: Adds<'a>,
    /// Only so many from where the page begins, in the list's order; how all of them are found is the planner's choice.
    pub(super) next: Option<i64>,
}

impl Listing {
    /// A page of those rows that `narrow` leaves (it adds ` and …` conditions). `key` gives a row's sort value as text, and
    /// its tie.
    pub(crate) async fn fetch<T>(
        &self,
        connection: &mut PgConnection,
        page: &Page,
        narrow: impl Fn(&mut QueryBuilder<'_, Postgres>),
        key: impl Fn(&T) -> (String, String),
    ) -> Result<Slice<T>, ReadError>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let source = |query: &mut QueryBuilder<'_, Postgres>| _ = query.push(self.table);
        let among = Among { source: &source, within: &|_| {}, next: None };
        let rows = self.rows(&mut *connection, page, among, &narrow).await?;
        let mut slice = self.slice(rows, page, key)?;
        if slice.total.is_none() {
            slice.total = self.count(connection, narrow).await?;
        }
        Ok(slice)
    }

    /// The rows of a page and one more, if there is one, in the order in which they were found.
    pub(super) async fn rows<T>(
        &self,
        connection: &mut PgConnection,
        page: &Page,
        among: Among<'_>,
        narrow: impl Fn(&mut QueryBuilder<'_, Postgres>),
    ) -> Result<Vec<T>, ReadError>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let (size, from_end) = page.size()?;
        let descending = self.sort.descending != from_end;
        let Self { columns, alias, joins, .. } = self;
        let mut query = QueryBuilder::new(format!("select {columns} from "));
        if among.next.is_some() {
            query.push("(select * from ");
        }
        (among.source)(&mut query);
        query.push(format_args!(" {alias}"));
        if among.next.is_none() {
            query.push(format_args!(" {joins}"));
        }
        query.push(" where true");
        (among.within)(&mut query);
        self.beside(&mut query, page)?;
        if let Some(rows) = among.next {
            self.order(&mut query, descending);
            query.push(format_args!(" limit {rows}) {alias} {joins} where true"));
        }
        narrow(&mut query);
        self.order(&mut query, descending);
        query.push(" limit ").push_bind(i64::from(size) + 1);
        Ok(query.build_query_as().fetch_all(connection).await.map_err(store_error("reading a list"))?)
    }

    /// The page that these rows make. The total is known when the page is the whole list.
    pub(super) fn slice<T>(
        &self,
        rows: Vec<T>,
        page: &Page,
        key: impl Fn(&T) -> (String, String),
    ) -> Result<Slice<T>, ReadError> {
        let (size, from_end) = page.size()?;
        let more = rows.len() > size as usize;
        let cursor = |row: &T| {
            let (value, tie) = key(row);
            encode(self.sort.column, &value, &tie)
        };
        let mut items: Vec<_> = rows.into_iter().take(size as usize).map(|row| (cursor(&row), row)).collect();
        let (has_next, has_previous) = if from_end {
            items.reverse();
            (page.before.is_some(), more)
        } else {
            (more, page.after.is_some())
        };
        let whole = page.after.is_none() && page.before.is_none() && !more;
        let total = if whole { i64::try_from(items.len()).ok() } else { None };
        Ok(Slice { items, has_next, has_previous, total })
    }

    /// How many rows there are, unless it takes too long to say.
    async fn count(
        &self,
        connection: &mut PgConnection,
        narrow: impl Fn(&mut QueryBuilder<'_, Postgres>),
    ) -> Result<Option<i64>, ReadError> {
        let Self { table, alias, .. } = self;
        let mut query =
            QueryBuilder::new(format!("select count(*) from (select from {table} {alias} where true"));
        narrow(&mut query);
        query.push(format_args!(" limit {}) counted", COUNTABLE + 1));
        let count: i64 =
            query.build_query_scalar().fetch_one(connection).await.map_err(store_error("counting a list"))?;
        Ok((count <= COUNTABLE).then_some(count))
    }

    /// Only rows on the page's side of its cursors.
    fn beside(&self, query: &mut QueryBuilder<'_, Postgres>, page: &Page) -> Result<(), ReadError> {
        if let Some(cursor) = &page.after {
            self.beyond(query, cursor, !self.sort.descending)?;
        }
        if let Some(cursor) = &page.before {
            self.beyond(query, cursor, self.sort.descending)?;
        }
        Ok(())
    }

    /// Only rows with a greater (or lesser) place than the cursor's.
    fn beyond(
        &self,
        query: &mut QueryBuilder<'_, Postgres>,
        cursor: &str,
        greater: bool,
    ) -> Result<(), ReadError> {
        let (value, tie) = decode(cursor, self.sort.column)?;
        let sign = if greater { ">" } else { "<" };
        match self.tie {
            Some(column) => query.push(format_args!(" and ({}, {column}) {sign} (", self.sort.column)),
            None => query.push(format_args!(" and {} {sign} (", self.sort.column)),
        };
        match self.sort.kind {
            Kind::Moment => query.push_bind(value.parse::<Timestamp>().map_err(|_| bad(cursor))?),
            Kind::Number => query.push_bind(value.parse::<i64>().map_err(|_| bad(cursor))?),
            Kind::Text => query.push_bind(value),
        };
        if self.tie.is_some() {
            query.push(", ").push_bind(tie);
        }
        query.push(")");
        Ok(())
    }

    pub(super) fn order(&self, query: &mut QueryBuilder<'_, Postgres>, descending: bool) {
        let direction = if descending { "desc" } else { "asc" };
        query.push(format_args!(" order by {} {direction}", self.sort.column));
        if let Some(tie) = self.tie {
            query.push(format_args!(", {tie} {direction}"));
        }
    }
}
