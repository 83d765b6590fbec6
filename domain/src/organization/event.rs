//! What can have happened to an organization.

use serde::{Deserialize, Serialize};

use super::Setting;
use crate::{events, slug::Slug};

/// It was founded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Founded {
    /// Its short name, unique in the installation.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
}

/// It got another name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Renamed {
    /// The name before.
    pub previous: String,
    /// The new name.
    pub name: String,
}

/// One of its settings was changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettingChanged {
    /// Which.
    pub setting: Setting,
    /// The value before.
    pub previous: Option<String>,
    /// The new value; none is the default.
    pub value: Option<String>,
}

/// Nobody may work in it any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suspended {
    /// Why.
    pub reason: String,
}

/// Its members may work in it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reinstated {}

/// A database role of an analyst was given access to its figures, or another kind of access.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnalystGranted {
    /// The database role.
    pub role: String,
    /// Whether it sees personal data in clear.
    pub unmasked: bool,
}

/// A database role of an analyst lost its access.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnalystRevoked {
    /// The database role.
    pub role: String,
}

/// Personal data were exported in clear.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonalDataExported {
    /// The views that were exported.
    pub views: Vec<String>,
    /// The format of the files.
    pub format: String,
    /// Why.
    pub reason: String,
}

events! {
    /// What can have happened to an organization.
    pub enum OrganizationEvent {
        /// See [`Founded`].
        Founded = "organization.founded" v 1,
        /// See [`Renamed`].
        Renamed = "organization.renamed" v 1,
        /// See [`SettingChanged`].
        SettingChanged = "organization.setting_changed" v 1,
        /// See [`Suspended`].
        Suspended = "organization.suspended" v 1,
        /// See [`Reinstated`].
        Reinstated = "organization.reinstated" v 1,
        /// See [`AnalystGranted`].
        AnalystGranted = "organization.analyst_granted" v 1,
        /// See [`AnalystRevoked`].
        AnalystRevoked = "organization.analyst_revoked" v 1,
        /// See [`PersonalDataExported`].
        PersonalDataExported = "organization.personal_data_exported" v 1,
    }
}
