//! A target's clocks walked minute by minute, the dumb way: what `sla` folds is held against this, which shares none of its code.

use std::collections::BTreeMap;

use escalon_domain::sla::{Pause, PriorityChange, SlaPolicy, SlaTarget, SlaTime, What};

/// A minute in microseconds, in which everything here is counted.
pub(super) const MINUTE: i64 = 60_000_000;

/// What the walk has seen of one clock; moments are microseconds since its beginning.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    pub(super) cycle: u32,
    pub(super) started: i64,
    pub(super) ended: Option<i64>,
    pub(super) time: i64,
    pub(super) elapsed: i64,
    pub(super) status: &'static str,
    pub(super) due: Option<i64>,
    pub(super) at_risk: Option<i64>,
    pub(super) breached: Option<i64>,
    pub(super) levels: Vec<Option<i64>>,
}

#[derive(Debug, Clone)]
struct Walker {
    cycle: u32,
    started: i64,
    ended: Option<i64>,
    elapsed: i64,
    priority: String,
    /// When each mark was first met: the levels, then at risk, then breached.
    met: BTreeMap<usize, i64>,
}

/// Walks over all minutes. What happens after `at` is not looked at; the minutes after it show what would come.
pub(super) fn walk(
    policy: &SlaPolicy,
    target: SlaTarget,
    open: &[bool],
    events: &[(usize, What)],
    at: usize,
) -> Vec<Seen> {
    let Some(times) = policy.times(target) else { return Vec::new() };
    let time_of = |priority: &str| -> Option<i64> {
        let by_name =
            times.minutes.iter().find(|(name, _)| name.as_str() == priority).map(|(_, minutes)| *minutes);
        by_name.or(times.otherwise_minutes).map(|minutes| i64::from(minutes) * MINUTE)
    };
    let levels = policy.thresholds.0.len();
    let marks = |time: i64| -> Vec<i64> {
        let mut marks: Vec<i64> =
            policy.thresholds.0.iter().map(|percent| time * i64::from(*percent) / 100).collect();
        marks.push(time - i64::from(policy.buffer_minutes) * MINUTE);
        marks.push(time);
        marks
    };
    let (mut clocks, mut priority) = (Vec::<Walker>::new(), String::new());
    let (mut paused, mut answered, mut resolved) = (false, false, false);
    let mut seen = Vec::new();
    for (minute, is_open) in open.iter().enumerate() {
        let now = minute as i64 * MINUTE;
        for (_, what) in events.iter().filter(|(when, _)| *when == minute && *when <= at) {
            let last_is_open = clocks.last().is_some_and(|clock| clock.ended.is_none());
            let mut starts = false;
            let mut changes = false;
            match what {
                What::Opened(name) => {
                    priority = name.to_string();
                    starts = target == SlaTarget::FirstResponse || target == SlaTarget::Resolution;
                }
                What::Responded => {
                    answered = true;
                    if target != SlaTarget::Resolution && last_is_open {
                        clocks.last_mut().unwrap().ended = Some(now);
                    }
                }
                What::CustomerReplied => {
                    starts = target == SlaTarget::NextResponse && answered && !resolved && !last_is_open;
                }
                What::Paused(Pause::Processed) => {
                    paused = policy.pauses.statuses.iter().any(|s| format!("{s:?}") == "Processed");
                }
                What::Paused(Pause::Waiting(reason)) => {
                    let status = policy.pauses.statuses.iter().any(|s| format!("{s:?}") == "Waiting");
                    paused = status
                        && (policy.pauses.reasons.is_empty() || policy.pauses.reasons.contains(reason));
                }
                What::Resumed => paused = false,
                What::PriorityChanged(name) => {
                    priority = name.to_string();
                    changes = last_is_open;
                }
                What::Resolved => {
                    paused = false;
                    answered = true;
                    resolved = true;
                    if last_is_open {
                        clocks.last_mut().unwrap().ended = Some(now);
                    }
                }
                What::Reopened => {
                    paused = false;
                    resolved = false;
                    if target == SlaTarget::Resolution && !clocks.is_empty() {
                        clocks.last_mut().unwrap().ended = None;
                    }
                    changes = clocks
                        .last()
                        .is_some_and(|clock| clock.ended.is_none() && clock.priority != priority);
                }
            }
            if starts {
                let cycle = clocks.len() as u32 + 1;
                let (priority, met) = (priority.clone(), BTreeMap::new());
                clocks.push(Walker { cycle, started: now, ended: None, elapsed: 0, priority, met });
            }
            if changes {
                let clock = clocks.last_mut().unwrap();
                match policy.on_priority_change {
                    PriorityChange::Retroactive => {}
                    PriorityChange::Restart => {
                        clock.started = now;
                        clock.elapsed = 0;
                    }
                    PriorityChange::CarryFraction => {
                        clock.elapsed = match (time_of(&clock.priority), time_of(&priority)) {
                            (Some(old), Some(new)) => {
                                (i128::from(clock.elapsed) * i128::from(new) / i128::from(old)) as i64
                            }
                            _ => 0,
                        }
                    }
                }
                clock.priority = priority.clone();
                if let Some(time) = time_of(&priority) {
                    // Levels stay met; at risk and breached must be so still.
                    for mark in [levels, levels + 1] {
                        if clock.elapsed < marks(time)[mark] {
                            clock.met.remove(&mark);
                        }
                    }
                }
            }
            if let Some(clock) = clocks.last_mut().filter(|clock| clock.ended.is_none())
                && let Some(time) = time_of(&clock.priority)
            {
                for (mark, elapsed) in marks(time).into_iter().enumerate() {
                    if clock.elapsed >= elapsed {
                        clock.met.entry(mark).or_insert(now);
                    }
                }
            }
        }
        if minute == at {
            seen = clocks.clone();
        }
        let counts = times.time == SlaTime::Wall || *is_open;
        if let Some(clock) = clocks.last_mut().filter(|clock| clock.ended.is_none() && !paused && counts) {
            if let Some(time) = time_of(&clock.priority) {
                for (mark, elapsed) in marks(time).into_iter().enumerate() {
                    if clock.elapsed < elapsed && elapsed <= clock.elapsed + MINUTE {
                        clock.met.entry(mark).or_insert(now + elapsed - clock.elapsed);
                    }
                }
            }
            clock.elapsed += MINUTE;
        }
    }
    let mut all = Vec::new();
    for (then, later) in seen.into_iter().zip(clocks) {
        let Some(time) = time_of(&then.priority) else { continue };
        let runs = then.ended.is_none() && !paused;
        let breached = later.met.get(&(levels + 1)).copied();
        let status = if then.elapsed >= time {
            "breached"
        } else if then.ended.is_some() {
            "met"
        } else if paused {
            "paused"
        } else if then.elapsed >= marks(time)[levels] {
            "at_risk"
        } else {
            "on_track"
        };
        all.push(Seen {
            cycle: then.cycle,
            started: then.started,
            ended: then.ended,
            time,
            elapsed: then.elapsed,
            status,
            due: breached.filter(|_| runs),
            at_risk: later.met.get(&levels).copied(),
            breached: breached.filter(|moment| *moment <= at as i64 * MINUTE),
            levels: (0..levels).map(|level| later.met.get(&level).copied()).collect(),
        });
    }
    all
}
