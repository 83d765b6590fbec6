//! What an import did, and what did not fit.

use serde::Serialize;

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Lines read, with those that could not be used, without the header.
    pub rows: u64,
    /// Tickets opened.
    pub tickets: u64,
    /// Events recorded.
    pub events: u64,
    /// Incidents that had been imported completely before.
    pub skipped_incidents: u64,
    /// What did not fit, by line.
    pub misfits: Vec<Misfit>,
    /// Rows whose time lay before their ticket's latest step, and which were given that step's time.
    pub adjusted: u64,
    /// Resolutions that the log does not have but a later reopening needs.
    pub inferred: u64,
}

/// Something in the log that could not be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Misfit {
    /// Its line in the file; the header is line 1.
    pub line: u64,
    /// The incident, when that can be told.
    pub number: Option<String>,
    /// What does not fit, and what was done instead.
    pub message: String,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(number) = &self.number {
            write!(f, " ({number})")?;
        }
        write!(f, ": {}", self.message)
    }
}
