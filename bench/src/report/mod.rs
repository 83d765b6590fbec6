//! The page, generated from the figures of one run and nothing else.

mod chart;
mod number;
mod page;
mod table;

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{Result, results::Results};

fn workspace() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Where the page of a whole run goes.
pub(crate) fn docs() -> PathBuf {
    workspace().join("docs")
}

/// Where the page of a short look goes.
pub(crate) fn scratch() -> PathBuf {
    workspace().join("target/bench")
}

/// Writes the page and its charts from the results in this directory.
pub(crate) fn render(directory: &Path) -> Result<()> {
    let results = Results::read(directory)?;
    for (name, svg) in page::charts(&results) {
        fs::write(directory.join("benchmarks").join(name), svg)?;
    }
    fs::write(directory.join("benchmarks.md"), page::page(&results))?;
    Ok(())
}
