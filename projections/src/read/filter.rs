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

/// The same by the row itself, for rows that are at hand anyway.
pub(crate) fn has_words(query: &mut QueryBuilder<'_, Postgres>, column: &str, text: Option<&str>) {
    if let Some(text) = text.and_then(prefix_query) {
        query.push(format_args!(" and {column} @@ to_tsquery('simple', ")).push_bind(text).push(")");
    }
}

/// Where to look for rows with these words and all of these facts, see
/// [`Searched::facts`](crate::projection::Searched::facts): in an index, or in the table when it is asked for neither. What
/// is found may have fewer of the words. A word that begins many others is costly to look up, so beside facts, which leave
/// little, one word is enough.
pub(crate) fn found(
    query: &mut QueryBuilder<'_, Postgres>,
    table: &str,
    text: Option<&str>,
    facts: Vec<String>,
) {
    let mut words = text.map(words).unwrap_or_default();
    if !facts.is_empty() {
        words = words.into_iter().max_by_key(String::len).into_iter().collect();
    }
    if words.is_empty() && facts.is_empty() {
        query.push(table);
    } else {
        query.push(format_args!("{table}_matching(")).push_bind(words.join(" & "));
        query.push(", ").push_bind(facts).push(")");
    }
}

/// A query for rows that have, for each of these words, a word that begins like it; none when there are no words.
fn prefix_query(text: &str) -> Option<String> {
    let words = words(text);
    (!words.is_empty()).then(|| words.join(" & "))
}

/// The words of a text, each as a query for words that begin like it: quoted, so the database splits it as it splits the
/// text.
fn words(text: &str) -> Vec<String> {
    let bare = |word: &str| word.replace(['\'', '\\', '\0'], " ").trim().to_owned();
    text.split_whitespace()
        .map(bare)
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(|word| format!("'{word}':*"))
        .take(16)
        .collect()
}
