//! An organization as it stands.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    AnalystGranted, AnalystRevoked, Founded, OrganizationCommand, OrganizationError, OrganizationEvent,
    PersonalDataExported, Reinstated, Renamed, SettingChanged, Suspended,
};
use crate::{
    aggregate::Aggregate,
    claim::{Claim, ClaimChange},
    fault::{self, Fault},
    id::{Id, Named},
    slug::Slug,
    stamp::Stamp,
};

/// An organization as it stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Organization {
    /// Its short name; none before it is founded.
    pub slug: Option<Slug>,
    /// Its name for people.
    pub name: String,
    /// Its settings that are not at their default.
    pub settings: BTreeMap<Setting, String>,
    /// Whether all work in it has stopped.
    pub suspended: bool,
    /// The database roles of its analysts, and whether each sees personal data in clear.
    pub analysts: BTreeMap<String, bool>,
}

/// The id of an organization.
pub type OrganizationId = Id<Organization>;

impl Named for Organization {
    const PREFIX: &'static str = "organization";
}

/// What an organization can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Setting {
    /// The short name of the role that people get who register by themselves. Unset: by invitation only.
    #[serde(rename = "registration.role")]
    RegistrationRole,
}

impl Setting {
    /// Every setting there is.
    pub const ALL: &'static [Self] = &[Self::RegistrationRole];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RegistrationRole => "registration.role",
        }
    }
}

/// A name that is not a setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a setting; there is registration.role")]
pub struct UnknownSetting(String);

impl FromStr for Setting {
    type Err = UnknownSetting;

    fn from_str(name: &str) -> Result<Self, UnknownSetting> {
        let found = Self::ALL.iter().copied().find(|setting| setting.name() == name);
        found.ok_or_else(|| UnknownSetting(name.chars().take(80).collect()))
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn named(name: &str) -> Result<(), OrganizationError> {
    fault::length(["name"], name, 1, 120).map_or(Ok(()), |fault| Err(OrganizationError::Invalid(vec![fault])))
}

/// What every database takes as the name of a role without quoting it, and a hyphen.
fn role_named(role: &str) -> Result<(), OrganizationError> {
    let usual = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || matches!(one, '_' | '-');
    let begins = role.starts_with(|one: char| one.is_ascii_lowercase());
    if begins && role.len() <= 63 && role.chars().all(usual) && !role.starts_with("pg_") {
        return Ok(());
    }
    let message =
        "needs a letter and then up to 62 small letters, digits, “_” or “-”, and may not begin with pg_";
    Err(OrganizationError::Invalid(vec![Fault::at(["role"], message)]))
}

impl Aggregate for Organization {
    type Command = OrganizationCommand;
    type Event = OrganizationEvent;
    type Error = OrganizationError;

    fn decide(
        &self,
        command: OrganizationCommand,
        _: &Stamp,
    ) -> Result<Vec<OrganizationEvent>, OrganizationError> {
        use OrganizationCommand as Command;
        match (&command, &self.slug) {
            (Command::Found { .. }, Some(_)) => return Err(OrganizationError::AlreadyFounded),
            (Command::Found { .. }, None) | (Command::Reinstate, Some(_)) => {}
            (_, None) => return Err(OrganizationError::NotFounded),
            // Access can be taken, and data handed over, when all work has stopped.
            (Command::RevokeAnalyst { .. } | Command::ExportPersonalData { .. }, Some(_)) => {}
            (_, Some(_)) if self.suspended => return Err(OrganizationError::Suspended),
            (_, Some(_)) => {}
        }
        Ok(match command {
            Command::Found { slug, name } => {
                named(&name)?;
                vec![Founded { slug, name }.into()]
            }
            Command::Rename { name } if name == self.name => Vec::new(),
            Command::Rename { name } => {
                named(&name)?;
                vec![Renamed { previous: self.name.clone(), name }.into()]
            }
            Command::Set { setting, value } => {
                let previous = self.settings.get(&setting).cloned();
                if previous == value {
                    Vec::new()
                } else {
                    vec![SettingChanged { setting, previous, value }.into()]
                }
            }
            Command::Suspend { reason } => {
                if let Some(fault) = fault::length(["reason"], &reason, 1, 2_000) {
                    return Err(OrganizationError::Invalid(vec![fault]));
                }
                vec![Suspended { reason }.into()]
            }
            Command::Reinstate if self.suspended => vec![Reinstated {}.into()],
            Command::Reinstate => Vec::new(),
            Command::GrantAnalyst { role, unmasked } if self.analysts.get(&role) == Some(&unmasked) => {
                Vec::new()
            }
            Command::GrantAnalyst { role, unmasked } => {
                role_named(&role)?;
                vec![AnalystGranted { role, unmasked }.into()]
            }
            Command::RevokeAnalyst { role } if self.analysts.contains_key(&role) => {
                vec![AnalystRevoked { role }.into()]
            }
            Command::RevokeAnalyst { role } => return Err(OrganizationError::NoSuchAnalyst(role)),
            Command::ExportPersonalData { views, format, reason } => {
                if let Some(fault) = fault::length(["reason"], &reason, 10, 2_000) {
                    return Err(OrganizationError::Invalid(vec![fault]));
                }
                vec![PersonalDataExported { views, format, reason }.into()]
            }
        })
    }

    fn evolve(&mut self, event: &OrganizationEvent, _: &Stamp) {
        match event {
            OrganizationEvent::Founded(founded) => {
                self.slug = Some(founded.slug.clone());
                self.name.clone_from(&founded.name);
            }
            OrganizationEvent::Renamed(renamed) => self.name.clone_from(&renamed.name),
            OrganizationEvent::SettingChanged(changed) => match &changed.value {
                Some(value) => _ = self.settings.insert(changed.setting, value.clone()),
                None => _ = self.settings.remove(&changed.setting),
            },
            OrganizationEvent::Suspended(_) => self.suspended = true,
            OrganizationEvent::Reinstated(_) => self.suspended = false,
            OrganizationEvent::AnalystGranted(granted) => {
                self.analysts.insert(granted.role.clone(), granted.unmasked);
            }
            OrganizationEvent::AnalystRevoked(revoked) => _ = self.analysts.remove(&revoked.role),
            OrganizationEvent::PersonalDataExported(_) => {}
        }
    }

    fn claims(&self, event: &OrganizationEvent) -> Vec<ClaimChange> {
        match event {
            OrganizationEvent::Founded(founded) => {
                vec![ClaimChange::Take(Claim::platform("organization.slug", founded.slug.as_str()))]
            }
            _ => Vec::new(),
        }
    }
}
