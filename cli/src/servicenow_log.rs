//! Reading a ServiceNow audit log: CSV, gzip-compressed or not.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono_tz::Tz;
use csv::{ErrorKind, StringRecord};
use escalon_application::servicenow::{Misfit, Record, Row, check_columns};
use flate2::bufread::MultiGzDecoder;

use crate::problem::Problem;

/// A log, row by row.
pub(crate) struct ServiceNowLog {
    reader: csv::Reader<Box<dyn Read>>,
    header: StringRecord,
    record: StringRecord,
    zone: Tz,
    /// Bytes of the file in all, and those read.
    pub(crate) bytes: u64,
    pub(crate) read: Arc<AtomicU64>,
    /// Why reading ended before the end of the file.
    pub(crate) broken: Arc<Mutex<Option<String>>>,
}

impl ServiceNowLog {
    /// Opens a log and checks its header. Whether it is compressed is seen from its first bytes.
    pub(crate) fn open(path: &Path, zone: Tz) -> Result<Self, Problem> {
        let unreadable =
            |error: io::Error| Problem::new(format!("{} cannot be read: {error}", path.display()));
        let file = File::open(path).map_err(unreadable)?;
        let bytes = file.metadata().map_err(unreadable)?.len();
        let read = Arc::new(AtomicU64::new(0));
        let mut raw = BufReader::with_capacity(1 << 16, Counted { file, read: Arc::clone(&read) });
        let compressed = raw.fill_buf().map_err(unreadable)?.starts_with(&[0x1f, 0x8b]);
        let plain: Box<dyn Read> =
            if compressed { Box::new(MultiGzDecoder::new(raw)) } else { Box::new(raw) };
        let mut reader = csv::ReaderBuilder::new().from_reader(plain);
        let header =
            reader.headers().map_err(|error| Problem::new(format!("{}: {error}", path.display())))?.clone();
        check_columns(header.iter()).map_err(|error| Problem::new(format!("{}: {error}", path.display())))?;
        let (record, broken) = (StringRecord::new(), Arc::default());
        Ok(Self { reader, header, record, zone, bytes, read, broken })
    }

    fn misfit(&self, error: &csv::Error) -> Misfit {
        let line = error.position().map_or_else(|| self.reader.position().line(), csv::Position::line);
        let message = match error.kind() {
            ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!(
                    "has {len} columns, and the header has {expected_len}; look for a missing quote or comma"
                )
            }
            ErrorKind::Utf8 { .. } => {
                "is not UTF-8; convert the file with iconv and import it again".to_owned()
            }
            _ => error.to_string(),
        };
        Misfit { line, number: None, message }
    }
}

impl Iterator for ServiceNowLog {
    type Item = Result<Row, Misfit>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.reader.read_record(&mut self.record) {
            Ok(false) => return None,
            Ok(true) => {}
            Err(error) if error.is_io_error() => {
                if let Ok(mut broken) = self.broken.lock() {
                    *broken = Some(error.to_string());
                }
                return None;
            }
            Err(error) => return Some(Err(self.misfit(&error))),
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        let record: Record = match self.record.deserialize(Some(&self.header)) {
            Ok(record) => record,
            Err(error) => return Some(Err(self.misfit(&error))),
        };
        Some(Row::read(line, &record, self.zone))
    }
}

/// Counts what is read.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
