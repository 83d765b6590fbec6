//! Analytics views as files: CSV for people, Parquet for tools. Rows are written as they are read, so memory stays flat
//! however many there are.

mod csv;
mod file;
mod parquet;

use std::{io, path::PathBuf};

use escalon_projections::{
    ReadError,
    analytics::{Cell, Snapshot, View},
};
use serde::Serialize;

use self::{csv::CsvRows, file::Unfinished, parquet::ParquetRows};

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values as in RFC 4180, in UTF-8 with a header.
    Csv,
    /// Apache Parquet, compressed with Snappy.
    Parquet,
}

impl Format {
    /// Its name, and how its files end.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The view.
    pub view: &'static str,
    /// The file.
    pub path: PathBuf,
    /// How many rows it has, the header not counted.
    pub rows: u64,
    /// How long it is.
    pub bytes: u64,
}

/// Why an export did not come to its end. No file of the name that was asked for is left behind.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The view could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There is a file already.
    #[error("{} is there already; choose another name, or add --overwrite", .0.display())]
    Exists(PathBuf),
    /// The file could not be written.
    #[error("{} cannot be written: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Takes rows and writes them.
trait Rows {
    fn row(&mut self, cells: &[Cell]) -> io::Result<()>;

    /// Writes what is held back, and gives the file back.
    fn finish(self: Box<Self>) -> io::Result<Unfinished>;
}

/// Writes a view to a file. It gets its name when it is whole.
///
/// # Errors
/// The view cannot be read, or the file not written.
pub async fn export(
    snapshot: &mut Snapshot,
    view: &'static View,
    format: Format,
    path: PathBuf,
    overwrite: bool,
) -> Result<Exported, ExportError> {
    if !overwrite && path.exists() {
        return Err(ExportError::Exists(path));
    }
    let failed = |source| ExportError::File { path: path.clone(), source };
    let file = Unfinished::beside(&path).map_err(failed)?;
    let mut rows: Box<dyn Rows> = match format {
        Format::Csv => Box::new(CsvRows::new(view, file).map_err(failed)?),
        Format::Parquet => Box::new(ParquetRows::new(view, file).map_err(failed)?),
    };
    let count = snapshot.read(view, |cells| rows.row(cells).map_err(failed)).await?;
    let bytes = rows.finish().and_then(|file| file.name(&path)).map_err(failed)?;
    Ok(Exported { view: view.name, path, rows: count, bytes })
}
