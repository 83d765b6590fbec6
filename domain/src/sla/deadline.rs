//! Shares of the time to a deadline.

use super::target::Passing;
use crate::{calendar::BusinessCalendar, stamp::Timestamp};

/// The moment at which this share of the time from a beginning to a deadline has passed, in per cent: *o + p · (d − o)*; with a
/// calendar, the first moment at which that share of the working time between the two has passed.
///
/// A ticket that was opened on the 1st at midnight and is due on the 10th at midnight has half of its time behind it 4.5 days after
/// the beginning, three quarters after 6.75 and nine tenths after 8.1.
#[must_use]
pub fn share(
    opened: Timestamp,
    due: Timestamp,
    percent: u8,
    calendar: Option<&BusinessCalendar>,
) -> Timestamp {
    let passing = calendar.map_or(Passing::All, Passing::Working);
    let time = super::marks::part(passing.elapsed(opened, due), i64::from(percent), 100);
    // The share is no more than what passes until the deadline, so it is reached by then.
    passing.after(opened, time).unwrap_or(due)
}
