//! One generation's tables inside a transaction, and the two ways in which events become rows: keyed folds and lists.
//!
//! Both cost a fixed number of statements for a batch, however many events it has.

use std::collections::HashMap;

use escalon_infrastructure::store_error;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::PgConnection;

use crate::{error::ProjectionError, happening::Happening};

/// A row of a table; declared with [`row!`](crate::row).
pub trait Row: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static {
    /// The table.
    const TABLE: &'static str;
    /// The columns that are written; generated ones are not among them.
    const COLUMNS: &'static [&'static str];

    /// The columns of this alias, for a select list.
    #[must_use]
    fn columns(alias: &str) -> String {
        Self::COLUMNS.iter().map(|column| format!("{alias}.{column}")).collect::<Vec<_>>().join(", ")
    }
}

/// A pure fold: one row per key, made and changed by events.
pub trait Fold {
    /// The row; its first column is the key, a text.
    type Row: Row;

    /// Which row the event concerns, if it concerns one.
    fn key<'h>(happening: &'h Happening<'_>) -> Option<&'h str>;

    /// The row after the event; none when it is to go, or is not to come.
    fn apply(row: Option<Self::Row>, happening: &Happening<'_>) -> Option<Self::Row>;
}

/// Declares a row: a struct whose fields are the columns of a table, the key first.
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* pub struct $name:ident in $table:literal { $($(#[$about:meta])* pub $field:ident: $type:ty),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, sqlx::FromRow)]
        pub struct $name { $($(#[$about])* pub $field: $type),+ }

        impl $crate::tables::Row for $name {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];
        }
    };
}

/// The tables of one generation, inside a transaction.
pub struct Tables<'c> {
    connection: &'c mut PgConnection,
    schema: &'c str,
}

impl<'c> Tables<'c> {
    /// The tables in this schema.
    pub const fn new(connection: &'c mut PgConnection, schema: &'c str) -> Self {
        Self { connection, schema }
    }

    /// Takes a batch through a fold: one statement to read the rows it touches, one to write those that changed, and one
    /// to delete, if there is anything to delete.
    ///
    /// # Errors
    /// The database failed.
    pub async fn fold<F: Fold>(&mut self, happenings: &[Happening<'_>]) -> Result<(), ProjectionError> {
        let touching: Vec<(&str, &Happening<'_>)> =
            happenings.iter().filter_map(|happening| Some((F::key(happening)?, happening))).collect();
        if touching.is_empty() {
            return Ok(());
        }
        let mut keys: Vec<&str> = touching.iter().map(|(key, _)| *key).collect();
        keys.sort_unstable();
        keys.dedup();
        let before = self.load::<F::Row>(&keys).await?;
        let mut now: HashMap<&str, Option<F::Row>> =
            keys.iter().map(|key| (*key, before.get(*key).cloned())).collect();
        for (key, happening) in touching {
            if let Some(row) = now.get_mut(key) {
                *row = F::apply(row.take(), happening);
            }
        }
        let changed: Vec<&F::Row> = keys
            .iter()
            .filter_map(|key| now[key].as_ref().filter(|row| before.get(*key) != Some(*row)))
            .collect();
        let gone: Vec<&str> =
            keys.iter().copied().filter(|key| before.contains_key(*key) && now[key].is_none()).collect();
        self.write(&changed, true).await?;
        self.delete::<F::Row>(&gone).await
    }

    /// Adds rows that are made of single events; those that are there stay as they are.
    ///
    /// # Errors
    /// The database failed.
    pub async fn append<R: Row>(&mut self, rows: &[R]) -> Result<(), ProjectionError> {
        self.write(&rows.iter().collect::<Vec<_>>(), false).await
    }

    async fn load<R: Row>(&mut self, keys: &[&str]) -> Result<HashMap<String, R>, ProjectionError> {
        let (schema, table, key) = (self.schema, R::TABLE, R::COLUMNS[0]);
        let columns = R::COLUMNS.join(", ");
        let sql = format!(
            "select t.{key}, row_to_json(t)::text from (select {columns} from {schema}.{table} where {key} = any($1)) t"
        );
        let found: Vec<(String, String)> = sqlx::query_as(&sql)
            .bind(keys)
            .fetch_all(&mut *self.connection)
            .await
            .map_err(store_error("reading rows"))?;
        let parse = |(key, text): (String, String)| match serde_json::from_str(&text) {
            Ok(row) => Ok((key, row)),
            Err(source) => Err(ProjectionError::Row { table: R::TABLE, done: "read", source }),
        };
        found.into_iter().map(parse).collect()
    }

    async fn write<R: Row>(&mut self, rows: &[&R], replace: bool) -> Result<(), ProjectionError> {
        if rows.is_empty() {
            return Ok(());
        }
        let json = serde_json::to_string(rows);
        let json =
            json.map_err(|source| ProjectionError::Row { table: R::TABLE, done: "written", source })?;
        let (schema, table, columns) = (self.schema, R::TABLE, R::COLUMNS.join(", "));
        let conflict = if replace {
            let sets: Vec<_> =
                R::COLUMNS[1..].iter().map(|column| format!("{column} = excluded.{column}")).collect();
            format!("({}) do update set {}", R::COLUMNS[0], sets.join(", "))
        } else {
            "do nothing".to_owned()
        };
        let sql = format!(
            "insert into {schema}.{table} ({columns})
             select {columns} from json_populate_recordset(null::{schema}.{table}, $1::json) on conflict {conflict}"
        );
        let written = sqlx::query(&sql).bind(without_nul(json)).execute(&mut *self.connection).await;
        written.map_err(store_error("writing rows"))?;
        Ok(())
    }

    async fn delete<R: Row>(&mut self, keys: &[&str]) -> Result<(), ProjectionError> {
        if keys.is_empty() {
            return Ok(());
        }
        let sql = format!("delete from {}.{} where {} = any($1)", self.schema, R::TABLE, R::COLUMNS[0]);
        let deleted = sqlx::query(&sql).bind(keys).execute(&mut *self.connection).await;
        deleted.map_err(store_error("deleting rows"))?;
        Ok(())
    }
}

/// JSON text that Postgres can hold: it has no place for the character NUL, which becomes U+FFFD.
fn without_nul(json: String) -> String {
    if !json.contains("\\u0000") {
        return json;
    }
    let mut clean = String::with_capacity(json.len());
    let mut rest = json.as_str();
    while let Some(place) = rest.find('\\') {
        let (before, escape) = rest.split_at(place);
        clean.push_str(before);
        // An escape is two characters or more, and the second may be a backslash that begins no escape of its own.
        let length = if escape.starts_with("\\u0000") { 6 } else { 2 };
        clean.push_str(if length == 6 { "\u{fffd}" } else { &escape[..2] });
        rest = &escape[length..];
    }
    clean + rest
}

#[cfg(test)]
mod tests {
    use super::without_nul;

    #[test]
    fn nul_is_replaced_and_what_looks_like_it_is_not() {
        let text = serde_json::to_string("a\0b \\u0000 \\\0 \n é").unwrap();
        let clean: String = serde_json::from_str(&without_nul(text)).unwrap();
        assert_eq!(clean, "a\u{fffd}b \\u0000 \\\u{fffd} \n é");
    }
}
