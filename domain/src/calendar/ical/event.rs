//! Events of a file (RFC 5545, section 3.6.1), as far as holidays need them.

use chrono::{Duration, NaiveDateTime};

use super::{
    line::Line,
    rule::Rule,
    value::{When, length, whens},
};
use crate::{fault::Fault, zone::Zone};

/// A year: longer, and it is not a holiday.
const LONGEST: Duration = Duration::days(366);

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Event {
    pub(super) uid: String,
    pub(super) title: String,
    pub(super) start: When,
    pub(super) length: Duration,
    pub(super) rule: Option<Rule>,
    /// Occurrences that do not happen, and further ones.
    pub(super) except: Vec<NaiveDateTime>,
    pub(super) also: Vec<NaiveDateTime>,
    /// The occurrence of another event that it stands for.
    pub(super) instead_of: Option<NaiveDateTime>,
    pub(super) cancelled: bool,
}

/// The events among the lines. What is wrong goes to the faults.
pub(super) fn events(lines: &[Line], zone: Zone, faults: &mut Vec<Fault>) -> Vec<Event> {
    let (mut events, mut within) = (Vec::new(), Vec::<(String, usize)>::new());
    let mut own: Vec<&Line> = Vec::new();
    if !lines.first().is_some_and(|line| line.name == "BEGIN" && line.value.eq_ignore_ascii_case("VCALENDAR"))
    {
        let number = lines.first().map_or(1, |line| line.number);
        faults.push(at(number, "does not begin an iCalendar file; its first line is BEGIN:VCALENDAR"));
        return events;
    }
    for line in lines {
        let part = line.value.to_ascii_uppercase();
        match line.name.as_str() {
            "" => faults.push(at(
                line.number,
                "is not a content line; write NAME:value, and begin a continued line with a space",
            )),
            "BEGIN" => {
                if part == "VEVENT" {
                    own.clear();
                }
                within.push((part, line.number));
            }
            "END" => match within.pop() {
                Some((begun, number)) if begun == part => {
                    if part == "VEVENT" {
                        events.extend(event(&own, number, zone, faults));
                    }
                }
                begun => {
                    let open = begun.map_or_else(
                        || "nothing is open".to_owned(),
                        |(begun, number)| format!("{begun} of line {number} is open"),
                    );
                    faults
                        .push(at(line.number, format!("ends {part} where {open}; end what was begun last")));
                    return events;
                }
            },
            // What stands in a part of an event, an alarm for instance, is not the event's.
            _ if within.last().is_some_and(|(part, _)| part == "VEVENT") => own.push(line),
            _ => {}
        }
    }
    for (part, number) in within {
        faults.push(at(number, format!("begins {part}, which has no end; the file may have been cut off")));
    }
    events
}

fn event(lines: &[&Line], number: usize, zone: Zone, faults: &mut Vec<Fault>) -> Option<Event> {
    let before = faults.len();
    let find = |name: &str| lines.iter().copied().find(|line| line.name == name);
    let mut moments = |name: &str| -> Vec<When> {
        let mut all = Vec::new();
        for line in lines.iter().filter(|line| line.name == name) {
            match whens(line, zone) {
                Ok(whens) => all.extend(whens),
                Err(message) => faults.push(at(line.number, message)),
            }
        }
        all
    };
    let (starts, ends, instead) = (moments("DTSTART"), moments("DTEND"), moments("RECURRENCE-ID"));
    let (except, also) = (moments("EXDATE"), moments("RDATE"));
    let given = find("DURATION")
        .and_then(|line| length(&line.value).map_err(|message| faults.push(at(line.number, message))).ok());
    let rule = find("RRULE").and_then(|line| {
        Rule::read(&line.value, zone).map_err(|message| faults.push(at(line.number, message))).ok()
    });
    if faults.len() > before {
        return None;
    }
    let Some(start) = starts.first().copied() else {
        faults.push(at(
            number,
            "this event has no beginning; give it a DTSTART, such as DTSTART;VALUE=DATE:20261224",
        ));
        return None;
    };
    let length = match (ends.first(), given, start) {
        (Some(end), _, _) => end.wall() - start.wall(),
        (None, Some(length), _) => length,
        (None, None, When::Day(_)) => Duration::days(1),
        (None, None, When::Time(_)) => Duration::zero(),
    };
    if length <= Duration::zero() {
        let line = find("DTEND").or_else(|| find("DTSTART")).map_or(number, |line| line.number);
        faults
            .push(at(line, "this event does not end after it begins; give it a later DTEND, or a DURATION"));
        return None;
    }
    if length > LONGEST {
        let line = find("DTEND").or_else(|| find("DURATION")).map_or(number, |line| line.number);
        faults.push(at(line, "this event is longer than a year; split it"));
        return None;
    }
    // The days of an event with times are those of its beginning.
    let walls = |whens: Vec<When>| whens.into_iter().map(When::wall).collect();
    let title = find("SUMMARY").map(Line::text).filter(|title| !title.is_empty());
    Some(Event {
        uid: find("UID").map(|line| line.value.clone()).unwrap_or_default(),
        title: title.unwrap_or_else(|| "Holiday".to_owned()).chars().take(120).collect(),
        start,
        length,
        rule,
        except: walls(except),
        also: walls(also),
        instead_of: instead.first().map(|when| when.wall()),
        cancelled: find("STATUS").is_some_and(|line| line.value.eq_ignore_ascii_case("CANCELLED")),
    })
}

/// A fault of this line.
fn at(number: usize, message: impl Into<String>) -> Fault {
    Fault::at(["lines", &number.to_string()], message)
}
