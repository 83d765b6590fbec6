//! A checksum of tables that does not depend on the order of their rows.

use std::fmt;

use serde::{Serialize, Serializer};
use sqlx::PgConnection;

use super::catalogue::failed;
use crate::error::ProjectionError;

/// For each table its number of rows and the sum of their 64-bit hashes: `ticket:12438:09ab…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum(String);

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Checksum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The checksum of these tables as the transaction sees them. Every column counts.
pub(super) async fn of(
    connection: &mut PgConnection,
    schema: &str,
    tables: &[&str],
) -> Result<Checksum, ProjectionError> {
    let operation = "reading a checksum";
    // The text of a row shows moments in the session's time zone.
    sqlx::query("set local timezone = 'UTC'").execute(&mut *connection).await.map_err(failed(operation))?;
    let mut parts = Vec::new();
    for table in tables {
        let sql = format!(
            "select count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text from {schema}.{table} t"
        );
        let (count, sum): (i64, String) =
            sqlx::query_as(&sql).fetch_one(&mut *connection).await.map_err(failed(operation))?;
        // A sum of 64-bit numbers fits into 128 bits for as many rows as there can be; its low half is the checksum.
        let sum = sum.parse::<i128>().unwrap_or_default() as u64;
        parts.push(format!("{table}:{count}:{sum:016x}"));
    }
    Ok(Checksum(parts.join(" ")))
}
