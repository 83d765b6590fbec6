//! Ticket numbers, `GROW-20251008-0001`: the type's prefix, the UTC day, and a daily sequence of four digits or more.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A ticket's number, unique in its organization.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TicketNumber {
    prefix: String,
    day: NaiveDate,
    sequence: u32,
}

/// A text that is not a ticket number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a ticket number; they look like GROW-20251008-0001")]
pub struct InvalidTicketNumber(String);

impl TicketNumber {
    /// The number of the `sequence`th ticket (from 1) with this prefix on this day.
    #[must_use]
    pub fn new(prefix: &str, day: NaiveDate, sequence: u32) -> Self {
        Self { prefix: prefix.to_owned(), day, sequence }
    }
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{:04}", self.prefix, self.day.format("%Y%m%d"), self.sequence)
    }
}

impl FromStr for TicketNumber {
    type Err = InvalidTicketNumber;

    fn from_str(text: &str) -> Result<Self, InvalidTicketNumber> {
        let read = || {
            let (rest, sequence) = text.rsplit_once('-')?;
            let (prefix, day) = rest.rsplit_once('-')?;
            let day = NaiveDate::parse_from_str(day, "%Y%m%d").ok()?;
            Some(Self::new(prefix, day, sequence.parse().ok()?))
        };
        // A number has one text: spaces, signs and further zeros, which the parsers let pass, are refused.
        let canonical = |number: &Self| !number.prefix.is_empty() && number.to_string() == text;
        read().filter(canonical).ok_or_else(|| InvalidTicketNumber(text.chars().take(80).collect()))
    }
}

impl TryFrom<String> for TicketNumber {
    type Error = InvalidTicketNumber;

    fn try_from(text: String) -> Result<Self, InvalidTicketNumber> {
        text.parse()
    }
}

impl From<TicketNumber> for String {
    fn from(number: TicketNumber) -> Self {
        number.to_string()
    }
}
