//! All that decides about whom to tell, looked up before.

use std::collections::{BTreeMap, BTreeSet};

use super::Limits;
use crate::{
    contact::{Channel, ContactMethodId, Reach},
    escalation::Urgency,
    member::{Member, MemberId, MemberStatus},
    notification::{Notification, Occasion, Reason},
    policy::Target,
    stamp::Timestamp,
    zone::Zone,
};

/// What is to be told, whoever is told.
#[derive(Debug, Clone)]
pub struct Telling {
    /// Of what.
    pub occasion: Occasion,
    /// How insistently.
    pub urgency: Urgency,
    /// The channels that the rule or level names; none, if it leaves that to each member.
    pub channels: Option<BTreeSet<Channel>>,
    /// Why nobody is told at all, if so: it is suppressed, or somebody owns it.
    pub withhold: Option<Reason>,
    /// The zone of those who never said theirs.
    pub zone: Zone,
    /// How often one contact method is used.
    pub limits: Limits,
    /// When.
    pub at: Timestamp,
}

/// A person whom a target led to.
#[derive(Debug, Clone)]
pub struct Considered {
    /// Who.
    pub member: MemberId,
    /// Through which target.
    pub through: Target,
    /// Whether they are on call, where the target asks for that; true otherwise.
    pub on_call: bool,
    /// Where they are in their life.
    pub status: MemberStatus,
    /// How they can be reached.
    pub reach: Reach,
    /// What they were told before.
    pub told: Told,
}

impl Considered {
    /// A member, as they stand, whom a target led to.
    #[must_use]
    pub fn new(id: MemberId, member: &Member, through: Target) -> Self {
        let (status, reach) = (member.status, member.reach.clone());
        Self { member: id, through, on_call: true, status, reach, told: Told::default() }
    }
}

/// What somebody was told before.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// By which contact methods they are told of this already: of this occasion, or of another one of the same dedup key.
    pub already: BTreeSet<ContactMethodId>,
    /// Which of those have failed for good. If there are any, another one is looked for.
    pub failed: BTreeSet<ContactMethodId>,
    /// When messages about anything were sent, or will be, by each contact method; as far back as its limit looks.
    pub sent: BTreeMap<ContactMethodId, BTreeSet<Timestamp>>,
}

impl Told {
    /// What the notifications of one recipient about one thing say: by which contact methods they are told of it, and which of
    /// those failed for good. Messages about other things count for limits, too, and are added by whoever knows them.
    pub fn of<'a>(notifications: impl IntoIterator<Item = &'a Notification>) -> Self {
        let mut told = Self::default();
        for notification in notifications {
            let Some(planned) = &notification.planned else { continue };
            told.already.insert(planned.method);
            told.sent.entry(planned.method).or_default().insert(planned.at);
            if notification.gave_up() {
                told.failed.insert(planned.method);
            }
        }
        told
    }
}
