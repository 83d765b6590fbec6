//! Views as SQL.

use std::collections::BTreeMap;

use super::definition::{Column, View};

/// Where the tables of the read models are now: `ticket` → `read_ticket_inbox_3.ticket`.
pub(super) type Places = BTreeMap<&'static str, String>;

/// The rows of a view as a query, or none while one of its read models is not built yet.
pub(super) fn query(view: &View, places: &Places) -> Option<String> {
    let columns: Vec<_> = view.columns.iter().map(expression).collect();
    placed(&format!("select {} from {}", columns.join(",\n    "), view.from), places)
}

/// Whoever asks sees personal data in clear only when they were granted it; the question is put once a query.
fn expression(column: &Column) -> String {
    let Column { name, kind, mask, sql, .. } = column;
    let shown = match mask {
        Some(mask) => {
            let function = mask.function();
            format!(
                "case when (select escalon.analyst_unmasked()) then {sql} else escalon.{function}({sql}) end"
            )
        }
        None => (*sql).to_owned(),
    };
    format!("({shown})::{} as {name}", kind.sql())
}

/// Puts a table's present place where its name stands in braces.
fn placed(sql: &str, places: &Places) -> Option<String> {
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('{') {
        let (table, after) = after.split_once('}')?;
        text.push_str(before);
        text.push_str(places.get(table)?);
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// The statements that make a view, say what it and its columns mean, and let analysts read it.
pub(super) fn create(view: &View, query: &str) -> String {
    let name = view.name;
    let mut sql = format!(
        "create or replace view analytics.{name} with (security_barrier = true) as {query};
         grant select on analytics.{name} to escalon_analyst, escalon_app;
         comment on view analytics.{name} is {};",
        quoted(&view.comment())
    );
    for column in view.columns {
        let comment = quoted(&column.comment());
        sql.push_str(&format!("\ncomment on column analytics.{name}.{} is {comment};", column.name));
    }
    sql
}

impl View {
    /// What its rows are and what it is for.
    pub(super) fn comment(&self) -> String {
        format!("{}. {}", capital(self.rows), self.meaning)
    }

    /// The rows in the order of the view's key.
    pub(super) fn ordered(&self, query: &str) -> String {
        format!("select * from ({query}) as {} order by {}", self.name, self.key.join(", "))
    }
}

impl Column {
    /// What it means, in what it is measured, and how it is masked.
    pub(super) fn comment(&self) -> String {
        let mut text = self.meaning.to_owned();
        if let Some(unit) = self.unit {
            text.push_str(&format!(" In {unit}."));
        }
        if let Some(mask) = self.mask {
            text.push_str(&format!(" Masked: {}", mask.example()));
        }
        text
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{analytics::VIEWS, projection::catalogue};

    fn places() -> Places {
        let tables = catalogue().into_iter().flat_map(|projection| projection.tables().iter());
        tables.map(|table| (*table, format!("read.{table}"))).collect()
    }

    #[test]
    fn every_view_names_tables_that_there_are_and_its_own_columns() {
        let mut names = std::collections::BTreeSet::new();
        for view in VIEWS {
            assert!(query(view, &places()).is_some(), "{}", view.name);
            assert!(query(view, &Places::new()).is_none(), "{}", view.name);
            assert!(names.insert(view.name), "{} is there twice", view.name);
            let mut columns = std::collections::BTreeSet::new();
            for column in view.columns {
                assert!(columns.insert(column.name), "{}.{} is there twice", view.name, column.name);
                assert!(column.meaning.ends_with('.'), "{}.{}", view.name, column.name);
            }
            assert!(view.key.iter().all(|key| columns.contains(key)), "{}", view.name);
        }
    }
}
