//! Comma-separated values as in RFC 4180: a header, lines that end with CR LF, quotes where they are needed, UTF-8. An empty
//! field is null or an empty text.
//!
//! Spreadsheets take a field that begins with certain signs for a formula, so a text that anybody could have written might
//! make them fetch an address or run a command. Such texts get an apostrophe before them, which spreadsheets take as: this
//! is text. Numbers, moments and days are ours and stay as they are.

use std::io;

use ::csv::{QuoteStyle, Terminator, Writer, WriterBuilder};
use chrono::SecondsFormat;
use escalon_projections::analytics::{Cell, View};

use super::{Rows, file::Unfinished};

/// What a formula may begin with; the wide forms are what some spreadsheets read as the narrow ones.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

pub(super) struct CsvRows {
    writer: Writer<Unfinished>,
}

impl CsvRows {
    pub(super) fn new(view: &View, file: Unfinished) -> io::Result<Self> {
        let mut builder = WriterBuilder::new();
        let mut writer =
            builder.terminator(Terminator::CRLF).quote_style(QuoteStyle::Necessary).from_writer(file);
        writer.write_record(view.columns.iter().map(|column| column.name)).map_err(io::Error::from)?;
        Ok(Self { writer })
    }
}

impl Rows for CsvRows {
    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        self.writer.write_record(cells.iter().map(field)).map_err(io::Error::from)
    }

    fn finish(self: Box<Self>) -> io::Result<Unfinished> {
        self.writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
    }
}

fn field(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Text(text) => harmless(text),
        Cell::Integer(number) => number.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Moment(moment) => moment.to_rfc3339_opts(SecondsFormat::Micros, true),
        Cell::Day(day) => day.to_string(),
    }
}

fn harmless(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_becomes_text_and_numbers_stay_numbers() {
        for text in ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert_eq!(field(&Cell::Text(text.to_owned())), format!("'{text}"));
        }
        assert_eq!(field(&Cell::Text("a=b".to_owned())), "a=b");
        assert_eq!(
            (field(&Cell::Integer(-1)), field(&Cell::Number(-0.5))),
            ("-1".to_owned(), "-0.5".to_owned())
        );
    }
}
