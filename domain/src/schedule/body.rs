//! What a schedule is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Layer, Override};
use crate::{
    definition::{Body, Definition},
    fault::{self, Fault},
    id::{Id, Named},
    member::MemberId,
    slug::Slug,
    zone::Zone,
};

/// What a schedule is: who is on call when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Its short name, unique among schedules.
    pub name: Slug,
    /// Its name for people.
    pub title: String,
    /// The time zone whose clocks its layers go by.
    pub zone: Zone,
    /// Who takes turns. Where several layers have somebody on call, the last one wins.
    pub layers: Vec<Layer>,
    /// What changes that, each upon the ones before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
}

/// The id of a schedule.
pub type ScheduleId = Id<Definition<Schedule>>;

impl Named for Schedule {
    const PREFIX: &'static str = "schedule";
}

impl Schedule {
    /// Everybody it names, in layers or overrides.
    #[must_use]
    pub fn members(&self) -> BTreeSet<MemberId> {
        let slots = self.layers.iter().flat_map(|layer| layer.participants.iter().flatten().copied());
        slots.chain(self.overrides.iter().flat_map(Override::members)).collect()
    }
}

impl Body for Schedule {
    const DEFINED: &'static str = "schedule.defined";
    const REVISED: &'static str = "schedule.revised";
    const RETIRED: &'static str = "schedule.retired";

    fn name(&self) -> &Slug {
        &self.name
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults: Vec<Fault> = fault::length(["title"], &self.title, 1, 120).into_iter().collect();
        if self.layers.is_empty() || self.layers.len() > 20 {
            faults.push(Fault::at(["layers"], "a schedule has 1 to 20 layers"));
        }
        let mut names = BTreeSet::new();
        for (number, layer) in self.layers.iter().enumerate() {
            let place = number.to_string();
            if !names.insert(&layer.name) {
                let message = format!("“{}” is there twice", layer.name);
                faults.push(Fault::at(["layers", &place, "name"], message));
            }
            faults.extend(layer.faults(&place));
            if let Some(over) = self.layers[number + 1..].iter().find(|over| over.hides(layer)) {
                let message = format!(
                    "is never seen: “{}” comes later and is on call all that time; reorder them, or leave one out",
                    over.name
                );
                faults.push(Fault::at(["layers", &place], message));
            }
        }
        if self.overrides.len() > 500 {
            faults.push(Fault::at(
                ["overrides"],
                "a schedule has 500 overrides at most; leave out those that are over",
            ));
        }
        for (number, change) in self.overrides.iter().enumerate() {
            faults.extend(change.faults(&number.to_string()));
        }
        faults
    }
}
