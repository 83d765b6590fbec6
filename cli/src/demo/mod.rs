//! The demo: a small organization that lives.

mod cast;
mod life;
mod stories;

use escalon_application::Failure;
use escalon_domain::slug::{InvalidSlug, Slug};

pub use cast::{Cast, PASSWORD, Person, cast};
pub use life::live;
pub use stories::past;

/// The short name of the organization.
pub const ORGANIZATION: &str = "demo";
/// The source of everything that happens in it by itself.
pub const SOURCE: &str = "demo";

/// A short name that is written in the code.
fn slug(text: &str) -> Result<Slug, Failure> {
    text.parse().map_err(|error: InvalidSlug| Failure::invalid(["demo"], error.to_string()))
}
