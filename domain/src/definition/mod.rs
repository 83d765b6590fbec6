//! The one mechanism for everything an organization defines: *defined*, *revised*, *retired*.
//!
//! A kind of definition brings its typed body, its validation and its pure calculations; the life is the same for all.
//! Every version can be read for ever, so whatever uses a definition pins `(id, version)`.
//!
//! # Adding a kind
//! 1. Write the body and implement [`Body`] for it: its id prefix, its three event names, its faults.
//! 2. Add it to the use cases (`application/src/definition.rs`) and to the API (`api/src/schema/definition.rs`).

mod event;
mod state;

use serde::{Serialize, de::DeserializeOwned};

pub use event::{Defined, DefinitionEvent, Retired, Revised};
pub use state::{Definition, DefinitionCommand, DefinitionError};

use crate::{
    fault::Fault,
    id::{Id, Named},
    slug::Slug,
};

/// What a kind of definition must say of itself.
pub trait Body:
    Named + Clone + std::fmt::Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The stored name of its first event, `kind.defined`.
    const DEFINED: &'static str;
    /// The stored name of a change, `kind.revised`.
    const REVISED: &'static str;
    /// The stored name of its end, `kind.retired`.
    const RETIRED: &'static str;

    /// The short name, unique within its kind while the definition lives.
    fn name(&self) -> &Slug;

    /// Everything that is wrong with it, each fault with its path.
    fn faults(&self) -> Vec<Fault>;
}

/// A definition at one of its versions; what running work is pinned to.
#[derive(Debug, serde::Deserialize, Serialize)]
#[serde(bound = "B: Body")]
pub struct Pin<B: Body> {
    /// The definition.
    pub id: Id<Definition<B>>,
    /// The version of the definition, from 1.
    pub version: u64,
}

impl<B: Body> Clone for Pin<B> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<B: Body> Copy for Pin<B> {}
impl<B: Body> PartialEq for Pin<B> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.version == other.version
    }
}
