//! Sources: what reports alerts, in which form, and what is usual there.

mod body;
mod mapping;
mod template;

pub use body::{Payload, Source, SourceId};
pub use mapping::{ActionWords, LinkMapping, Mapping};
pub use template::{InvalidTemplate, Pointer, Template};
