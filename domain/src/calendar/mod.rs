//! Business calendars: when an organization works, and how much working time lies between two moments.
//!
//! A window belongs to the day on which it begins; one that ends at or before its beginning ends on the next day. A window opens
//! when the clocks on the wall first show its beginning, and closes when they first show its end, so that an hour that the clocks
//! leave out is not worked, and one that they show twice is worked as often as it lies between the two.

mod body;
mod clock_time;
mod days;
mod faults;
mod ical;
mod openings;
mod weekday;
mod work;

pub use body::{BusinessCalendar, CalendarId, Closure, Holiday, Window};
pub use clock_time::{ClockTime, Hours, InvalidClockTime};
pub use days::{Days, InvalidMonthDay, MonthDay};
pub use ical::{Imported, import};
pub use weekday::Weekday;
