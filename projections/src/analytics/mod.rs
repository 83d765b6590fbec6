//! What analysts read: the schema `analytics`, a set of views that stay as they are while read models come and go.
//!
//! Each view is defined once, in [`VIEWS`]: its columns with type, unit, meaning and mask. From that come the view itself, its
//! comments in the database, the data dictionary and the columns of an export.
//!
//! The views belong to a role of their own, `escalon_views`, to which row-level security shows one organization: the one that
//! the database role who logged in was granted, whatever that sets or says. They read the tables of the live generations
//! and are made anew in the transaction that makes another generation live.
//!
//! # Adding a column
//! At the end of its view in `views/`. The next start adds it; `make doc` writes `docs/data-dictionary.md` anew.

mod definition;
mod dictionary;
mod refresh;
mod rows;
mod sql;
mod views;

pub use definition::{Column, Kind, Mask, View};
pub use dictionary::dictionary;
pub(crate) use refresh::{refresh, refresh_in_tx};
pub use rows::{Cell, Snapshot};
pub use views::VIEWS;
