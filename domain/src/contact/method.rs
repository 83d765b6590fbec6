//! Contact methods: the addresses at which a member can be told.

use serde::{Deserialize, Serialize};

use super::Channel;
use crate::{
    id::{Id, Named},
    member::MemberId,
    personal::Personal,
    stamp::Timestamp,
};

/// An address of a member, and whether it is known to be theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactMethod {
    /// By which channel it is reached.
    pub channel: Channel,
    /// The address, in the channel's own form.
    pub address: Personal<String>,
    /// Since when it is known to be theirs; until then nothing is sent to it but the code that proves it.
    pub verified_at: Option<Timestamp>,
}

/// The id of a contact method.
pub type ContactMethodId = Id<ContactMethod>;

impl Named for ContactMethod {
    const PREFIX: &'static str = "contact_method";
}

impl ContactMethod {
    /// The contact method that every member has without adding it: the application itself.
    #[must_use]
    pub fn in_app(member: MemberId) -> ContactMethodId {
        ContactMethodId::derived(member, Channel::InApp.name())
    }
}

/// How an address is known to be somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// They told the code that was sent to it.
    Code,
    /// Another system that had it proven vouches for it: the identity provider, say, or an invitation that was answered.
    Vouched,
}
