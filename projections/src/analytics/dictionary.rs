//! The data dictionary, made from the views' definition.

use std::fmt::Write;

use super::{
    VIEWS,
    definition::{Column, View},
};

const HEAD: &str = "# Data dictionary

The views of the schema `analytics`, and the columns of `escalon export`. Written by `make doc` from their definition in
`projections/src/analytics/views/`; [analytics.md](analytics.md) says how to read them.

Columns are only ever added, at the end of a view. Moments and days are in UTC. A personal column shows what stands under
*masked* to whoever was not granted personal data; a value that was forgotten is null for everybody.
";

/// The data dictionary as Markdown.
#[must_use]
pub fn dictionary() -> String {
    let mut text = HEAD.to_owned();
    text.push('\n');
    for view in VIEWS {
        let columns = view.columns.len();
        _ = writeln!(text, "- [`{}`](#{0}): {}, {columns} columns", view.name, view.rows);
    }
    for view in VIEWS {
        section(&mut text, view);
    }
    text
}

fn section(text: &mut String, view: &View) {
    let key: Vec<_> = view.key.iter().map(|name| format!("`{name}`")).collect();
    _ = writeln!(text, "\n## {}\n\n{}\n\nKey: {}.\n", view.name, view.comment(), key.join(", "));
    text.push_str("| column | type | unit | masked | meaning |\n| --- | --- | --- | --- | --- |\n");
    for Column { name, kind, unit, mask, meaning, .. } in view.columns {
        let mask = mask.map(|mask| format!("`{}`", mask.example())).unwrap_or_default();
        let (kind, unit) = (kind.sql(), unit.unwrap_or_default());
        _ = writeln!(text, "| `{name}` | {kind} | {unit} | {mask} | {meaning} |");
    }
}
