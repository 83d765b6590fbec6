//! Tables in Markdown.

use super::number::number;
use crate::{
    results::{Figure, Results},
    works::{CALLERS, Work, callers},
};

/// Rows under a heading.
pub(super) struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(head: &[&str]) -> Self {
        Self { head: head.iter().map(|text| (*text).to_owned()).collect(), rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    pub(super) fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let rule = self.head.iter().enumerate().map(|(place, _)| if place == 0 { "---" } else { "---:" });
        let rule = format!("| {} |\n", rule.collect::<Vec<_>>().join(" | "));
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        line(&self.head) + &rule + &rows
    }
}

/// The median, and the lowest and highest round behind it.
fn cell(figure: &Figure) -> String {
    let (lowest, highest) = figure.spread();
    match figure.rounds.len() {
        0 | 1 => number(figure.median()),
        _ => format!("**{}** ({} – {})", number(figure.median()), number(lowest), number(highest)),
    }
}

/// Who did it against how many called.
pub(super) fn by_callers(results: &Results, suffix: &str) -> String {
    let mut head = vec!["who".to_owned()];
    head.extend(CALLERS.map(callers));
    let mut table = Table { head, rows: Vec::new() };
    for who in names(results, Work::Append) {
        let find = |count| {
            let case = format!("{}{suffix}", callers(count));
            results.of(Work::Append).find(|figure| figure.key.who == who && figure.key.case == case)
        };
        let cells: Vec<_> = CALLERS.iter().map(|count| find(*count).map_or("–".to_owned(), cell)).collect();
        if cells.iter().any(|cell| cell != "–") {
            table.row([vec![who], cells].concat());
        }
    }
    table.markdown()
}

/// Every figure of a work, one below another.
pub(super) fn plain(results: &Results, work: Work) -> String {
    let mut table = Table::new(&["who", "what", "median (lowest – highest)", "unit"]);
    for figure in results.of(work) {
        let key = &figure.key;
        table.row(vec![key.who.clone(), key.case.clone(), cell(figure), figure.unit.clone()]);
    }
    table.markdown()
}

/// Who was measured, in the order in which they were.
pub(super) fn names(results: &Results, work: Work) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for figure in results.of(work) {
        if !names.contains(&figure.key.who) {
            names.push(figure.key.who.clone());
        }
    }
    names
}
