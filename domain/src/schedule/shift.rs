//! Shifts: from when to when somebody is on call.

use std::{collections::BTreeMap, ops::Range};

use super::{OnCall, Schedule, Source, Stretch};
use crate::{member::MemberId, stamp::Timestamp};

/// A time in which somebody is on call by one turn or one override.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Who.
    pub member: MemberId,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// What puts them on call.
    pub source: Source,
}

impl Schedule {
    /// The shifts of a span as they finally are, by their beginnings; those that reach beyond it are cut.
    #[must_use]
    pub fn shifts(&self, span: Range<Timestamp>) -> Vec<Shift> {
        let mut open = BTreeMap::<MemberId, Shift>::new();
        let mut shifts = Vec::new();
        for Stretch { from, until, on_call } in self.stretches(span) {
            let lasts = |shift: &Shift| {
                on_call.iter().any(|one| one.member == shift.member && one.source == shift.source)
            };
            shifts.extend(open.extract_if(.., |_, shift| !lasts(shift)).map(|(_, shift)| shift));
            for OnCall { member, source } in on_call {
                open.entry(member).or_insert(Shift { member, from, until, source }).until = until;
            }
        }
        shifts.extend(open.into_values());
        shifts.sort_unstable_by_key(|shift| (shift.from, shift.member));
        shifts
    }

    /// The shifts of one member within a span, cut like [`Self::shifts`].
    #[must_use]
    pub fn shifts_of(&self, member: MemberId, span: Range<Timestamp>) -> Vec<Shift> {
        let mut shifts = self.shifts(span);
        shifts.retain(|shift| shift.member == member);
        shifts
    }

    /// The shifts that touch a span, whole: a shift is the same whichever span is asked for.
    #[must_use]
    pub fn whole_shifts(&self, span: Range<Timestamp>) -> Vec<Shift> {
        if span.is_empty() {
            return Vec::new();
        }
        // A shift is within its turn or its override, so it suffices to look as far as those reach that are on at the ends.
        let turns = |at| self.layers.iter().filter_map(move |layer| layer.present(self.zone, at).turn);
        let overrides = |at| self.overrides.iter().filter(move |change| change.holds(at));
        let from =
            turns(span.start).map(|turn| turn.from).chain(overrides(span.start).map(|change| change.from));
        let until =
            turns(span.end).map(|turn| turn.until).chain(overrides(span.end).map(|change| change.until));
        let wide = from.fold(span.start, Timestamp::min)..until.fold(span.end, Timestamp::max);
        let mut shifts = self.shifts(wide);
        shifts.retain(|shift| shift.from < span.end && span.start < shift.until);
        shifts
    }
}
