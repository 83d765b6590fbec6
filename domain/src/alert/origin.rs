//! Where alerts come from, and why nobody is told of one.

use serde::{Deserialize, Serialize};

use super::{Alert, AlertId};
use crate::{
    alert_rule::AlertRule, definition::Pin, id::Id, maintenance::MaintenanceWindow,
    organization::OrganizationId, routing::RoutingRule, source::Source, stamp::Timestamp,
};

/// Where an alert comes from, at the version that was read when it was triggered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A source.
    Source(Pin<Source>),
    /// A rule over what read models show.
    Rule(Pin<AlertRule>),
}

impl Origin {
    /// The stream of what this origin reports under a dedup key; always the same one.
    #[must_use]
    pub fn alert(&self, organization: OrganizationId, dedup_key: &str) -> AlertId {
        Id::<Alert>::derived(organization, &format!("alert|{}|{dedup_key}", self.key()))
    }

    /// One text for it, without the version.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Source(pin) => pin.id.to_string(),
            Self::Rule(pin) => pin.id.to_string(),
        }
    }
}

/// Why nobody is told of an alert, though it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppression {
    /// Work was planned there.
    Maintenance {
        /// The window.
        window: Pin<MaintenanceWindow>,
        /// When it ends; if the alert is still open then, people are told.
        until: Timestamp,
    },
    /// A routing rule says so.
    Rule(Pin<RoutingRule>),
}

impl Suppression {
    /// When it ends by itself, if it does.
    #[must_use]
    pub const fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Maintenance { until, .. } => Some(*until),
            Self::Rule(_) => None,
        }
    }
}
