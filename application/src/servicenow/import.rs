//! Reading the log and running its incidents, some at once.

use std::{
    collections::{HashMap, HashSet},
    future::Future,
    iter::Peekable,
};

use futures::{StreamExt, stream::FuturesUnordered};

use super::{
    Misfit, Report, Row,
    cast::Cast,
    diff::{Known, advance},
    incident::{Chunk, Outcome, run},
};
use crate::{caller::Caller, engine::Engine, failure::Failure};

/// The source of everything that an import records.
pub const SOURCE: &str = "import:servicenow";

/// The most rows of an incident that are kept in memory at once.
const LARGEST_CHUNK: u64 = 500;

/// How to import.
#[derive(Debug, Clone, Copy)]
pub struct ImportOptions {
    /// How many incidents to work on at once.
    pub concurrency: usize,
    /// Whether the first misfit stops the import.
    pub strict: bool,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self { concurrency: 32, strict: false }
    }
}

/// Is told how far an import is.
pub trait Progress: Send + Sync {
    /// So many more rows are done, with so many more events recorded.
    fn advanced(&self, rows: u64, events: u64);
}

/// Why an import stopped before its end. What was recorded stays; running it again goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The organization or the database does not let it go on.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// Something does not fit, and nothing may misfit.
    #[error("{0}")]
    Misfit(Misfit),
}

/// Imports a log into the operator's organization. An incident's rows may lie apart in the log; their order counts.
///
/// # Errors
/// See [`ImportError`].
pub async fn import(
    engine: &Engine,
    operator: &Caller,
    rows: impl Iterator<Item = Result<Row, Misfit>>,
    options: ImportOptions,
    progress: &dyn Progress,
) -> Result<Report, ImportError> {
    let cast = Cast::new(engine, operator).await?;
    let mut reader = Reader { rows: rows.peekable(), known: HashMap::new(), report: Report::default() };
    let mut work = Work { running: FuturesUnordered::new(), busy: HashSet::new(), progress };
    while let Some(chunk) = reader.next(progress) {
        stop_if_strict(&reader.report, options)?;
        // An incident's own chunks run one after the other.
        while work.busy.len() >= options.concurrency.max(1) || work.busy.contains(&chunk.number) {
            work.finish_one(&mut reader.report).await?;
            stop_if_strict(&reader.report, options)?;
        }
        work.busy.insert(chunk.number.clone());
        work.running.push(run(&cast, chunk));
    }
    while !work.busy.is_empty() {
        work.finish_one(&mut reader.report).await?;
    }
    stop_if_strict(&reader.report, options)?;
    reader.report.misfits.sort_by_key(|misfit| misfit.line);
    Ok(reader.report)
}

fn stop_if_strict(report: &Report, options: ImportOptions) -> Result<(), ImportError> {
    match report.misfits.first() {
        Some(misfit) if options.strict => Err(ImportError::Misfit(misfit.clone())),
        _ => Ok(()),
    }
}

/// Turns the log into chunks: successive rows of one incident, as steps.
struct Reader<I: Iterator> {
    rows: Peekable<I>,
    known: HashMap<String, Known>,
    report: Report,
}

impl<I: Iterator<Item = Result<Row, Misfit>>> Reader<I> {
    fn next(&mut self, progress: &dyn Progress) -> Option<Chunk> {
        let mut chunk: Option<Chunk> = None;
        while let Some(next) = self.rows.peek() {
            let full = match (&chunk, next) {
                (Some(chunk), Ok(row)) => row.number != chunk.number || chunk.rows >= LARGEST_CHUNK,
                _ => false,
            };
            if full {
                break;
            }
            self.report.rows += 1;
            match self.rows.next()? {
                Ok(row) => self.take(chunk.get_or_insert_with(|| Chunk::new(&row)), &row),
                Err(misfit) => {
                    self.report.misfits.push(misfit);
                    progress.advanced(1, 0);
                }
            }
        }
        chunk
    }

    fn take(&mut self, chunk: &mut Chunk, row: &Row) {
        let advance = advance(self.known.remove(&row.number), row);
        self.known.insert(row.number.clone(), advance.known);
        self.report.adjusted += u64::from(advance.adjusted);
        self.report.inferred += u64::from(advance.inferred);
        let named = |message| Misfit { line: row.line, number: Some(row.number.clone()), message };
        self.report.misfits.extend(advance.misfits.into_iter().map(named));
        chunk.rows += 1;
        chunk.steps.extend(advance.steps);
    }
}

impl Chunk {
    fn new(row: &Row) -> Self {
        Self { number: row.number.clone(), rows: 0, steps: Vec::new() }
    }
}

/// The incidents being worked on.
struct Work<'a, F> {
    running: FuturesUnordered<F>,
    busy: HashSet<String>,
    progress: &'a dyn Progress,
}

impl<F: Future<Output = Result<Outcome, Failure>>> Work<'_, F> {
    async fn finish_one(&mut self, report: &mut Report) -> Result<(), Failure> {
        let Some(finished) = self.running.next().await else { return Ok(()) };
        let outcome = finished?;
        self.busy.remove(&outcome.number);
        self.progress.advanced(outcome.rows, outcome.events);
        report.tickets += u64::from(outcome.opened);
        report.skipped_incidents += u64::from(outcome.skipped);
        report.events += outcome.events;
        report.misfits.extend(outcome.misfits);
        Ok(())
    }
}
