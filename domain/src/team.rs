//! Teams: members who share work.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    definition::{Body, Definition},
    fault::{self, Fault},
    id::{Id, Named},
    member::MemberId,
    slug::Slug,
};

/// What a team is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Its short name, unique among teams.
    pub name: Slug,
    /// Its name for people.
    pub title: String,
    /// Who belongs to it.
    #[serde(default)]
    pub members: BTreeSet<MemberId>,
}

/// The id of a team.
pub type TeamId = Id<Definition<Team>>;

impl Named for Team {
    const PREFIX: &'static str = "team";
}

impl Body for Team {
    const DEFINED: &'static str = "team.defined";
    const REVISED: &'static str = "team.revised";
    const RETIRED: &'static str = "team.retired";

    fn name(&self) -> &Slug {
        &self.name
    }

    fn faults(&self) -> Vec<Fault> {
        fault::length(["title"], &self.title, 1, 120).into_iter().collect()
    }
}
