//! How the members of an organization can be reached, and how they want to be.
//!
//! It is part of the [`Member`](crate::member::Member): its events are the member's, and their state has a [`Reach`].

mod address;
mod channel;
mod command;
mod consent;
mod decide;
mod event;
mod method;
mod phone;
mod preferences;
mod quiet_hours;
mod reach;
mod rule;

pub use channel::Channel;
pub use command::{Code, ReachCommand};
pub use consent::{Consent, Means};
pub use event::{
    ConsentGiven, ConsentWithdrawn, ContactMethodAdded, ContactMethodRemoved, ContactMethodVerified,
    PreferencesSet, QuietHoursSet, RulesSet, ZoneSet,
};
pub use method::{ContactMethod, ContactMethodId, Proof};
pub use phone::{InvalidPhone, Phone};
pub use preferences::Preferences;
pub use quiet_hours::QuietHours;
pub use reach::Reach;
pub use rule::NotificationRule;

pub(crate) use decide::decide;
pub(crate) use preferences::is_critical;
