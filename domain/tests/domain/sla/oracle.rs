//! Clocks of any policy over any calendar and any history, against a walk of every minute.

use std::collections::BTreeSet;

use chrono::{Duration, NaiveDate};
use escalon_domain::{
    calendar::BusinessCalendar,
    sla::{
        Clock, Moment, Pause, PauseStatus, Pauses, PriorityChange, SlaPolicy, SlaTarget, SlaTime,
        TargetTimes, Thresholds, What, clocks,
    },
    stamp::Timestamp,
};

use super::{
    policy,
    walk::{MINUTE, Seen, walk},
};
use crate::{
    calendar::{
        minutes::{Chance, Minutes, ODD_DAYS},
        oracle::calendar,
    },
    cast::slug,
};

const DAY: usize = 24 * 60;
/// Histories have six days, and forecasts as many more.
const MINUTES: usize = 12 * DAY;
const PRIORITIES: &[&str] = &["urgent", "high", "low"];

fn times(chance: &mut Chance) -> Option<TargetTimes> {
    if chance.one_in(4) {
        return None;
    }
    let minutes = |chance: &mut Chance| {
        let most = chance.of(&[100, 600, 4_000]);
        1 + chance.below(most) as u32
    };
    let named = PRIORITIES.iter().filter(|_| !chance.one_in(3)).copied().collect::<Vec<_>>();
    Some(TargetTimes {
        minutes: named.into_iter().map(|name| (slug(name), minutes(chance))).collect(),
        otherwise_minutes: chance.one_in(2).then(|| minutes(chance)),
        time: chance.of(&[SlaTime::Wall, SlaTime::Business, SlaTime::Business]),
    })
}

fn any_policy(chance: &mut Chance) -> SlaPolicy {
    let statuses: BTreeSet<_> =
        [PauseStatus::Waiting, PauseStatus::Processed].into_iter().filter(|_| !chance.one_in(4)).collect();
    let reasons = if chance.one_in(2) { BTreeSet::from([slug("customer")]) } else { BTreeSet::new() };
    SlaPolicy {
        first_response: times(chance),
        next_response: times(chance),
        resolution: times(chance),
        buffer_minutes: chance.of(&[0, 7, 60, 500]),
        pauses: Pauses { statuses, reasons },
        thresholds: Thresholds(chance.of(&[&[50, 75, 90][..], &[], &[33], &[1, 2, 99, 100]]).to_vec()),
        on_priority_change: chance.of(&[
            PriorityChange::Retroactive,
            PriorityChange::Restart,
            PriorityChange::CarryFraction,
        ]),
        ..policy()
    }
}

/// What happened, in any order: the fold takes what it is given.
fn history(chance: &mut Chance) -> Vec<(usize, What)> {
    let priority = |chance: &mut Chance| slug(chance.of(PRIORITIES));
    let mut minute = chance.below(DAY);
    let mut events = vec![(minute, What::Opened(priority(chance)))];
    for _ in 0..chance.below(10) {
        let furthest = chance.of(&[30, 600, 1_500]);
        minute += chance.below(furthest);
        let what = match chance.below(9) {
            0 => What::Responded,
            1 | 2 => What::CustomerReplied,
            3 => What::Paused(Pause::Waiting(slug(chance.of(&["customer", "supplier"])))),
            4 => What::Paused(Pause::Processed),
            5 => What::Resumed,
            6 => What::PriorityChanged(priority(chance)),
            7 => What::Resolved,
            _ => What::Reopened,
        };
        if minute < 6 * DAY {
            events.push((minute, what));
        }
    }
    events
}

/// The clock as the walk would have seen it.
fn as_seen(clock: &Clock, begin: Timestamp) -> Seen {
    let micros = |moment: Timestamp| (moment - begin).num_microseconds().unwrap();
    // Beyond its end, the walk sees nothing.
    let seen =
        |moment: Option<Timestamp>| moment.map(micros).filter(|moment| *moment <= MINUTES as i64 * MINUTE);
    Seen {
        cycle: clock.cycle,
        started: micros(clock.started_at),
        ended: clock.ended_at.map(micros),
        time: clock.time.num_microseconds().unwrap(),
        elapsed: clock.elapsed.num_microseconds().unwrap(),
        status: clock.status.name(),
        due: seen(clock.due),
        at_risk: seen(clock.at_risk_at),
        breached: seen(clock.breached_at),
        levels: clock.thresholds.iter().map(|threshold| seen(threshold.due)).collect(),
    }
}

fn one_case(
    policy: &SlaPolicy,
    calendar: &BusinessCalendar,
    walked: &Minutes,
    events: &[(usize, What)],
    at: usize,
) {
    let moments: Vec<_> =
        events.iter().map(|(minute, what)| Moment::new(walked.moment(*minute), what.clone())).collect();
    let ours = clocks(policy, Some(calendar), &moments, walked.moment(at));
    for target in SlaTarget::OF_POLICIES {
        let mine = ours.iter().filter(|clock| clock.target == *target);
        let mine: Vec<_> = mine.map(|clock| as_seen(clock, walked.begin)).collect();
        let theirs = walk(policy, *target, &walked.open, events, at);
        assert_eq!(mine, theirs, "{target} at minute {at}\n{policy:#?}\n{calendar:#?}\n{events:#?}");
    }
}

/// Compares so many cases, four of them about each policy and calendar.
fn compare(cases: usize) {
    for number in 0..cases / 4 {
        let mut chance = Chance::new(number as u64 + 77);
        let (zone, day) = ODD_DAYS[number % ODD_DAYS.len()];
        let around: NaiveDate = day.parse().unwrap();
        let calendar = calendar(&mut chance, zone, around);
        let begin = (around - Duration::days(3)).and_hms_opt(12, 0, 0).unwrap().and_utc();
        let walked = Minutes::walk(&calendar, begin, MINUTES);
        let policy = any_policy(&mut chance);
        for _ in 0..4 {
            let events = history(&mut chance);
            let last = events.last().map_or(0, |(minute, _)| *minute);
            let at = if chance.one_in(2) {
                chance.below(6 * DAY)
            } else {
                (last + chance.below(600)).min(6 * DAY)
            };
            one_case(&policy, &calendar, &walked, &events, at);
        }
    }
}

#[test]
fn a_share_of_the_clocks_agrees_with_a_walk_of_every_minute() {
    compare(640);
}

#[test]
#[ignore = "takes long without optimisation: cargo test --release -p escalon-domain -- --ignored"]
fn all_clocks_agree_with_a_walk_of_every_minute() {
    compare(40_000);
}
