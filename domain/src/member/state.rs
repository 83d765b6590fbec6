//! A member as they stand.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Email, MemberCommand, MemberError, MemberEvent, decide};
use crate::{
    access::RoleId,
    aggregate::Aggregate,
    claim::{Claim, ClaimChange},
    contact::Reach,
    id::{Id, Named},
    personal::{Forgotten, OnceBare, Personal},
    stamp::Stamp,
};

/// A member as they stand.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Where they are in their life.
    pub status: MemberStatus,
    /// Whether they ever joined; decides what a reinstated member becomes.
    pub joined: bool,
    /// Their name.
    pub name: Option<Personal<String>>,
    /// Their address.
    pub email: Option<Personal<Email>>,
    /// What stands for the address where it must be unique.
    pub email_digest: Option<OnceBare<String>>,
    /// Their roles.
    pub roles: BTreeSet<RoleId>,
    /// How they can be reached.
    pub reach: Reach,
    /// That they were forgotten, if they were.
    pub forgotten: Option<Forgotten>,
}

/// The id of a member.
pub type MemberId = Id<Member>;

impl Named for Member {
    const PREFIX: &'static str = "member";
}

/// Where a member is in their life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberStatus {
    /// Not there.
    #[default]
    Unknown,
    /// Invited, without a password yet.
    Invited,
    /// Joined.
    Active,
    /// May not act for now.
    Suspended,
    /// Gone for good: nobody can read who it was.
    Forgotten,
}

impl MemberStatus {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Forgotten => "forgotten",
        }
    }
}

impl Aggregate for Member {
    type Command = MemberCommand;
    type Event = MemberEvent;
    type Error = MemberError;

    fn decide(&self, command: MemberCommand, _: &Stamp) -> Result<Vec<MemberEvent>, MemberError> {
        decide::decide(self, command)
    }

    fn evolve(&mut self, event: &MemberEvent, stamp: &Stamp) {
        match event {
            MemberEvent::Invited(invited) => {
                self.status = MemberStatus::Invited;
                self.name = Some(invited.name.clone());
                self.email.clone_from(&invited.email);
                self.email_digest.clone_from(&invited.email_digest);
            }
            MemberEvent::Joined(_) => {
                self.status = MemberStatus::Active;
                self.joined = true;
            }
            MemberEvent::RoleGranted(granted) => _ = self.roles.insert(granted.role),
            MemberEvent::RoleRevoked(revoked) => _ = self.roles.remove(&revoked.role),
            MemberEvent::Suspended(_) => self.status = MemberStatus::Suspended,
            MemberEvent::Reinstated(_) => {
                self.status = if self.joined { MemberStatus::Active } else { MemberStatus::Invited };
            }
            MemberEvent::ContactMethodAdded(added) => self.reach.added(added),
            MemberEvent::ContactMethodVerified(verified) => self.reach.verified(verified, stamp.at),
            MemberEvent::ContactMethodRemoved(removed) => _ = self.reach.methods.remove(&removed.method),
            MemberEvent::RulesSet(set) => self.reach.rules.clone_from(&set.rules),
            MemberEvent::PreferencesSet(set) => self.reach.preferences = set.preferences.clone(),
            MemberEvent::QuietHoursSet(set) => self.reach.quiet_hours = set.quiet_hours,
            MemberEvent::ConsentGiven(given) => self.reach.consent_given(given, stamp.at),
            MemberEvent::ConsentWithdrawn(withdrawn) => self.reach.consent_withdrawn(withdrawn, stamp.at),
            MemberEvent::ZoneSet(set) => self.reach.zone = Some(set.zone),
            MemberEvent::Forgotten(forgotten) => {
                let gone = Personal { subject: forgotten.subject, value: None };
                *self = Self {
                    status: MemberStatus::Forgotten,
                    joined: self.joined,
                    name: Some(gone),
                    forgotten: Some(forgotten.clone()),
                    ..Self::default()
                };
            }
        }
    }

    fn claims(&self, event: &MemberEvent) -> Vec<ClaimChange> {
        match event {
            MemberEvent::Invited(invited) => {
                address(invited.email_digest.as_ref()).map(ClaimChange::Take).into_iter().collect()
            }
            // The address may be used again, by them too.
            MemberEvent::Forgotten(_) => {
                address(self.email_digest.as_ref()).map(ClaimChange::Release).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The claim on an address, by its digest.
fn address(digest: Option<&OnceBare<String>>) -> Option<Claim> {
    Some(Claim::organization("member.email", digest?.reveal()?))
}
