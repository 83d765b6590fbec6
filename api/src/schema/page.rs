//! Lists that grow: Relay connections of at most 100 at once.

use std::{fmt::Display, str::FromStr};

use async_graphql::{
    ID, OutputType, Result, SimpleObject,
    connection::{Connection, Edge},
};
use escalon_projections::{Page, ReadError, Slice};

use super::{
    error::{bad_input, read_error, request_error},
    once::maybe,
};

/// The most that can be asked for at once.
pub(super) const LARGEST_PAGE: i32 = 100;

/// What a list says beside its page.
#[derive(Debug, SimpleObject)]
pub(super) struct Total {
    /// How many there are in all, where that is known cheaply.
    total_count: Option<i64>,
}

/// A page of a list.
pub(super) type List<T> = Connection<String, T, Total>;

/// An empty page with what is around it.
pub(super) fn list<T: OutputType>(has_previous: bool, has_next: bool, total_count: Option<i64>) -> List<T> {
    Connection::with_additional_fields(has_previous, has_next, Total { total_count })
}

/// The size of a page.
pub(super) fn size(argument: &str, given: i32) -> Result<usize> {
    let wrong = || bad_input(format!("{argument} needs a number from 0 to {LARGEST_PAGE}; this is {given}"));
    usize::try_from(given).ok().filter(|_| given <= LARGEST_PAGE).ok_or_else(wrong)
}

/// A page of a list that is at hand and only ever grows at its end: cursors are places in it, from 1.
pub(super) fn page<T: OutputType>(items: Vec<T>, first: i32, after: Option<&str>) -> Result<List<T>> {
    let wanted = size("first", first)?;
    let place = after.map(str::parse::<usize>).transpose();
    let begin =
        place.map_err(|_| bad_input("after needs a cursor as pageInfo.endCursor gives it"))?.unwrap_or(0);
    let total = items.len();
    let mut list =
        list(begin > 0 && total > 0, begin.saturating_add(wanted) < total, i64::try_from(total).ok());
    let numbered = items.into_iter().enumerate().skip(begin).take(wanted);
    list.edges.extend(numbered.map(|(place, item)| Edge::new((place + 1).to_string(), item)));
    Ok(list)
}

/// The part of a list of a read model that was asked for.
pub(super) fn part(
    first: Option<i32>,
    last: Option<i32>,
    after: Option<String>,
    before: Option<String>,
) -> Result<Page> {
    let rows = |argument, given: Option<i32>| {
        let size = given.map(|given| size(argument, given)).transpose()?;
        Ok::<_, async_graphql::Error>(size.and_then(|size| u32::try_from(size).ok()))
    };
    if first.is_some() == last.is_some() {
        return Err(bad_input(format!("give either first or last, a number up to {LARGEST_PAGE}")));
    }
    Ok(Page { first: rows("first", first)?, last: rows("last", last)?, after, before })
}

/// A part of a list of a read model, as a connection.
pub(super) fn connection<R, T: OutputType>(
    slice: std::result::Result<Slice<R>, ReadError>,
    convert: impl Fn(R) -> Result<T>,
) -> Result<List<T>> {
    let slice = slice.map_err(read_error)?;
    let mut list = list(slice.has_previous, slice.has_next, slice.total);
    for (cursor, row) in slice.items {
        list.edges.push(Edge::new(cursor, convert(row)?));
    }
    Ok(list)
}

/// An id in a filter, checked.
pub(super) fn checked<T: FromStr<Err: Display> + Display>(
    name: &str,
    id: Option<&ID>,
) -> Result<Option<String>> {
    let checked = maybe::<T, 1>([name], id.map(|id| &id.0)).map_err(request_error)?;
    Ok(checked.map(|id| id.to_string()))
}
