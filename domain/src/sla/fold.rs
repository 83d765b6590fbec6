//! From what happened to how each target stands.

use chrono::Duration;

use super::{
    Clock, Moment, PriorityChange, SlaPolicy, SlaTarget, SlaTime, What,
    marks::{micros, part},
    run::Run,
    target::Passing,
};
use crate::{calendar::BusinessCalendar, slug::Slug, stamp::Timestamp};

/// How each target of the policy stands at a moment, the cycles of one target in order. A target that has no time for the
/// ticket's priority, or did not begin, is left out.
///
/// The moments are in the order in which they happened. What counts business time does so by this calendar; without one, all time
/// counts.
#[must_use]
pub fn clocks(
    policy: &SlaPolicy,
    calendar: Option<&BusinessCalendar>,
    moments: &[Moment],
    at: Timestamp,
) -> Vec<Clock> {
    let of = |target: &SlaTarget| {
        let Some(times) = policy.times(*target) else { return Vec::new() };
        let passing = match (times.time, calendar) {
            (SlaTime::Business, Some(calendar)) => Passing::Working(calendar),
            _ => Passing::All,
        };
        let mut fold = Fold {
            policy,
            target: *target,
            passing,
            priority: None,
            stands: false,
            answered: false,
            resolved: false,
            runs: Vec::new(),
        };
        let mut latest = Timestamp::MIN_UTC;
        for moment in moments.iter().filter(|moment| moment.at <= at) {
            // A machine's clock may have been behind another's.
            latest = latest.max(moment.at);
            fold.happened(&moment.what, latest);
        }
        fold.runs.iter().filter_map(|run| run.clock(passing, policy, *target, at)).collect()
    };
    SlaTarget::OF_POLICIES.iter().flat_map(of).collect()
}

/// One target, as far as its history has been told.
struct Fold<'p> {
    policy: &'p SlaPolicy,
    target: SlaTarget,
    passing: Passing<'p>,
    priority: Option<Slug>,
    /// Whether the clocks stand.
    stands: bool,
    /// Whether the requester was ever answered, or the ticket resolved without.
    answered: bool,
    /// Whether it is resolved; what is said then begins no clock.
    resolved: bool,
    runs: Vec<Run>,
}

impl Fold<'_> {
    fn happened(&mut self, what: &What, at: Timestamp) {
        match what {
            What::Opened(priority) => {
                self.priority = Some(priority.clone());
                if self.target != SlaTarget::NextResponse {
                    self.begin(at);
                }
            }
            What::Responded => {
                self.answered = true;
                if self.target != SlaTarget::Resolution {
                    self.end(at);
                }
            }
            What::CustomerReplied => {
                if self.target == SlaTarget::NextResponse
                    && self.answered
                    && !self.resolved
                    && self.open().is_none()
                {
                    self.begin(at);
                }
            }
            What::Paused(pause) => self.stand(self.policy.pauses.hold(pause), at),
            What::Resumed => self.stand(false, at),
            What::PriorityChanged(priority) => {
                self.priority = Some(priority.clone());
                self.reprioritize(at);
            }
            What::Resolved => {
                self.end(at);
                (self.answered, self.resolved, self.stands) = (true, true, false);
            }
            What::Reopened => self.reopen(at),
        }
    }

    /// The clock that has not ended.
    fn open(&mut self) -> Option<&mut Run> {
        self.runs.last_mut().filter(|run| run.ended_at.is_none())
    }

    fn begin(&mut self, at: Timestamp) {
        let Some(priority) = self.priority.clone() else { return };
        let cycle = self.runs.last().map_or(1, |run| run.cycle + 1);
        let mut run = Run::new(cycle, priority, at, self.stands);
        run.face(self.policy, self.target);
        run.note(self.passing, at);
        self.runs.push(run);
    }

    fn end(&mut self, at: Timestamp) {
        let passing = self.passing;
        if let Some(run) = self.open() {
            run.stop(passing, at);
            run.ended_at = Some(at);
        }
    }

    fn stand(&mut self, stands: bool, at: Timestamp) {
        let passing = self.passing;
        self.stands = stands;
        if let Some(run) = self.open() {
            run.stop(passing, at);
            run.go_on(stands, at);
        }
    }

    /// A resolution is to be found again; what was answered stays answered. A priority that changed meanwhile changes the clock now.
    fn reopen(&mut self, at: Timestamp) {
        self.resolved = false;
        if self.target == SlaTarget::Resolution
            && let Some(run) = self.runs.last_mut()
        {
            run.ended_at = None;
        }
        self.stand(false, at);
        let priority = self.priority.clone();
        if self.open().is_some_and(|run| Some(&run.priority) != priority.as_ref()) {
            self.reprioritize(at);
        }
    }

    /// What has ended is not judged again.
    fn reprioritize(&mut self, at: Timestamp) {
        let (policy, target, passing, stands) = (self.policy, self.target, self.passing, self.stands);
        let Some(priority) = self.priority.clone() else { return };
        let Some(run) = self.open() else { return };
        run.stop(passing, at);
        let old = run.time;
        run.priority = priority;
        let new = policy.times(target).and_then(|times| times.of(&run.priority));
        match (policy.on_priority_change, old, new) {
            (PriorityChange::Retroactive, ..) => {}
            (PriorityChange::Restart, ..) => (run.started_at, run.elapsed) = (at, Duration::zero()),
            (PriorityChange::CarryFraction, Some(old), Some(new)) => {
                run.elapsed = part(run.elapsed, micros(new), micros(old));
            }
            // There was or is no time to have a share of.
            (PriorityChange::CarryFraction, ..) => run.elapsed = Duration::zero(),
        }
        run.face(policy, target);
        run.go_on(stands, at);
        run.note(passing, at);
    }
}
