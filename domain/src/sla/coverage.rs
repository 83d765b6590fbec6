//! Which tickets a policy covers.

use std::{cmp::Reverse, collections::BTreeSet};

use serde::{Deserialize, Serialize};

use super::SlaPolicy;
use crate::slug::Slug;

/// Which tickets are covered: those that fit everything that is named. What is empty, every ticket fits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Coverage {
    /// Short names of ticket types.
    pub ticket_types: BTreeSet<Slug>,
    /// Words for the priority with which a ticket is opened.
    pub priorities: BTreeSet<Slug>,
    /// Brands.
    pub brands: BTreeSet<String>,
}

impl Coverage {
    /// Whether a ticket is covered.
    #[must_use]
    pub fn covers(&self, ticket_type: &Slug, priority: &Slug, brand: Option<&str>) -> bool {
        let fits = |names: &BTreeSet<Slug>, name| names.is_empty() || names.contains(name);
        fits(&self.ticket_types, ticket_type)
            && fits(&self.priorities, priority)
            && (self.brands.is_empty() || brand.is_some_and(|brand| self.brands.contains(brand)))
    }

    /// How many things it asks for: the more, the narrower.
    fn narrowness(&self) -> usize {
        [self.ticket_types.is_empty(), self.priorities.is_empty(), self.brands.is_empty()]
            .iter()
            .filter(|any| !**any)
            .count()
    }
}

/// The policy that a new ticket gets, of those that cover it: the narrowest, which asks for most; of several, the first by
/// short name.
pub fn applicable<'p>(
    policies: impl IntoIterator<Item = &'p SlaPolicy>,
    ticket_type: &Slug,
    priority: &Slug,
    brand: Option<&str>,
) -> Option<&'p SlaPolicy> {
    policies
        .into_iter()
        .filter(|policy| policy.covers.covers(ticket_type, priority, brand))
        .min_by_key(|policy| (Reverse(policy.covers.narrowness()), &policy.name))
}
