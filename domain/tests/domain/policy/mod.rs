//! Escalation policies.

mod faults;
mod lint;
mod target;
mod timetable;
mod words;

use escalon_domain::policy::{EscalationPolicy, Level, Needed, Repeat, Target, When};

use crate::cast::slug;

/// The manager at once; who is on call 15 minutes later; the chief 30 minutes after that.
pub(crate) fn policy() -> EscalationPolicy {
    EscalationPolicy {
        name: slug("urgent"),
        title: "Urgent".into(),
        levels: vec![
            level(role("manager"), When::DelayMinutes(0)),
            level(Target::Schedule(slug("primary")), When::DelayMinutes(15)),
            level(role("chief"), When::DelayMinutes(30)),
        ],
        repeat: Repeat { times: 1, delay_minutes: 60 },
        acknowledgement_timeout_minutes: None,
        reminder_minutes: None,
    }
}

/// Levels at 50, 75 and 90 per cent of the time to a deadline.
pub(crate) fn thresholds() -> EscalationPolicy {
    let levels = [("lead", 50), ("owner", 75), ("admin", 90)]
        .map(|(name, percent)| level(role(name), When::ThresholdPercent(percent)));
    let repeat = Repeat { times: 0, delay_minutes: 30 };
    EscalationPolicy { levels: levels.to_vec(), repeat, ..policy() }
}

pub(crate) fn role(name: &str) -> Target {
    Target::Role(slug(name))
}

pub(crate) fn level(target: Target, when: When) -> Level {
    Level { targets: vec![target], when, acknowledgement: Needed::One, urgency: None }
}
