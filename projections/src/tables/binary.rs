//! The binary format of `COPY`, as it goes into the database:
//! <https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4>.

use escalon_domain::stamp::Timestamp;
use serde_json::Value;

/// PostgreSQL counts microseconds from 2000-01-01; this is that moment, in microseconds of our count.
const EPOCH: i64 = 946_684_800_000_000;
/// The number of PostgreSQL's type `text`.
const TEXT: u32 = 25;

/// The beginning of a copy: signature, no flags, no extension.
pub(super) fn begin() -> Vec<u8> {
    b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec()
}

/// The beginning of a row of so many columns.
pub(super) fn row(columns: usize, out: &mut Vec<u8>) {
    out.extend(i16::try_from(columns).unwrap_or(i16::MAX).to_be_bytes());
}

/// The end of a copy.
pub(super) fn end(out: &mut Vec<u8>) {
    out.extend([0xff, 0xff]);
}

/// A value that a column can have.
pub trait Cell {
    /// Writes the value: its length in bytes, and the bytes as PostgreSQL's type has them.
    fn write(&self, out: &mut Vec<u8>);
}

fn sized(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend(length(bytes.len()));
    out.extend(bytes);
}

/// A length is 31 bits long; PostgreSQL itself refuses values of more than 1 GiB.
fn length(length: usize) -> [u8; 4] {
    i32::try_from(length).unwrap_or(i32::MAX).to_be_bytes()
}

/// Writes something whose length is known when it is written.
fn measured(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let place = out.len();
    out.extend([0; 4]);
    write(out);
    let written = length(out.len() - place - 4);
    if let Some(gap) = out.get_mut(place..place + 4) {
        gap.copy_from_slice(&written);
    }
}

impl Cell for str {
    fn write(&self, out: &mut Vec<u8>) {
        // PostgreSQL has no place for the character NUL.
        if self.contains('\0') {
            sized(self.replace('\0', "\u{fffd}").as_bytes(), out);
        } else {
            sized(self.as_bytes(), out);
        }
    }
}

impl Cell for String {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_str().write(out);
    }
}

impl Cell for bool {
    fn write(&self, out: &mut Vec<u8>) {
        sized(&[u8::from(*self)], out);
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {
        $(impl Cell for $number {
            fn write(&self, out: &mut Vec<u8>) {
                sized(&self.to_be_bytes(), out);
            }
        })+
    };
}

numbers!(i16, i32, i64, f64);

impl Cell for Timestamp {
    fn write(&self, out: &mut Vec<u8>) {
        (self.timestamp_micros() - EPOCH).write(out);
    }
}

impl<T: Cell> Cell for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(out),
            None => out.extend((-1_i32).to_be_bytes()),
        }
    }
}

/// A `text[]`: dimensions, whether there are nulls, the type of the elements, how many there are and from which number,
/// and the elements.
impl Cell for Vec<String> {
    fn write(&self, out: &mut Vec<u8>) {
        measured(out, |out| {
            out.extend(i32::from(!self.is_empty()).to_be_bytes());
            out.extend(0_i32.to_be_bytes());
            out.extend(TEXT.to_be_bytes());
            if !self.is_empty() {
                out.extend(length(self.len()));
                out.extend(1_i32.to_be_bytes());
            }
            self.iter().for_each(|text| text.write(out));
        });
    }
}

/// A `jsonb`: the version of its form, and the text.
impl Cell for Value {
    fn write(&self, out: &mut Vec<u8>) {
        let text = self.to_string();
        measured(out, |out| {
            out.push(1);
            out.extend(super::filled::without_nul(text).as_bytes());
        });
    }
}
