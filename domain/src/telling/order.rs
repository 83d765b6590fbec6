//! In which order a member's contact methods are thought of.

use crate::{
    contact::{Channel, ContactMethodId, Reach},
    escalation::Urgency,
};

/// What wakes people first, when it matters.
const INSISTENT: [Channel; 7] = [
    Channel::Sms,
    Channel::Push,
    Channel::WhatsApp,
    Channel::Call,
    Channel::Slack,
    Channel::Email,
    Channel::Webhook,
];

/// What disturbs people least first, otherwise.
const GENTLE: [Channel; 7] = [
    Channel::Email,
    Channel::Push,
    Channel::Slack,
    Channel::Webhook,
    Channel::WhatsApp,
    Channel::Sms,
    Channel::Call,
];

/// A contact method, and how many minutes to wait before it is used.
pub(super) type Step = (ContactMethodId, u32);

/// What the member's own rules say.
pub(super) fn by_rules(reach: &Reach, urgency: Urgency) -> Vec<Step> {
    let rules = reach.rules.iter().filter(|rule| rule.urgency == urgency);
    rules.map(|rule| (rule.method, rule.delay_minutes)).collect()
}

/// All of a member's contact methods, as one thinks of them who knows no rules.
pub(super) fn usual(reach: &Reach, urgency: Urgency) -> Vec<Step> {
    let channels = match urgency {
        Urgency::Urgent | Urgency::High => INSISTENT,
        Urgency::Medium | Urgency::Low => GENTLE,
    };
    channels.into_iter().flat_map(|channel| of_channel(reach, channel)).collect()
}

/// The contact methods of one channel, the oldest first.
pub(super) fn of_channel(reach: &Reach, channel: Channel) -> impl Iterator<Item = Step> {
    reach.methods.iter().filter(move |(_, method)| method.channel == channel).map(|(id, _)| (*id, 0))
}
