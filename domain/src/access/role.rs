//! Roles are definitions: a level and the permissions they grant.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Permission;
use crate::{
    definition::{Body, Definition},
    fault::{self, Fault},
    id::{Id, Named},
    slug::Slug,
};

/// What a role is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its short name, unique among roles.
    pub name: Slug,
    /// Its name for people.
    pub title: String,
    /// Its level; 1 is the highest. Nobody grants or defines a role above their own level.
    pub level: u8,
    /// What it allows.
    pub permissions: BTreeSet<Permission>,
}

/// The id of a role.
pub type RoleId = Id<Definition<Role>>;

impl Named for Role {
    const PREFIX: &'static str = "role";
}

impl Body for Role {
    const DEFINED: &'static str = "role.defined";
    const REVISED: &'static str = "role.revised";
    const RETIRED: &'static str = "role.retired";

    fn name(&self) -> &Slug {
        &self.name
    }

    fn faults(&self) -> Vec<Fault> {
        let level = (self.level == 0).then(|| Fault::at(["level"], "levels begin at 1, the highest"));
        fault::length(["title"], &self.title, 1, 120).into_iter().chain(level).collect()
    }
}
