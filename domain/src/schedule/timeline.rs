//! Spans of a schedule: stretches in which nothing changes, gaps, handoffs.

use std::ops::Range;

use super::{OnCall, Schedule};
use crate::{member::MemberId, stamp::Timestamp};

/// A stretch of time in which the same members are on call, by the same turns and overrides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// Who is on call, by the order of their ids; nobody in a gap.
    pub on_call: Vec<OnCall>,
}

/// A moment at which others are on call than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handoff {
    /// When.
    pub at: Timestamp,
    /// Who was on call until then.
    pub before: Vec<OnCall>,
    /// Who is from then on.
    pub after: Vec<OnCall>,
}

/// The stretches of a span one after the other, calculated as they are asked for.
struct Timeline<'s> {
    schedule: &'s Schedule,
    at: Timestamp,
    until: Timestamp,
}

impl Iterator for Timeline<'_> {
    type Item = Stretch;

    fn next(&mut self) -> Option<Stretch> {
        if self.at >= self.until {
            return None;
        }
        let from = self.at;
        let (on_call, mut until) = self.schedule.present(from);
        loop {
            self.at = until.map_or(self.until, |until| until.min(self.until));
            if self.at == self.until {
                break;
            }
            let (next, later) = self.schedule.present(self.at);
            if next != on_call {
                break;
            }
            until = later;
        }
        Some(Stretch { from, until: self.at, on_call })
    }
}

impl Schedule {
    /// A span, cut wherever something changes: the stretches follow one another without a hole, gaps included. They are
    /// calculated lazily, one after the other.
    pub fn stretches(&self, span: Range<Timestamp>) -> impl Iterator<Item = Stretch> {
        Timeline { schedule: self, at: span.start, until: span.end }
    }

    /// When nobody is on call within a span.
    #[must_use]
    pub fn gaps(&self, span: Range<Timestamp>) -> Vec<Range<Timestamp>> {
        let empty = self.stretches(span).filter(|stretch| stretch.on_call.is_empty());
        empty.map(|stretch| stretch.from..stretch.until).collect()
    }

    /// The first moment after `after`, and before `until`, at which others are on call than before. A turn that goes to the
    /// same members is no handoff.
    #[must_use]
    pub fn next_handoff(&self, after: Timestamp, until: Timestamp) -> Option<Handoff> {
        let mut stretches = self.stretches(after..until);
        let mut before = stretches.next()?.on_call;
        for Stretch { from: at, on_call: after, .. } in stretches {
            if !members(&before).eq(members(&after)) {
                return Some(Handoff { at, before, after });
            }
            before = after;
        }
        None
    }
}

fn members(on_call: &[OnCall]) -> impl Iterator<Item = MemberId> {
    on_call.iter().map(|one| one.member)
}
