//! Who gets work: one after the other, who has least, or who can do it. Pure deciders over facts that were looked up.

mod choose;
mod colleague;
mod drain;

pub use choose::{NotChosen, choose};
pub use colleague::{Colleague, Strategy, Unfit};
pub use drain::{Drained, Work, drain};
