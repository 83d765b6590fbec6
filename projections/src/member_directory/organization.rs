//! From an organization's events to its row.

use std::collections::BTreeMap;

use escalon_domain::{organization::OrganizationEvent, stamp::Timestamp};
use serde_json::Value;

use crate::{
    happening::{Happening, What},
    row,
    tables::Fold,
};

row! {
    /// An organization.
    pub struct OrganizationRow in "organization" {
        /// Its id, `organization_…`.
        pub id: String,
        /// Its id again: it belongs to itself.
        pub organization: String,
        /// Its short name.
        pub slug: String,
        /// Its name for people.
        pub name: String,
        /// Its settings that are not at their default, by name.
        pub settings: Value,
        /// Whether all work in it has stopped.
        pub suspended: bool,
        /// When it was founded.
        pub founded_at: Timestamp,
        /// How many events it has.
        pub version: i64,
    }
}

/// The fold over organizations.
#[derive(Debug, Clone, Copy)]
pub struct OrganizationFold;

impl Fold for OrganizationFold {
    type Row = OrganizationRow;

    fn key<'h>(happening: &'h Happening<'_>) -> Option<&'h str> {
        matches!(happening.what, What::Organization(_)).then(|| happening.id())
    }

    fn apply(row: Option<OrganizationRow>, happening: &Happening<'_>) -> Option<OrganizationRow> {
        let What::Organization(event) = &happening.what else { return row };
        if let OrganizationEvent::Founded(founded) = event {
            return Some(OrganizationRow {
                id: happening.id().to_owned(),
                organization: happening.organization(),
                slug: founded.slug.to_string(),
                name: founded.name.clone(),
                settings: Value::Object(serde_json::Map::new()),
                suspended: false,
                founded_at: happening.at(),
                version: happening.version(),
            });
        }
        let mut row = row?;
        match event {
            OrganizationEvent::Founded(_) => {}
            OrganizationEvent::Renamed(renamed) => row.name.clone_from(&renamed.name),
            OrganizationEvent::SettingChanged(changed) => {
                let mut settings: BTreeMap<String, Value> = row
                    .settings
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                match &changed.value {
                    Some(value) => {
                        _ = settings.insert(changed.setting.name().to_owned(), Value::from(value.as_str()));
                    }
                    None => _ = settings.remove(changed.setting.name()),
                }
                row.settings = settings.into_iter().collect();
            }
            OrganizationEvent::Suspended(_) => row.suspended = true,
            OrganizationEvent::Reinstated(_) => row.suspended = false,
            OrganizationEvent::AnalystGranted(_)
            | OrganizationEvent::AnalystRevoked(_)
            | OrganizationEvent::PersonalDataExported(_) => {}
        }
        row.version = happening.version();
        Some(row)
    }
}
