//! What can be wrong with a policy, whoever is there and on call.

use super::{EscalationPolicy, Level, Needed, Target, When};
use crate::fault::{self, Fault};

const MOST_LEVELS: usize = 20;
const MOST_TARGETS: usize = 50;
const MOST_REPEATS: u16 = 20;
/// 30 days.
const MOST_MINUTES: u32 = 43_200;
/// Ten times the way to the deadline.
const MOST_PERCENT: u16 = 1_000;

/// Everything that is wrong with it.
pub(super) fn faults(policy: &EscalationPolicy) -> Vec<Fault> {
    let mut faults: Vec<Fault> = fault::length(["title"], &policy.title, 1, 120).into_iter().collect();
    match policy.levels.len() {
        0 => faults.push(Fault::at(["levels"], "needs a level; without any it tells nobody")),
        1..=MOST_LEVELS => {}
        more => {
            faults.push(Fault::at(["levels"], format!("may have {MOST_LEVELS} at most; this has {more}")));
        }
    }
    let thresholds = matches!(policy.levels.first().map(|level| level.when), Some(When::ThresholdPercent(_)));
    let mut before = 0;
    for (place, level) in policy.levels.iter().enumerate() {
        let place = place.to_string();
        targets(&place, level, &mut faults);
        when(&place, level.when, thresholds, &mut before, &mut faults);
    }
    repeat(policy, thresholds, &mut faults);
    let spans = [
        ("acknowledgement_timeout_minutes", policy.acknowledgement_timeout_minutes),
        ("reminder_minutes", policy.reminder_minutes),
    ];
    for (name, minutes) in spans {
        faults.extend(minutes.and_then(|minutes| span(minutes, 1)).map(|message| Fault::at([name], message)));
    }
    faults
}

fn targets(place: &str, level: &Level, faults: &mut Vec<Fault>) {
    let path = ["levels", place, "targets"];
    match level.targets.len() {
        0 => faults.push(Fault::at(path, "tells nobody; name a target, such as role:manager")),
        1..=MOST_TARGETS => {}
        more => faults.push(Fault::at(path, format!("may have {MOST_TARGETS} at most; this has {more}"))),
    }
    for (number, target) in level.targets.iter().enumerate() {
        if level.targets[..number].contains(target) {
            let message = format!("{target} is there already; remove it");
            faults.push(Fault::at(["levels", place, "targets", &number.to_string()], message));
        }
    }
    let channels = level.targets.iter().all(|target| matches!(target, Target::Channel(_)));
    if level.acknowledgement == Needed::All && channels && !level.targets.is_empty() {
        let message =
            "nobody in particular is told by a channel, so not all of them can acknowledge; use “one”";
        faults.push(Fault::at(["levels", place, "acknowledgement"], message));
    }
}

/// `before` is the threshold of the level before.
fn when(place: &str, when: When, thresholds: bool, before: &mut u16, faults: &mut Vec<Fault>) {
    let message = match when {
        When::DelayMinutes(_) if thresholds => {
            Some("the levels before are due by thresholds; give this one a threshold, too".to_owned())
        }
        When::ThresholdPercent(_) if !thresholds => {
            Some("the levels before are due by delays; give this one a delay, too".to_owned())
        }
        When::DelayMinutes(minutes) => span(minutes, 0),
        When::ThresholdPercent(percent) if percent == 0 || percent > MOST_PERCENT => {
            Some(format!("needs 1 to {MOST_PERCENT} per cent; this is {percent}"))
        }
        When::ThresholdPercent(percent) if percent <= *before => {
            Some(format!("needs more than the {before} per cent of the level before; this is {percent}"))
        }
        When::ThresholdPercent(percent) => {
            *before = percent;
            None
        }
    };
    faults.extend(message.map(|message| Fault::at(["levels", place, "when"], message)));
}

fn repeat(policy: &EscalationPolicy, thresholds: bool, faults: &mut Vec<Fault>) {
    let repeat = policy.repeat;
    let times = match repeat.times {
        0 => None,
        _ if thresholds => Some("a deadline comes once, so thresholds cannot repeat; use 0".to_owned()),
        times if times > MOST_REPEATS => Some(format!("may be {MOST_REPEATS} at most; this is {times}")),
        _ => None,
    };
    faults.extend(times.map(|message| Fault::at(["repeat", "times"], message)));
    let delay = if repeat.times > 0 && repeat.delay_minutes == 0 {
        Some("needs a minute or more; without it the policy would begin anew at once".to_owned())
    } else {
        span(repeat.delay_minutes, 0)
    };
    faults.extend(delay.map(|message| Fault::at(["repeat", "delay_minutes"], message)));
}

/// What is wrong with a number of minutes.
fn span(minutes: u32, least: u32) -> Option<String> {
    let good = (least..=MOST_MINUTES).contains(&minutes);
    (!good).then(|| format!("needs {least} to {MOST_MINUTES} minutes (30 days); this is {minutes}"))
}
