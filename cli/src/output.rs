//! What is printed: answers on the standard output, everything else on the standard error.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use comfy_table::{Table, TableComponent, presets};
use serde::Serialize;
use serde_json::Value;

use crate::problem::Problem;

/// What a command has to say, for machines and for people.
#[derive(Debug)]
pub(crate) struct Answer {
    json: Value,
    text: String,
    failed: bool,
}

impl Answer {
    pub(crate) fn new(json: &impl Serialize, text: impl Into<String>) -> Result<Self, Problem> {
        Ok(Self { json: serde_json::to_value(json)?, text: text.into(), failed: false })
    }

    /// Nothing to say.
    pub(crate) fn none() -> Self {
        Self { json: Value::Null, text: String::new(), failed: false }
    }

    /// An answer that is bad news: the command found something wrong.
    pub(crate) fn failed(self, failed: bool) -> Self {
        Self { failed, ..self }
    }

    pub(crate) fn exit(&self) -> ExitCode {
        if self.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

/// Prints an answer: one JSON document, or the text.
pub(crate) fn answer(answer: &Answer, json: bool) {
    match (json, &answer.json) {
        (true, Value::Null) => {}
        (true, value) => say(&format!("{value:#}")),
        (false, _) if answer.text.is_empty() => {}
        (false, _) => say(&answer.text),
    }
}

/// Prints a line at once. Whoever closed the pipe does not want it.
pub(crate) fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Prints what went wrong, and the cure.
pub(crate) fn problem(problem: &Problem) {
    let mut out = io::stderr().lock();
    let _ = writeln!(out, "escalon: {}", problem.message);
    if let Some(cure) = &problem.cure {
        let _ = writeln!(out, "  {cure}");
    }
}

/// A table with a header.
pub(crate) fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(header);
    for line in [TableComponent::HeaderLines, TableComponent::MiddleHeaderIntersections] {
        table.set_style(line, '─');
    }
    for row in rows {
        table.add_row(row);
    }
    table.to_string()
}

/// A number with its thousands apart: `12,438`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(
            ["0", "999", "1,000", "12,438", "1,000,000"],
            [0, 999, 1_000, 12_438, 1_000_000].map(grouped)[..]
        );
    }
}
