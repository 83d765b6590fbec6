//! The conditions that many lists share.

use sqlx::{Postgres, QueryBuilder};

/// The column has this value, if one is asked for.
pub(crate) fn equals(query: &mut QueryBuilder<'_, Postgres>, column: &str, value: Option<&String>) {
    if let Some(value) = value {
        query.push(format_args!(" and {column} = ")).push_bind(value.clone());
    }
}

/// The column has one of these values, if any are asked for.
pub(crate) fn among(query: &mut QueryBuilder<'_, Postgres>, column: &str, values: &[String]) {
    if !values.is_empty() {
        query.push(format_args!(" and {column} = any(")).push_bind(values.to_vec()).push(")");
    }
}

/// A pattern for `ilike` that finds the text anywhere, whatever characters it has.
pub(crate) fn contains(text: &str) -> String {
    let escaped = text.trim().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// The row has, for each word of the text, a word that begins like it.
pub(crate) fn matches(query: &mut QueryBuilder<'_, Postgres>, key: &str, table: &str, text: Option<&str>) {
    if let Some(text) = text.and_then(prefix_query) {
        query.push(format_args!(" and {key} in (select * from {table}_matching(")).push_bind(text).push("))");
    }
}

/// A query for rows that have, for each of these words, a word that begins like it; none when there are no words.
/// Each word is quoted, so the database splits it as it splits the text.
fn prefix_query(text: &str) -> Option<String> {
    let bare = |word: &str| word.replace(['\'', '\\', '\0'], " ").trim().to_owned();
    let words: Vec<String> = text
        .split_whitespace()
        .map(bare)
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(|word| format!("'{word}':*"))
        .take(16)
        .collect();
    (!words.is_empty()).then(|| words.join(" & "))
}
