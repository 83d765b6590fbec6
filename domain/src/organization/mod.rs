//! Organizations: everything belongs to one.

mod command;
mod event;
mod state;

pub use command::{OrganizationCommand, OrganizationError};
pub use event::{
    AnalystGranted, AnalystRevoked, Founded, OrganizationEvent, PersonalDataExported, Reinstated, Renamed,
    SettingChanged, Suspended,
};
pub use state::{Organization, OrganizationId, Setting};
