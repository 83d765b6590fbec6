//! Checking what was handed on, line by line, in memory that grows with the number of streams and not of events.
//!
//! Each event of an exported history is bound three times: by the chain of its stream, by its leaf, and by the signed
//! root over all leaves. The first two are in the file and say *where* something was changed. Whoever changes them, too,
//! is found by the root, and then the checkpoints in between, and those kept elsewhere, say between which two it was.

mod event;
mod finding;
mod history;
mod kept;
mod proof;
mod report;

pub use finding::{Fault, Finding, Place};
pub use history::Verifier;
pub use kept::{Kept, NotKept};
pub use proof::verify_proof;
pub use report::{Report, Subject};

use serde::Deserialize;

use crate::export::{CONSISTENCY_PROOF, EVENT_PROOF};

/// What a file with this first line seems to be.
#[must_use]
pub fn subject(first_line: &[u8]) -> Subject {
    #[derive(Deserialize)]
    struct Format {
        format: String,
    }
    match serde_json::from_slice::<Format>(first_line) {
        Ok(Format { format }) if format == EVENT_PROOF => Subject::Event,
        Ok(Format { format }) if format == CONSISTENCY_PROOF => Subject::Consistency,
        _ => Subject::History,
    }
}
