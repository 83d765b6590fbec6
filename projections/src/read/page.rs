//! Pages of a list, and cursors: the sort value and the id of a row, so that a page stays where it is while rows come and go.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::SecondsFormat;
use escalon_domain::stamp::Timestamp;

use crate::error::ReadError;

/// How many rows a page has when nothing is said.
const USUAL: u32 = 50;
/// How many it has at most.
const MOST: u32 = 1_000;

/// Which part of a list: so many from its beginning (`first`, after a cursor) or from its end (`last`, before a cursor).
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// So many from the beginning; at most 1,000, 50 when nothing is said.
    pub first: Option<u32>,
    /// So many from the end.
    pub last: Option<u32>,
    /// Behind the row with this cursor.
    pub after: Option<String>,
    /// Ahead of the row with this cursor.
    pub before: Option<String>,
}

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Slice<T> {
    /// The rows, each with its cursor.
    pub items: Vec<(String, T)>,
    /// Whether more rows follow.
    pub has_next: bool,
    /// Whether rows come before.
    pub has_previous: bool,
    /// How many rows the whole list has; none when there are too many to count each time.
    pub total: Option<i64>,
}

impl Page {
    /// The first so many rows.
    #[must_use]
    pub fn first(rows: u32) -> Self {
        Self { first: Some(rows), ..Self::default() }
    }

    /// How many rows, and whether from the end.
    pub(crate) fn size(&self) -> Result<(u32, bool), ReadError> {
        match (self.first, self.last) {
            (Some(_), Some(_)) => {
                Err(ReadError::BadPage { message: "ask for the first or for the last rows, not for both" })
            }
            (None, Some(last)) => Ok((last.min(MOST), true)),
            (first, None) => Ok((first.unwrap_or(USUAL).min(MOST), false)),
        }
    }
}

/// A moment as it stands in a cursor, to the microsecond, as the database keeps it.
pub(crate) fn cursor_moment(moment: Timestamp) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The cursor of a row in a list sorted by this column.
pub(crate) fn encode(column: &str, value: &str, id: &str) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::json!([column, value, id]).to_string())
}

/// The sort value and id in a cursor of a list sorted by this column.
pub(crate) fn decode(cursor: &str, column: &str) -> Result<(String, String), ReadError> {
    let read = || -> Option<(String, String)> {
        let json = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (sorted_by, value, id): (String, String, String) = serde_json::from_slice(&json).ok()?;
        let whole = !value.contains('\0') && !id.contains('\0');
        (sorted_by == column && whole).then_some((value, id))
    };
    read().ok_or_else(|| bad(cursor))
}

pub(crate) fn bad(cursor: &str) -> ReadError {
    ReadError::BadCursor { cursor: cursor.chars().take(80).collect() }
}
