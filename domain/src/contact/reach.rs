//! How a member can be reached, as it stands.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Channel, Consent, ConsentGiven, ConsentWithdrawn, ContactMethod, ContactMethodAdded, ContactMethodId,
    ContactMethodVerified, NotificationRule, Preferences, QuietHours,
};
use crate::{stamp::Timestamp, zone::Zone};

/// How a member can be reached, and how they want to be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Their addresses.
    pub methods: BTreeMap<ContactMethodId, ContactMethod>,
    /// By which of them they want to be told of what, in order.
    pub rules: Vec<NotificationRule>,
    /// What they want to be told of.
    pub preferences: Preferences,
    /// When they are not to be disturbed.
    pub quiet_hours: Option<QuietHours>,
    /// What they said about being reached by telephone.
    pub consents: BTreeMap<Channel, Consent>,
    /// By which clocks they live; their organization's, if they never said.
    pub zone: Option<Zone>,
}

impl Reach {
    /// Whether they may be reached by this channel: it needs no consent, or they gave it.
    #[must_use]
    pub fn consents_to(&self, channel: Channel) -> bool {
        !channel.needs_consent() || self.consents.get(&channel).is_some_and(|consent| consent.given)
    }

    /// The addresses that tell who somebody is.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let tells = |channel| {
            matches!(
                channel,
                Channel::Email | Channel::Sms | Channel::Call | Channel::WhatsApp | Channel::Slack
            )
        };
        let methods = self.methods.values().filter(move |method| tells(method.channel));
        methods.filter_map(|method| method.address.reveal()).map(String::as_str)
    }

    pub(crate) fn added(&mut self, added: &ContactMethodAdded) {
        let (channel, address) = (added.channel, added.address.clone());
        self.methods.insert(added.method, ContactMethod { channel, address, verified_at: None });
    }

    pub(crate) fn verified(&mut self, verified: &ContactMethodVerified, at: Timestamp) {
        if let Some(method) = self.methods.get_mut(&verified.method) {
            method.verified_at.get_or_insert(at);
        }
    }

    pub(crate) fn consent_given(&mut self, said: &ConsentGiven, at: Timestamp) {
        self.consents.insert(said.channel, Consent { given: true, at, means: said.means });
    }

    pub(crate) fn consent_withdrawn(&mut self, said: &ConsentWithdrawn, at: Timestamp) {
        self.consents.insert(said.channel, Consent { given: false, at, means: said.means });
    }
}
