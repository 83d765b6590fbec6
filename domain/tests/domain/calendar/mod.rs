//! Business calendars: what they refuse, what they find open, and the same found by walking each minute.

mod hours;
mod ical;
pub(crate) mod minutes;
pub(crate) mod oracle;
mod properties;
mod validation;

use escalon_domain::{
    calendar::{BusinessCalendar, Days, Holiday, Hours, Weekday, Window},
    stamp::Timestamp,
};

use crate::cast::slug;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn hours(from: &str, until: &str) -> Hours {
    Hours { from: from.parse().unwrap(), until: until.parse().unwrap() }
}

pub(crate) fn window(days: &[Weekday], from: &str, until: &str) -> Window {
    let Hours { from, until } = hours(from, until);
    Window { days: days.iter().copied().collect(), from, until }
}

pub(crate) fn closed(on: Days) -> Holiday {
    Holiday { title: "Holiday".into(), on, open: Vec::new() }
}

/// Monday to Friday, 09:00 to 17:00.
pub(crate) fn office(zone: &str) -> BusinessCalendar {
    BusinessCalendar {
        name: slug("office"),
        title: "Office".into(),
        zone: zone.parse().unwrap(),
        windows: vec![window(&Weekday::ALL[..5], "09:00", "17:00")],
        holidays: Vec::new(),
        closures: Vec::new(),
    }
}
