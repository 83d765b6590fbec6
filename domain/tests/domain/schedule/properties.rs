//! What holds for any schedule.

use std::collections::BTreeSet;

use chrono::Duration;
use escalon_domain::{
    definition::Body,
    member::MemberId,
    schedule::{Change, Override, Schedule, Shift, Source},
    stamp::Timestamp,
};
use proptest::{collection::vec, prelude::*};

use super::{
    fixture::at,
    generate::{change, member, quarters, schedule, zone},
};
use crate::properties::config;

/// The day on which most of the clocks in Europe are put back.
fn autumn() -> Timestamp {
    at("2026-10-25T01:00:00Z")
}

fn any() -> impl Strategy<Value = Schedule> {
    zone().prop_flat_map(|zone| schedule(zone, autumn(), 20))
}

/// A span around that day, its ends at whole seconds.
fn span() -> impl Strategy<Value = std::ops::Range<Timestamp>> {
    let second = -400_000..400_000_i64;
    (second.clone(), second).prop_map(|(one, other)| {
        let moment = |seconds| autumn() + Duration::seconds(seconds);
        moment(one.min(other))..moment(one.max(other))
    })
}

fn members(schedule: &Schedule, moment: Timestamp) -> BTreeSet<MemberId> {
    schedule.on_call(moment).iter().map(|one| one.member).collect()
}

proptest! {
    #![proptest_config(config(80))]

    #[test]
    fn stretches_tile_the_span(schedule in any(), span in span()) {
        let stretches: Vec<_> = schedule.stretches(span.clone()).collect();
        let mut at = span.start;
        for stretch in &stretches {
            prop_assert!(stretch.from == at && stretch.until > at, "{stretch:?} does not begin at {at}");
            at = stretch.until;
        }
        prop_assert_eq!(at, span.end);
        prop_assert!(stretches.windows(2).all(|two| two[0].on_call != two[1].on_call), "not merged");
    }

    #[test]
    fn shifts_and_gaps_together_are_exactly_the_span(schedule in any(), span in span()) {
        let (shifts, gaps) = (schedule.shifts(span.clone()), schedule.gaps(span.clone()));
        let pieces = shifts.iter().map(|shift| shift.from..shift.until).chain(gaps.iter().cloned());
        let edges: BTreeSet<_> = pieces.flat_map(|piece| [piece.start, piece.end]).chain([span.start, span.end]).collect();
        for (from, until) in edges.iter().zip(edges.iter().skip(1)) {
            let on = shifts.iter().filter(|shift| shift.from <= *from && *until <= shift.until);
            let on: BTreeSet<_> = on.map(|shift| shift.member).collect();
            let gap = gaps.iter().any(|gap| gap.start <= *from && *until <= gap.end);
            prop_assert_eq!(on.is_empty(), gap, "from {} to {}", from, until);
            for moment in [*from, *from + (*until - *from) / 2, *until - Duration::microseconds(1)] {
                prop_assert_eq!(&on, &members(&schedule, moment), "at {}", moment);
            }
        }
        prop_assert!(edges.first() == Some(&span.start) && edges.last() == Some(&span.end));
    }

    #[test]
    fn a_member_has_one_shift_at_a_time(schedule in any(), span in span(), member in member()) {
        let shifts = schedule.shifts_of(member, span);
        for two in shifts.windows(2) {
            prop_assert!(two[0].until < two[1].from || two[0].until == two[1].from && two[0].source != two[1].source);
        }
    }

    #[test]
    fn a_whole_shift_is_the_same_from_wherever_it_is_seen(schedule in any(), span in span()) {
        let whole = |span| schedule.whole_shifts(span);
        for shift in whole(span.clone()) {
            prop_assert!(shift.from < span.end && span.start < shift.until);
            for around in [shift.from..shift.from + Duration::seconds(1), shift.until - Duration::seconds(1)..shift.until] {
                prop_assert!(whole(around).contains(&shift), "{shift:?}");
            }
            let [before, after] = [shift.from - Duration::microseconds(1), shift.until];
            let on = |at| schedule.on_call(at).iter().any(|one| one.member == shift.member && one.source == shift.source);
            prop_assert!(!on(before) && !on(after), "{shift:?} is not all of it");
        }
    }

    #[test]
    fn an_override_changes_nothing_outside_its_span(before in any(), change in change(autumn()), step in -300..300_i64) {
        let mut after = before.clone();
        after.overrides.push(change.clone());
        let moments = [change.from - Duration::microseconds(1), change.until, autumn() + quarters(step)];
        for moment in moments.into_iter().filter(|moment| *moment < change.from || change.until <= *moment) {
            prop_assert_eq!(before.on_call(moment), after.on_call(moment), "at {}", moment);
        }
        if let Change::Cover { by, instead_of: None } = &change.change {
            for moment in [change.from, change.until - Duration::microseconds(1)] {
                prop_assert_eq!(&members(&after, moment), &by.iter().copied().collect(), "at {}", moment);
            }
        }
    }

    #[test]
    fn to_swap_twice_is_nothing(before in any(), one in member(), other in member(), span in span(), steps in vec(-300..300_i64, 20)) {
        let swap = Override { from: span.start, until: span.end, change: Change::Swap { between: [one, other] } };
        let mut after = before.clone();
        after.overrides.extend([swap.clone(), swap]);
        for step in steps {
            let moment = autumn() + quarters(step);
            prop_assert_eq!(members(&before, moment), members(&after, moment), "at {}", moment);
        }
    }

    #[test]
    fn the_next_handoff_is_the_first_change(schedule in any(), span in span()) {
        let before = members(&schedule, span.start);
        let handoff = schedule.next_handoff(span.start, span.end);
        let end = handoff.as_ref().map_or(span.end, |handoff| handoff.at);
        prop_assert!(handoff.is_none_or(|handoff| span.contains(&handoff.at) && members(&schedule, handoff.at) != before));
        for stretch in schedule.stretches(span.start..end) {
            prop_assert_eq!(members(&schedule, stretch.from), before.clone());
        }
    }

    #[test]
    fn sources_are_there(schedule in any(), span in span()) {
        for Shift { member, source, from, .. } in schedule.shifts(span) {
            let named = match &source {
                Source::Layer { name, turn } => {
                    let layer = schedule.layers.iter().find(|layer| layer.name == *name).unwrap();
                    let slot = usize::try_from(*turn).unwrap() % layer.participants.len();
                    layer.participants[slot].contains(&member)
                }
                Source::Override { place } => {
                    let change = &schedule.overrides[*place];
                    change.from <= from && from < change.until
                }
            };
            prop_assert!(named && schedule.members().contains(&member), "{member} by {source:?}");
        }
    }

    #[test]
    fn any_schedule_is_read_as_it_was_written_and_its_faults_lead_to_what_is_there(schedule in any()) {
        let written = serde_json::to_value(&schedule).unwrap();
        for fault in schedule.faults() {
            prop_assert!(written.pointer(&format!("/{}", fault.path.join("/"))).is_some(), "{fault}");
        }
        prop_assert_eq!(serde_json::from_value::<Schedule>(written).unwrap(), schedule);
    }
}
