//! What can have happened to a ticket's deadline and SLA.

use serde::{Deserialize, Serialize};

use crate::{
    calendar::BusinessCalendar,
    definition::Pin,
    sla::{SlaPolicy, SlaStatus, SlaTarget, ThresholdMoment, Thresholds},
    stamp::Timestamp,
};

/// The versions that a ticket's clocks run by, for as long as it lives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SlaPin {
    /// The SLA policy.
    pub policy: Pin<SlaPolicy>,
    /// The business calendar, for a policy that counts business time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Pin<BusinessCalendar>>,
}

/// When a ticket is to be resolved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deadline {
    /// The moment by which it is to be resolved.
    pub due: Timestamp,
    /// When it comes to be at risk.
    pub at_risk: Timestamp,
    /// The calendar by whose working time its shares are counted; all time counts without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Pin<BusinessCalendar>>,
    /// When its levels are due.
    pub thresholds: Vec<ThresholdMoment>,
}

/// It got a deadline, another one, or none any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeadlineSet {
    /// The one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Deadline>,
    /// The one now.
    pub deadline: Option<Deadline>,
}

/// The levels of its deadline were set, or switched off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThresholdsSet {
    /// The shares before.
    pub previous: Thresholds,
    /// The levels now, with their moments if there is a deadline.
    pub thresholds: Vec<ThresholdMoment>,
}

/// It was found when its SLA targets are due, at risk and at their levels, if nothing else happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlaScheduled {
    /// The versions by which it was found.
    pub sla: SlaPin,
    /// The clocks that have not ended.
    pub clocks: Vec<ScheduledClock>,
}

/// A clock that has not ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScheduledClock {
    /// Which target.
    pub target: SlaTarget,
    /// How many times the target had begun, from 1.
    pub cycle: u32,
    /// How it stands.
    pub status: SlaStatus,
    /// When it is breached; none while it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// When it comes to be at risk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_risk: Option<Timestamp>,
    /// When its levels are reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<ThresholdMoment>,
}

/// A level of a target was reached. It is not reached again, whatever becomes of priority or deadline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThresholdReached {
    /// Which target.
    pub target: SlaTarget,
    /// How many times the target had begun, from 1.
    pub cycle: u32,
    /// Which level, from 1.
    pub level: u8,
    /// Its share of the time, in per cent.
    pub percent: u8,
    /// When it was due; it may have been found later.
    pub due: Timestamp,
    /// The policy of the target; none for the ticket's own deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Pin<SlaPolicy>>,
    /// The calendar whose time counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Pin<BusinessCalendar>>,
}

/// Less time is left of a target than its buffer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlaAtRisk {
    /// Which target.
    pub target: SlaTarget,
    /// How many times the target had begun, from 1.
    pub cycle: u32,
    /// Since when it is so; it may have been found later.
    pub since: Timestamp,
    /// The policy of the target; none for the ticket's own deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Pin<SlaPolicy>>,
    /// The calendar whose time counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Pin<BusinessCalendar>>,
}

/// All time of a target has passed, and what was promised was not done by then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlaBreached {
    /// Which target.
    pub target: SlaTarget,
    /// How many times the target had begun, from 1.
    pub cycle: u32,
    /// Since when it is so; it may have been found later.
    pub since: Timestamp,
    /// The policy of the target; none for the ticket's own deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Pin<SlaPolicy>>,
    /// The calendar whose time counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Pin<BusinessCalendar>>,
}

/// What a target promised was done in time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlaMet {
    /// Which target.
    pub target: SlaTarget,
    /// How many times the target had begun, from 1.
    pub cycle: u32,
    /// When it was done.
    pub since: Timestamp,
    /// The policy of the target; none for the ticket's own deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Pin<SlaPolicy>>,
    /// The calendar whose time counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Pin<BusinessCalendar>>,
}
