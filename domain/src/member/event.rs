//! What can have happened to a member.

use serde::{Deserialize, Serialize};

use super::Email;
use crate::{
    access::RoleId,
    contact::{
        ConsentGiven, ConsentWithdrawn, ContactMethodAdded, ContactMethodRemoved, ContactMethodVerified,
        PreferencesSet, QuietHoursSet, RulesSet, ZoneSet,
    },
    events,
    personal::{Forgotten, OnceBare, Personal},
};

/// They were invited, or carried over from another system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invited {
    /// Their name.
    pub name: Personal<String>,
    /// Their address; people carried over from a log may have none.
    pub email: Option<Personal<Email>>,
    /// What stands for the address where it must be unique: a digest that only the engine can make, and that goes with
    /// the address when they are forgotten.
    pub email_digest: Option<OnceBare<String>>,
}

/// They accepted and can log in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Joined {}

/// They got a role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleGranted {
    /// The role.
    pub role: RoleId,
}

/// They lost a role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleRevoked {
    /// The role.
    pub role: RoleId,
}

/// They may not act for now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suspended {
    /// Why: it is about them.
    pub reason: OnceBare<String>,
}

/// They may act again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reinstated {}

events! {
    /// What can have happened to a member.
    pub enum MemberEvent {
        /// See [`Invited`].
        Invited = "member.invited" v 1,
        /// See [`Joined`].
        Joined = "member.joined" v 1,
        /// See [`RoleGranted`].
        RoleGranted = "member.role_granted" v 1,
        /// See [`RoleRevoked`].
        RoleRevoked = "member.role_revoked" v 1,
        /// See [`Suspended`].
        Suspended = "member.suspended" v 1,
        /// See [`Reinstated`].
        Reinstated = "member.reinstated" v 1,
        /// See [`ContactMethodAdded`].
        ContactMethodAdded = "member.contact_method_added" v 1,
        /// See [`ContactMethodVerified`].
        ContactMethodVerified = "member.contact_method_verified" v 1,
        /// See [`ContactMethodRemoved`].
        ContactMethodRemoved = "member.contact_method_removed" v 1,
        /// See [`RulesSet`].
        RulesSet = "member.rules_set" v 1,
        /// See [`PreferencesSet`].
        PreferencesSet = "member.preferences_set" v 1,
        /// See [`QuietHoursSet`].
        QuietHoursSet = "member.quiet_hours_set" v 1,
        /// See [`ConsentGiven`].
        ConsentGiven = "member.consent_given" v 1,
        /// See [`ConsentWithdrawn`].
        ConsentWithdrawn = "member.consent_withdrawn" v 1,
        /// See [`ZoneSet`].
        ZoneSet = "member.zone_set" v 1,
        /// See [`Forgotten`].
        Forgotten = "member.forgotten" v 1,
    }
}
