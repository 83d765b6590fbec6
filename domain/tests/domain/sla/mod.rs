//! SLA policies: what they refuse, which tickets they cover, how their clocks run, and the same by walking each minute.

mod clocks;
mod coverage;
mod deadline;
mod oracle;
mod priority;
mod validation;
mod walk;

use chrono::Duration;
use escalon_domain::{
    sla::{Clock, Moment, SlaPolicy, SlaTarget, TargetTimes, What, clocks},
    stamp::Timestamp,
};

use crate::{calendar::at, cast::slug};

/// Two hours until somebody answers, one until the next answer, ten until it is resolved; urgent tickets have half of that.
pub(crate) fn policy() -> SlaPolicy {
    let hours = |hours: u32| {
        let minutes = [(slug("urgent"), hours * 30)].into();
        Some(TargetTimes { minutes, otherwise_minutes: Some(hours * 60), ..TargetTimes::default() })
    };
    SlaPolicy {
        name: slug("complaints"),
        title: "Complaints".into(),
        covers: Default::default(),
        calendar: None,
        first_response: hours(2),
        next_response: hours(1),
        resolution: hours(10),
        buffer_minutes: 60,
        pauses: Default::default(),
        thresholds: Default::default(),
        on_priority_change: Default::default(),
    }
}

/// So long after nine o'clock.
pub(crate) fn after(hours: i64, minutes: i64) -> Timestamp {
    at("2026-01-05T09:00:00Z") + Duration::hours(hours) + Duration::minutes(minutes)
}

/// A ticket of medium priority that was opened at nine, and what happened after that, each at so many hours and minutes after it.
pub(crate) fn opened_and(then: &[(i64, i64, What)]) -> Vec<Moment> {
    let then = then.iter().map(|(hours, minutes, what)| Moment::new(after(*hours, *minutes), what.clone()));
    std::iter::once(Moment::new(after(0, 0), What::Opened(slug("medium")))).chain(then).collect()
}

/// The latest clock of this target.
#[track_caller]
pub(crate) fn clock(policy: &SlaPolicy, target: SlaTarget, moments: &[Moment], at: Timestamp) -> Clock {
    clocks(policy, None, moments, at).into_iter().rfind(|clock| clock.target == target).unwrap()
}
