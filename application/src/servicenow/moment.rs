//! The log's times: `29/2/2016 06:38`, in the wall-clock time of the installation.

use chrono::{Datelike, Duration, NaiveDateTime, Utc};
use chrono_tz::Tz;
use escalon_domain::stamp::Timestamp;

/// A text that is not a time of the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a time; they look like 29/2/2016 06:38, day first")]
pub struct InvalidMoment(String);

/// Reads `D/M/YYYY HH:MM` in a zone. Of a wall-clock time that came twice the first is meant; one that was skipped is
/// the moment when the clocks had just been put forward.
///
/// # Errors
/// The text does not have that form, or there is no such day.
pub fn moment(text: &str, zone: Tz) -> Result<Timestamp, InvalidMoment> {
    let invalid = || InvalidMoment(text.chars().take(80).collect());
    let wall = NaiveDateTime::parse_from_str(text.trim(), "%d/%m/%Y %H:%M").map_err(|_| invalid())?;
    if !(1970..=9999).contains(&wall.year()) {
        return Err(invalid());
    }
    // No zone has ever skipped more than a day; half an hour is the finest step there is.
    let local = (0..=48)
        .find_map(|halves| (wall + Duration::minutes(30 * halves)).and_local_timezone(zone).earliest());
    local.map(|local| local.with_timezone(&Utc)).ok_or_else(invalid)
}
