//! The binary format of `COPY`, as it comes out of the database:
//! <https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4>.

use chrono::{DateTime, TimeDelta};
use escalon_application::ports::StoreError;
use escalon_domain::stamp::Timestamp;
use futures::{Stream, StreamExt};

use crate::error::store_error;

/// The signature, flags, and the length of an extension that nobody has.
const HEADER: usize = 19;
/// PostgreSQL counts microseconds from 2000-01-01.
const EPOCH: i64 = 946_684_800;

const CUT: &str = "a row of the binary copy is cut short";

/// Rows as they arrive.
pub(super) struct Tuples<S> {
    messages: S,
    message: Option<bytes::Bytes>,
    place: usize,
    begun: bool,
}

/// One row, read field by field.
pub(super) struct Tuple<'m> {
    rest: &'m [u8],
    taken: &'m mut usize,
}

impl<S: Stream<Item = Result<bytes::Bytes, sqlx::Error>> + Unpin> Tuples<S> {
    pub(super) const fn new(messages: S) -> Self {
        Self { messages, message: None, place: 0, begun: false }
    }

    /// The next row, if there is one.
    pub(super) async fn next(&mut self) -> Result<Option<Tuple<'_>>, StoreError> {
        const OPERATION: &str = "reading events in bulk";
        loop {
            let left = self.message.as_ref().is_some_and(|message| self.place < message.len());
            if left {
                break;
            }
            let Some(message) = self.messages.next().await else { return Ok(None) };
            self.message = Some(message.map_err(store_error(OPERATION))?);
            self.place = if std::mem::replace(&mut self.begun, true) { 0 } else { HEADER };
        }
        let message = self.message.as_deref().unwrap_or_default();
        let count = message.get(self.place..self.place + 2);
        let count = count.ok_or_else(|| StoreError::broken(OPERATION, CUT))?;
        self.place += 2;
        // The end is a row of -1 fields; what follows it is the end of the stream, which the driver has to see, too.
        if count == [0xff, 0xff] {
            return match self.messages.next().await {
                None => Ok(None),
                Some(Ok(_)) => Err(StoreError::broken(OPERATION, "rows follow the end of the binary copy")),
                Some(Err(error)) => Err(store_error(OPERATION)(error)),
            };
        }
        Ok(Some(Tuple { rest: message.get(self.place..).unwrap_or_default(), taken: &mut self.place }))
    }
}

impl<'m> Tuple<'m> {
    fn field(&mut self) -> Result<&'m [u8], &'static str> {
        let (length, rest) = self.rest.split_first_chunk::<4>().ok_or(CUT)?;
        let length =
            usize::try_from(i32::from_be_bytes(*length)).map_err(|_| "a column of an event is null")?;
        let (field, rest) = rest.split_at_checked(length).ok_or(CUT)?;
        self.rest = rest;
        *self.taken += 4 + length;
        Ok(field)
    }

    pub(super) fn text(&mut self) -> Result<String, &'static str> {
        std::str::from_utf8(self.field()?).map(str::to_owned).map_err(|_| "a text is not UTF-8")
    }

    pub(super) fn number(&mut self) -> Result<i64, &'static str> {
        self.field()?.try_into().map(i64::from_be_bytes).map_err(|_| "a number does not have 8 bytes")
    }

    pub(super) fn moment(&mut self) -> Result<Timestamp, &'static str> {
        let since = TimeDelta::microseconds(self.number()?);
        let epoch = DateTime::from_timestamp(EPOCH, 0);
        epoch.and_then(|epoch| epoch.checked_add_signed(since)).ok_or("a moment is out of range")
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::{HEADER, Tuples};

    fn row(fields: &[&[u8]]) -> Vec<u8> {
        let mut row = u16::try_from(fields.len()).unwrap().to_be_bytes().to_vec();
        for field in fields {
            row.extend(u32::try_from(field.len()).unwrap().to_be_bytes());
            row.extend(*field);
        }
        row
    }

    #[tokio::test]
    async fn rows_are_found_whether_each_has_its_message_or_shares_one() {
        let first = [vec![0; HEADER], row(&[b"one", &7_i64.to_be_bytes()])].concat();
        let second = [row(&[b"two", &0_i64.to_be_bytes()]), row(&[b"", &(-1_i64).to_be_bytes()])].concat();
        let messages = [first, second, vec![0xff, 0xff]].map(|message| Ok(bytes::Bytes::from(message)));
        let mut tuples = Tuples::new(stream::iter(messages));
        let mut found = Vec::new();
        while let Some(mut tuple) = tuples.next().await.unwrap() {
            found.push((tuple.text().unwrap(), tuple.number().unwrap()));
        }
        assert_eq!(found, [("one".to_owned(), 7), ("two".to_owned(), 0), (String::new(), -1)]);
    }

    #[tokio::test]
    async fn what_is_cut_short_is_said_so() {
        let message = [vec![0; HEADER], row(&[b"one"])].concat();
        let cut = bytes::Bytes::from(message[..message.len() - 1].to_vec());
        let mut tuples = Tuples::new(stream::iter([Ok(cut)]));
        assert!(tuples.next().await.unwrap().unwrap().text().is_err());
    }

    #[tokio::test]
    async fn a_moment_is_counted_from_the_year_2000() {
        let message = [vec![0; HEADER], row(&[&1_000_000_i64.to_be_bytes()])].concat();
        let mut tuples = Tuples::new(stream::iter([Ok(bytes::Bytes::from(message))]));
        let moment = tuples.next().await.unwrap().unwrap().moment().unwrap();
        assert_eq!(moment.to_rfc3339(), "2000-01-01T00:00:01+00:00");
    }
}
