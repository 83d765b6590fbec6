//! Schedules: who is on call when, by turns and what was arranged otherwise.
//!
//! Layers take turns by rotations in wall-clock time; a later layer wins over an earlier one. Overrides change what comes
//! out within their spans, one upon the other. Everything is calculated from the definition, at any moment past or
//! future; nothing is stored but what people defined. An override is a revision of the schedule, so it has its author, and who
//! was on call as one knew it then is what the version of then says.
//!
//! Handoffs at daylight-saving changes follow [`Zone::moment`](crate::zone::Zone::moment): what the clocks show twice is its
//! first occurrence, what they leave out is the moment at which they do.

mod body;
mod feed;
mod layer;
mod lint;
mod on_call;
mod overriding;
mod restriction;
mod rotation;
mod shift;
mod timeline;

pub use body::{Schedule, ScheduleId};
pub use feed::Feed;
pub use layer::Layer;
pub use lint::Uncovered;
pub use on_call::{OnCall, Source};
pub use overriding::{Change, Override};
pub use restriction::Restriction;
pub use rotation::Rotation;
pub use shift::Shift;
pub use timeline::{Handoff, Stretch};
