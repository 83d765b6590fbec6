//! Tables with rows in them, inside a transaction: a fixed number of statements for a batch.

use std::collections::HashMap;

use escalon_infrastructure::{store_error, subscription::Poison};
use sqlx::PgConnection;

use super::{Fold, Row};
use crate::{error::ProjectionError, happening::Happening};

/// The tables in a schema, with the rows they have.
pub(super) struct Filled<'c> {
    connection: &'c mut PgConnection,
    schema: &'c str,
}

impl<'c> Filled<'c> {
    pub(super) const fn new(connection: &'c mut PgConnection, schema: &'c str) -> Self {
        Self { connection, schema }
    }

    pub(super) async fn fold<F: Fold>(
        &mut self,
        happenings: &[Happening<'_>],
    ) -> Result<(), ProjectionError> {
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

    pub(super) async fn append<R: Row>(&mut self, rows: &[R]) -> Result<(), ProjectionError> {
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
            Err(error) => Err(row::<R>("read", &error)),
        };
        found.into_iter().map(parse).collect()
    }

    async fn write<R: Row>(&mut self, rows: &[&R], replace: bool) -> Result<(), ProjectionError> {
        if rows.is_empty() {
            return Ok(());
        }
        let json = serde_json::to_string(rows).map_err(|error| row::<R>("written", &error))?;
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

/// A row that has no JSON form, or whose stored form is not the row's.
fn row<R: Row>(done: &'static str, error: &serde_json::Error) -> ProjectionError {
    Poison::Row { table: R::TABLE, done, source: error.into() }.into()
}

/// JSON text that Postgres can hold: it has no place for the character NUL, which becomes U+FFFD.
pub(super) fn without_nul(json: String) -> String {
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
