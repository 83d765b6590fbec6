//! What a business calendar is.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::{ClockTime, Days, Hours, Weekday};
use crate::{
    definition::{Body, Definition},
    fault::Fault,
    id::{Id, Named},
    slug::Slug,
    zone::Zone,
};

/// When an organization works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusinessCalendar {
    /// Its short name, unique among calendars.
    pub name: Slug,
    /// Its name for people.
    pub title: String,
    /// Whose clocks on the wall all its times are.
    pub zone: Zone,
    /// The working windows of every week.
    pub windows: Vec<Window>,
    /// Days on which other hours hold, or none. Where several cover a day, the last of the list counts.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
    /// Spans in which nobody works, whatever the windows of the day say.
    #[serde(default)]
    pub closures: Vec<Closure>,
}

/// A working window, the same on some days of every week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The days on which it begins.
    pub days: BTreeSet<Weekday>,
    /// When it begins.
    pub from: ClockTime,
    /// When it ends: on the next day, if that is not after its beginning.
    pub until: ClockTime,
}

/// Days on which the windows of the week do not begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// Its name for people.
    pub title: String,
    /// Which days.
    pub on: Days,
    /// The windows that begin on these days instead; none when it is closed.
    #[serde(default)]
    pub open: Vec<Hours>,
}

/// A span in which nobody works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closure {
    /// Why, for people.
    pub title: String,
    /// When it begins, on the clocks on the wall.
    pub from: NaiveDateTime,
    /// When it ends, on the clocks on the wall.
    pub until: NaiveDateTime,
}

/// The id of a business calendar.
pub type CalendarId = Id<Definition<BusinessCalendar>>;

impl Window {
    /// Its hours on each of its days.
    #[must_use]
    pub const fn hours(&self) -> Hours {
        Hours { from: self.from, until: self.until }
    }
}

impl Named for BusinessCalendar {
    const PREFIX: &'static str = "calendar";
}

impl Body for BusinessCalendar {
    const DEFINED: &'static str = "calendar.defined";
    const REVISED: &'static str = "calendar.revised";
    const RETIRED: &'static str = "calendar.retired";

    fn name(&self) -> &Slug {
        &self.name
    }

    fn faults(&self) -> Vec<Fault> {
        super::faults::faults(self)
    }
}
