//! What a maintenance window is.

use serde::{Deserialize, Serialize};

use super::Period;
use crate::{
    alert::Suppression,
    definition::{Body, Definition, Pin},
    fault::{self, Fault},
    id::{Id, Named},
    slug::Slug,
    stamp::Timestamp,
};

/// What a maintenance window is: for alerts of a source, of a category, or of both, during a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceWindow {
    /// Its short name, unique among maintenance windows.
    pub name: Slug,
    /// What is done then.
    pub title: String,
    /// The source it is for; every source if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Slug>,
    /// The category it is for; every category if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Slug>,
    /// When.
    pub period: Period,
}

/// What may be affected by a window: where an alert comes from, and what it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Affected<'a> {
    /// Its source's short name; an alert rule has none.
    pub source: Option<&'a Slug>,
    /// Its category.
    pub category: &'a Slug,
}

/// The id of a maintenance window.
pub type MaintenanceWindowId = Id<Definition<MaintenanceWindow>>;

impl Named for MaintenanceWindow {
    const PREFIX: &'static str = "maintenance_window";
}

impl MaintenanceWindow {
    /// Whether nobody is to be told at this moment of what is affected.
    #[must_use]
    pub fn covers(&self, at: Timestamp, affected: Affected<'_>) -> bool {
        self.until(at, affected).is_some()
    }

    /// The end of the occurrence of this window that covers the moment, if one does.
    #[must_use]
    pub fn until(&self, at: Timestamp, affected: Affected<'_>) -> Option<Timestamp> {
        let source = self.source.as_ref().is_none_or(|source| affected.source == Some(source));
        let category = self.category.as_ref().is_none_or(|category| affected.category == category);
        if source && category { self.period.until(at) } else { None }
    }

    /// Why nobody is told at this moment, by those of an organization's windows that last longest; none when people are.
    #[must_use]
    pub fn suppression<'w>(
        windows: impl IntoIterator<Item = (Pin<Self>, &'w Self)>,
        at: Timestamp,
        affected: Affected<'_>,
    ) -> Option<Suppression> {
        let covering =
            windows.into_iter().filter_map(|(pin, window)| Some((window.until(at, affected)?, pin)));
        let (until, window) = covering.max_by_key(|(until, pin)| (*until, pin.id))?;
        Some(Suppression::Maintenance { window, until })
    }
}

impl Body for MaintenanceWindow {
    const DEFINED: &'static str = "maintenance_window.defined";
    const REVISED: &'static str = "maintenance_window.revised";
    const RETIRED: &'static str = "maintenance_window.retired";

    fn name(&self) -> &Slug {
        &self.name
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults: Vec<Fault> = fault::length(["title"], &self.title, 1, 120).into_iter().collect();
        if self.source.is_none() && self.category.is_none() {
            let message =
                "name a source, a category or both; a window for everything would silence everything";
            faults.push(Fault::at(["source"], message));
        }
        faults.extend(self.period.faults());
        faults
    }
}
