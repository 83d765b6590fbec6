//! What a member wants to be told of, and by which channels.

use std::collections::BTreeSet;

use chrono::{Days, NaiveTime};
use serde::{Deserialize, Serialize};

use super::Channel;
use crate::{escalation::Urgency, stamp::Timestamp, zone::Zone};

/// What a member wants. In the application they are told of everything, whatever this says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// By which channels; none of them named is all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<BTreeSet<Channel>>,
    /// Whether to mute what is not critical, which is what is not urgent.
    #[serde(default)]
    pub critical_only: bool,
    /// When by the clocks of their zone they want one message a day instead of many. What is urgent does not wait for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest_at: Option<NaiveTime>,
}

impl Preferences {
    /// Whether they want to be told of this urgency by this channel.
    #[must_use]
    pub fn want(&self, channel: Channel, urgency: Urgency) -> bool {
        channel == Channel::InApp
            || (self.channels.as_ref().is_none_or(|wanted| wanted.contains(&channel))
                && (!self.critical_only || is_critical(urgency)))
    }

    /// When the digest that collects at this moment is sent; none when this is not collected.
    #[must_use]
    pub fn digest(&self, urgency: Urgency, zone: Zone, at: Timestamp) -> Option<Timestamp> {
        let time = self.digest_at.filter(|_| !is_critical(urgency))?;
        let today = zone.wall(at).date();
        let days = (0..=2).filter_map(|days| today.checked_add_days(Days::new(days)));
        days.map(|day| zone.moment(day.and_time(time))).find(|moment| *moment >= at)
    }
}

/// Whether it is told in spite of what mutes, collects or waits.
pub(crate) const fn is_critical(urgency: Urgency) -> bool {
    matches!(urgency, Urgency::Urgent)
}
