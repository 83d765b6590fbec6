//! What an organization can be asked to do, and why it may say no.

use super::Setting;
use crate::{
    fault::Fault,
    refusal::{Refusal, RefusalCode, sentence},
    slug::Slug,
};

/// What an organization can be asked to do.
#[derive(Debug, Clone, PartialEq)]
pub enum OrganizationCommand {
    /// Begin it.
    Found {
        /// Its short name, unique in the installation.
        slug: Slug,
        /// Its name for people.
        name: String,
    },
    /// Give it another name.
    Rename {
        /// The new name.
        name: String,
    },
    /// Change a setting.
    Set {
        /// Which.
        setting: Setting,
        /// The new value; none for the default.
        value: Option<String>,
    },
    /// Stop all work in it.
    Suspend {
        /// Why.
        reason: String,
    },
    /// Let work go on.
    Reinstate,
    /// Give a database role of an analyst access to its figures.
    GrantAnalyst {
        /// The database role.
        role: String,
        /// Whether it sees personal data in clear.
        unmasked: bool,
    },
    /// Take its access from a database role.
    RevokeAnalyst {
        /// The database role.
        role: String,
    },
    /// Record that personal data are exported in clear.
    ExportPersonalData {
        /// The views that are exported.
        views: Vec<String>,
        /// The format of the files.
        format: String,
        /// Why.
        reason: String,
    },
}

/// Why an organization says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrganizationError {
    /// It exists.
    #[error("this organization is already founded")]
    AlreadyFounded,
    /// It does not exist.
    #[error("there is no such organization")]
    NotFounded,
    /// It is suspended.
    #[error("this organization is suspended; reinstate it first")]
    Suspended,
    /// No analyst has this database role.
    #[error(
        "no analyst of this organization has the database role “{0}”; escalon analytics list shows those that are there"
    )]
    NoSuchAnalyst(String),
    /// The input is wrong.
    #[error("{}", sentence(.0))]
    Invalid(Vec<Fault>),
}

impl Refusal for OrganizationError {
    fn code(&self) -> RefusalCode {
        match self {
            Self::AlreadyFounded => RefusalCode::AlreadyExists,
            Self::NotFounded => RefusalCode::NotFound,
            Self::NoSuchAnalyst(_) => RefusalCode::NotAllowed,
            Self::Suspended => RefusalCode::InvalidTransition,
            Self::Invalid(_) => RefusalCode::InvalidInput,
        }
    }

    fn allowed(&self) -> Vec<&'static str> {
        if matches!(self, Self::Suspended) { vec!["reinstate"] } else { Vec::new() }
    }

    fn faults(&self) -> Vec<Fault> {
        if let Self::Invalid(faults) = self { faults.clone() } else { Vec::new() }
    }
}
