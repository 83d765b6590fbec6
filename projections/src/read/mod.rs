//! Reading: pages, cursors, and the one handle that every query hangs on.

mod filter;
mod listing;
mod long;
mod models;
mod page;
mod status;

pub(crate) use filter::{among, contains, equals, found, has_words, matches};
pub(crate) use listing::{Listing, Sort};
pub(crate) use long::Narrow;
pub use models::ReadModels;
pub(crate) use page::cursor_moment;
pub use page::{Page, Slice};
pub use status::ProjectionStatus;
pub(crate) use status::{head, present, read as status};

pub(crate) use crate::scope::Scope;
