//! What verification found out.

use super::{Fault, Finding, Place};
use crate::export::{EventLine, Moment};

/// How many findings are kept; a file that is something else entirely would have one a line.
const MOST: usize = 100;

/// What was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subject {
    /// An exported history.
    #[default]
    History,
    /// A proof for one event.
    Event,
    /// A proof between two checkpoints.
    Consistency,
}

/// What was checked, and what is wrong.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What it was.
    pub subject: Subject,
    /// Of which tree, by the file's own words.
    pub origin: Option<String>,
    /// How many events were read.
    pub events: u64,
    /// Of how many streams.
    pub streams: u64,
    /// When the first of them was stored, and the last.
    pub recorded: Option<(Moment, Moment)>,
    /// How many checkpoints in it have a right signature and a right root.
    pub checkpoints: u64,
    /// The key that signed the last good checkpoint, as `name+id`.
    pub signer: Option<String>,
    /// How many checkpoints kept elsewhere agree.
    pub kept: u64,
    /// Whether the leaves in the file are those that were signed, so that no other lines than those named were changed.
    pub pinned: bool,
    /// What is wrong, in the order of the lines.
    pub findings: Vec<Finding>,
    /// How many further findings there were.
    pub unlisted: u64,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.findings.is_empty()
    }

    pub(super) fn add(&mut self, line: u64, event: Option<&EventLine<'_>>, fault: impl Into<Fault>) {
        if self.findings.len() >= MOST {
            self.unlisted += 1;
            return;
        }
        let event = event.map(|event| Place {
            position: event.position,
            stream: event.id.clone().into_owned(),
            sequence: event.sequence,
        });
        self.findings.push(Finding { line, event, fault: fault.into() });
    }

    pub(super) fn replace(&mut self, finding: usize, fault: Fault) {
        if let Some(finding) = self.findings.get_mut(finding) {
            finding.fault = fault;
        }
    }
}
