//! Moments as they are typed.

use chrono::{Duration, NaiveDate, NaiveTime};
use escalon_application::Moment;
use escalon_domain::stamp::Timestamp;

/// What a moment may look like, for the help of a command.
pub(super) const HELP: &str = "\
A moment is one of:
  2026-01-31T12:00:00Z           a time in the world; history that was imported later counts
  2026-01-31                     the end of that day in UTC
  recorded:2026-01-31T12:00:00Z  what the engine knew at that time, or at the end of a day
  position:1042                  a position in the one order of all events
  7                              after so many of its events
  now";

/// The moment that was typed.
pub(in crate::commands) fn moment(text: &str) -> Result<Moment, String> {
    let wrong = || {
        "needs a time such as 2026-01-31T12:00:00Z, a day such as 2026-01-31, recorded: and a time or day, position: and a \
         number, a number of events, or now"
            .to_owned()
    };
    if text == "now" {
        return Ok(Moment::Now);
    }
    if let Ok(version) = text.parse::<u64>() {
        return Ok(Moment::Version(version));
    }
    match text.split_once(':') {
        Some(("position", digits)) => digits.parse().map(Moment::Position).map_err(|_| wrong()),
        Some(("recorded", time)) => time_of(time).map(Moment::RecordedBy).ok_or_else(wrong),
        _ => time_of(text).map(Moment::At).ok_or_else(wrong),
    }
}

/// A time; of a day, its last microsecond.
fn time_of(text: &str) -> Option<Timestamp> {
    match text.parse::<NaiveDate>() {
        Ok(day) => {
            let midnight = day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN).and_utc();
            Some(midnight - Duration::microseconds(1))
        }
        Err(_) => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_tell_a_moment_is_understood() {
        let time = |text: &str| text.parse::<Timestamp>().ok();
        let end = time("2026-01-31T23:59:59.999999Z");
        assert_eq!(moment("2026-01-31").ok(), end.map(Moment::At));
        assert_eq!(moment("recorded:2026-01-31").ok(), end.map(Moment::RecordedBy));
        let noon = "2026-01-31T12:00:00+05:30";
        assert_eq!(moment(noon).ok(), time("2026-01-31T06:30:00Z").map(Moment::At));
        assert_eq!(moment("position:42"), Ok(Moment::Position(42)));
        assert_eq!((moment("7"), moment("now")), (Ok(Moment::Version(7)), Ok(Moment::Now)));
        for wrong in ["soon", "recorded:soon", "position:x", "", "-1"] {
            assert!(moment(wrong).is_err_and(|error| error.contains("position:")), "{wrong}");
        }
    }
}
