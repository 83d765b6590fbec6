//! Everything that can be wrong with an SLA policy.

use super::{PauseStatus, SlaPolicy, SlaTarget, SlaTime, TargetTimes};
use crate::fault::{self, Fault};

/// Five years.
const LONGEST_MINUTES: u32 = 5 * 366 * 24 * 60;

pub(super) fn faults(policy: &SlaPolicy) -> Vec<Fault> {
    let mut faults: Vec<Fault> = fault::length(["title"], &policy.title, 1, 120).into_iter().collect();
    if let Some(brand) = policy.covers.brands.iter().find(|brand| fault::length([], brand, 1, 120).is_some())
    {
        let message = format!(
            "“{}” is not a brand; a brand has 1 to 120 characters",
            brand.chars().take(80).collect::<String>()
        );
        faults.push(Fault::at(["covers", "brands"], message));
    }
    let targets =
        SlaTarget::OF_POLICIES.iter().filter_map(|target| Some((target.name(), policy.times(*target)?)));
    let targets: Vec<_> = targets.collect();
    if targets.is_empty() {
        let message =
            "the policy promises nothing; give a time for first_response, next_response or resolution";
        faults.push(Fault::at(["resolution"], message));
    }
    for (name, times) in &targets {
        of_target(name, times, &mut faults);
    }
    let business = targets.iter().find(|(_, times)| times.time == SlaTime::Business);
    match (&policy.calendar, business) {
        (None, Some((name, _))) => {
            let message = format!("{name} counts business time; name the business calendar that it follows");
            faults.push(Fault::at(["calendar"], message));
        }
        (Some(_), None) if !targets.is_empty() => {
            let message =
                "no target counts business time; say “time: business” at one, or leave the calendar out";
            faults.push(Fault::at(["calendar"], message));
        }
        _ => {}
    }
    if policy.buffer_minutes > LONGEST_MINUTES {
        faults.push(Fault::at(
            ["buffer_minutes"],
            format!("may be {LONGEST_MINUTES} at most, which is five years"),
        ));
    }
    if !policy.pauses.reasons.is_empty() && !policy.pauses.statuses.contains(&PauseStatus::Waiting) {
        let message = "reasons are of waiting, which does not pause here; add waiting to the statuses, or leave the reasons out";
        faults.push(Fault::at(["pauses", "reasons"], message));
    }
    faults.extend(policy.thresholds.faults("thresholds"));
    faults
}

fn of_target(name: &str, times: &TargetTimes, faults: &mut Vec<Fault>) {
    if times.minutes.is_empty() && times.otherwise_minutes.is_none() {
        let message = "has no time; give minutes by priority, or otherwise_minutes for all of them";
        faults.push(Fault::at([name, "minutes"], message));
    }
    let wrong = |minutes: u32| {
        (!(1..=LONGEST_MINUTES).contains(&minutes))
            .then(|| format!("needs 1 to {LONGEST_MINUTES} minutes; this is {minutes}"))
    };
    for (priority, minutes) in &times.minutes {
        faults
            .extend(wrong(*minutes).map(|message| Fault::at([name, "minutes", priority.as_str()], message)));
    }
    let otherwise = times.otherwise_minutes.and_then(wrong);
    faults.extend(otherwise.map(|message| Fault::at([name, "otherwise_minutes"], message)));
}
