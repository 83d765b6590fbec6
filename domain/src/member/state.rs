//! A member as they stand.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Email, MemberCommand, MemberError, MemberEvent, decide};
use crate::{
    access::RoleId,
    aggregate::Aggregate,
    claim::{Claim, ClaimChange},
    id::{Id, Named},
    personal::Personal,
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
    /// Their roles.
    pub roles: BTreeSet<RoleId>,
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

    fn evolve(&mut self, event: &MemberEvent, _: &Stamp) {
        match event {
            MemberEvent::Invited(invited) => {
                self.status = MemberStatus::Invited;
                self.name = Some(invited.name.clone());
                self.email.clone_from(&invited.email);
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
        }
    }

    fn claims(&self, event: &MemberEvent) -> Vec<ClaimChange> {
        match event {
            MemberEvent::Invited(invited) => {
                let digest = invited.email_digest.iter();
                digest.map(|digest| ClaimChange::Take(Claim::organization("member.email", digest))).collect()
            }
            _ => Vec::new(),
        }
    }
}
