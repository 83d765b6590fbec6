//! Values of content lines: days, times and lengths (RFC 5545, section 3.3).

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime};

use super::line::Line;
use crate::zone::Zone;

/// Longer than anything that is imported; beyond it, sums could overflow.
const LONGEST: Duration = Duration::days(36_525);

/// When an event begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// On a day.
    Day(NaiveDate),
    /// At a time, on the clocks of the business calendar.
    Time(NaiveDateTime),
}

impl When {
    /// On the clocks on the wall; a day at its beginning.
    pub(super) fn wall(self) -> NaiveDateTime {
        match self {
            Self::Day(day) => day.and_time(NaiveTime::MIN),
            Self::Time(time) => time,
        }
    }
}

/// The moments that a line lists.
pub(super) fn whens(line: &Line, zone: Zone) -> Result<Vec<When>, String> {
    let from = match line.parameter("TZID") {
        Some(name) => name.trim_start_matches('/').parse::<Zone>().map_err(|unknown| unknown.to_string())?,
        None => zone,
    };
    line.value.split(',').map(|text| when(text.trim(), from, zone)).collect()
}

/// One moment: `20261224`, `20261224T180000` on the clocks of its zone, or `20261224T170000Z`.
pub(super) fn when(text: &str, from: Zone, zone: Zone) -> Result<When, String> {
    let known = |day: NaiveDate| (1900..=9999).contains(&day.year());
    if let Some(day) = NaiveDate::parse_from_str(text, "%Y%m%d").ok().filter(|day| known(*day)) {
        return Ok(When::Day(day));
    }
    let (wall, from) = text.strip_suffix('Z').map_or((text, from), |wall| (wall, Zone::UTC));
    let time = NaiveDateTime::parse_from_str(wall, "%Y%m%dT%H%M%S").ok().filter(|time| known(time.date()));
    let time = time.ok_or_else(|| {
        format!(
            "“{}” is neither a day nor a time from 1900 to 9999; write 20261224 or 20261224T180000",
            shortened(text)
        )
    })?;
    Ok(When::Time(if from == zone { time } else { zone.wall(from.moment(time)) }))
}

/// A length: `P1D`, `P2W`, `PT4H30M`.
pub(super) fn length(text: &str) -> Result<Duration, String> {
    let wrong =
        || format!("“{}” is not a length; write P1D for a day or PT4H30M for a time", shortened(text));
    let (days, time) =
        text.strip_prefix('P').map(|rest| rest.split_once('T').unwrap_or((rest, ""))).ok_or_else(wrong)?;
    let mut length = Duration::zero();
    for (part, units) in [(days, "WD"), (time, "HMS")] {
        let mut number = String::new();
        for letter in part.chars() {
            if letter.is_ascii_digit() {
                number.push(letter);
                continue;
            }
            let count: i32 = std::mem::take(&mut number).parse().map_err(|_| wrong())?;
            length += match letter {
                _ if !units.contains(letter) => return Err(wrong()),
                'W' => Duration::weeks(count.into()),
                'D' => Duration::days(count.into()),
                'H' => Duration::hours(count.into()),
                'M' => Duration::minutes(count.into()),
                _ => Duration::seconds(count.into()),
            };
            if length > LONGEST {
                return Err(wrong());
            }
        }
        if !number.is_empty() {
            return Err(wrong());
        }
    }
    if length > Duration::zero() { Ok(length) } else { Err(wrong()) }
}

/// No more of a text than an error needs.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
