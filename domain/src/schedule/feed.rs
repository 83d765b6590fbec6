//! On-call shifts as an iCalendar feed, [RFC 5545](https://www.rfc-editor.org/rfc/rfc5545), for people to subscribe to.

use std::{collections::BTreeMap, ops::Range};

use uuid::Uuid;

use super::{Schedule, ScheduleId, Shift, Source};
use crate::{id::Id, member::MemberId, stamp::Timestamp};

/// What a feed is made of. Its text contains the names of people, and is theirs.
#[derive(Debug, Clone)]
pub struct Feed<'f> {
    /// What it is called.
    pub title: &'f str,
    /// The schedules whose shifts it shows.
    pub schedules: &'f [(ScheduleId, &'f Schedule)],
    /// Whose shifts alone it shows; everybody's when absent.
    pub member: Option<MemberId>,
    /// The span it shows; shifts that reach into it are there as a whole.
    pub span: Range<Timestamp>,
    /// When what it shows last changed.
    pub changed: Timestamp,
    /// The names of people; who has none here is called by their id.
    pub names: &'f BTreeMap<MemberId, String>,
}

/// The longest line in octets, without its end (RFC 5545, 3.1).
const LINE: usize = 75;

impl Feed<'_> {
    /// The feed as text of the media type `text/calendar`. Moments are in UTC, to the second. An event keeps its UID as long as
    /// its shift begins at the same moment, so that calendars move it instead of showing it twice.
    #[must_use]
    pub fn to_icalendar(&self) -> String {
        let mut text = Lines::default();
        text.line("BEGIN", "VCALENDAR");
        text.line("VERSION", "2.0");
        text.line("PRODID", "-//Escalon//On call//EN");
        text.line("CALSCALE", "GREGORIAN");
        // NAME is RFC 7986; X-WR-CALNAME is what most calendars read.
        text.line("NAME", &escaped(self.title));
        text.line("X-WR-CALNAME", &escaped(self.title));
        text.line("REFRESH-INTERVAL;VALUE=DURATION", "PT15M");
        for (id, schedule) in self.schedules {
            let shifts = schedule.whole_shifts(self.span.clone());
            for shift in shifts.iter().filter(|shift| self.member.is_none_or(|member| shift.member == member))
            {
                self.event(&mut text, *id, schedule, shift);
            }
        }
        text.line("END", "VCALENDAR");
        text.0
    }

    fn event(&self, text: &mut Lines, id: ScheduleId, schedule: &Schedule, shift: &Shift) {
        if utc(shift.from) == utc(shift.until) {
            // An override may begin and end within one second, which is no time here.
            return;
        }
        let name = self.names.get(&shift.member).cloned().unwrap_or_else(|| shift.member.to_string());
        let source = match &shift.source {
            Source::Layer { name, turn } => format!("Turn {} of “{name}”", turn + 1),
            Source::Override { .. } => "Override".to_owned(),
        };
        text.line("BEGIN", "VEVENT");
        text.line("UID", &uid(id, shift).to_string());
        text.line("DTSTAMP", &utc(self.changed));
        text.line("DTSTART", &utc(shift.from));
        text.line("DTEND", &utc(shift.until));
        text.line("SUMMARY", &escaped(&format!("{name} on call: {}", schedule.title)));
        text.line("DESCRIPTION", &escaped(&source));
        // Who is on call is not busy.
        text.line("TRANSP", "TRANSPARENT");
        text.line("END", "VEVENT");
    }
}

fn uid(id: ScheduleId, shift: &Shift) -> Uuid {
    Id::<Schedule>::derived(id, &format!("shift {} {}", shift.member, shift.from.timestamp())).uuid()
}

fn utc(at: Timestamp) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text value (RFC 5545, 3.3.11). Control characters have no place in it, but for the end of a line.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.replace("\r\n", "\n").chars() {
        match letter {
            '\\' | ';' | ',' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Lines, each folded where it is too long, between two characters.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, name: &str, value: &str) {
        let mut length = 0;
        for letter in name.chars().chain([':']).chain(value.chars()) {
            if length + letter.len_utf8() > LINE {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(letter);
            length += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}
