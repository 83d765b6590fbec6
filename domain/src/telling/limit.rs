//! How often one contact method may be used.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU16,
};

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{contact::Channel, stamp::Timestamp};

/// So many messages to one address within any window of so many minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// How many messages.
    pub messages: NonZeroU16,
    /// Within how many minutes.
    pub window_minutes: NonZeroU16,
}

impl Limit {
    /// The first moment, from this one on, at which the limit allows a message, given when others are sent. A message joins
    /// another one at the same moment, and does not count then.
    #[must_use]
    pub fn allows(self, sent: &BTreeSet<Timestamp>, from: Timestamp) -> Timestamp {
        let window = Duration::minutes(i64::from(self.window_minutes.get()));
        let allowed = |at: Timestamp| {
            sent.contains(&at)
                || sent.range(at - window..at).filter(|moment| at - **moment < window).count()
                    < usize::from(self.messages.get())
        };
        // It is possible again when another is sent, or when one does not count any more.
        let later = sent.iter().flat_map(|moment| [*moment, *moment + window]);
        let moments: BTreeSet<_> = later.filter(|moment| *moment > from).collect();
        [from].into_iter().chain(moments).find(|at| allowed(*at)).unwrap_or(from)
    }
}

/// The limits of all channels; one that is not named has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Limits(pub BTreeMap<Channel, Limit>);

impl Limits {
    /// No limit at all.
    #[must_use]
    pub const fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// When this channel allows a message, from this moment on.
    pub(super) fn allow(
        &self,
        channel: Channel,
        sent: Option<&BTreeSet<Timestamp>>,
        from: Timestamp,
    ) -> Timestamp {
        match (self.0.get(&channel), sent) {
            (Some(limit), Some(sent)) => limit.allows(sent, from),
            _ => from,
        }
    }
}

impl Default for Limits {
    /// In an hour to one address: 6 calls, 12 text messages, 60 of those that only fill a screen.
    fn default() -> Self {
        let hourly = |messages| {
            let (messages, window_minutes) = (NonZeroU16::new(messages)?, NonZeroU16::new(60)?);
            Some(Limit { messages, window_minutes })
        };
        let limits = [
            (Channel::Call, 6),
            (Channel::Sms, 12),
            (Channel::WhatsApp, 12),
            (Channel::Email, 60),
            (Channel::Push, 60),
            (Channel::Slack, 60),
        ];
        Self(
            limits.into_iter().filter_map(|(channel, messages)| Some((channel, hourly(messages)?))).collect(),
        )
    }
}
