//! Tables of moves: what each command leads to at each status, for people to read and for the tests to hold the code to.
//!
//! A cell is the status after the command, `=` where it is already so, `✘` for an illegal transition that names exactly
//! the legal ones, or the code of another refusal (`NotFound`).

use escalon_domain::{
    aggregate::Aggregate,
    refusal::{Refusal, RefusalCode},
};

use crate::harness::Scenario;

/// Rows and columns, read from a text with one row a line and `|` between the cells.
pub(crate) struct Table {
    columns: Vec<&'static str>,
    rows: Vec<(&'static str, Vec<&'static str>)>,
}

impl Table {
    pub(crate) fn read(text: &'static str) -> Self {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let mut cells = || lines.next().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
        let columns = cells().unwrap()[1..].to_vec();
        let mut rows = Vec::new();
        while let Some(row) = cells() {
            assert_eq!(row.len(), columns.len() + 1, "{row:?} does not have a cell for each of {columns:?}");
            rows.push((row[0], row[1..].to_vec()));
        }
        Self { columns, rows }
    }

    /// The names of its columns: statuses.
    pub(crate) fn columns(&self) -> &[&'static str] {
        &self.columns
    }

    /// The names of its rows: commands.
    pub(crate) fn rows(&self) -> Vec<&'static str> {
        self.rows.iter().map(|(row, _)| *row).collect()
    }

    /// The commands that lead somewhere from here.
    pub(crate) fn legal(&self, column: usize) -> Vec<&'static str> {
        let leads = |cell: &str| cell.starts_with(|c: char| c.is_ascii_lowercase());
        self.rows.iter().filter(|(_, cells)| leads(cells[column])).map(|(row, _)| *row).collect()
    }

    /// Gives every command at every status and compares with the cell; all differences are shown at once.
    #[track_caller]
    pub(crate) fn holds<A: Aggregate>(
        &self,
        given: impl Fn(&str) -> Scenario<A>,
        command: impl Fn(&str) -> A::Command,
        status: impl Fn(&A) -> String,
    ) {
        let mut differences = Vec::new();
        for (place, column) in self.columns.iter().enumerate() {
            let before = status(&given(column).state());
            assert_eq!(&before, column, "the history for this column leads to another status");
            for (row, cells) in &self.rows {
                let outcome = given(column).when(command(row));
                let found = match &outcome.result {
                    Ok(events) if events.is_empty() => "=".to_owned(),
                    Ok(_) => status(&outcome.after()),
                    Err(refusal) => self.refusal(refusal, cells[place], place),
                };
                if found != cells[place] {
                    differences
                        .push(format!("{row} when {column}: expected {}, found {found}", cells[place]));
                }
            }
        }
        assert!(differences.is_empty(), "\n{}", differences.join("\n"));
    }

    /// `✘` for an illegal transition that names the legal ones in its message, too; else the code.
    fn refusal(&self, refusal: &impl Refusal, cell: &str, column: usize) -> String {
        if cell != "✘" || refusal.code() != RefusalCode::InvalidTransition {
            return format!("{:?}", refusal.code());
        }
        let (legal, allowed, message) = (self.legal(column), refusal.allowed(), refusal.to_string());
        if allowed == legal && legal.iter().all(|action| message.contains(action)) {
            return "✘".to_owned();
        }
        format!("✘ with allowed {allowed:?} instead of {legal:?}: {message}")
    }
}
