//! One clock as it runs, stands and ends.

use chrono::Duration;

use super::{
    Clock, SlaPolicy, SlaStatus, SlaTarget,
    marks::{Mark, Marks},
    target::Passing,
};
use crate::{slug::Slug, stamp::Timestamp};

/// One clock of a target.
pub(super) struct Run {
    pub(super) cycle: u32,
    pub(super) priority: Slug,
    pub(super) started_at: Timestamp,
    /// What had elapsed when it last began to run or stopped.
    pub(super) elapsed: Duration,
    pub(super) ended_at: Option<Timestamp>,
    /// Within which time; none while its priority has none.
    pub(super) time: Option<Duration>,
    /// Since when it runs.
    since: Option<Timestamp>,
    stands: bool,
    marks: Option<Marks>,
}

impl Run {
    pub(super) const fn new(cycle: u32, priority: Slug, at: Timestamp, stands: bool) -> Self {
        let since = if stands { None } else { Some(at) };
        let (elapsed, ended_at, time, marks) = (Duration::zero(), None, None, None);
        Self { cycle, priority, started_at: at, elapsed, ended_at, time, since, stands, marks }
    }

    /// Puts on the face for its priority.
    pub(super) fn face(&mut self, policy: &SlaPolicy, target: SlaTarget) {
        self.time = policy.times(target).and_then(|times| times.of(&self.priority));
        if let Some(time) = self.time {
            let marks = Marks::new(time, policy.buffer(), &policy.thresholds);
            self.marks = Some(match &self.marks {
                Some(former) => marks.kept(former, self.elapsed),
                None => marks,
            });
        }
    }

    /// What is already behind it was reached by now.
    pub(super) fn note(&mut self, passing: Passing<'_>, at: Timestamp) {
        let elapsed = self.elapsed;
        if let Some(marks) = self.marks.as_mut().filter(|_| self.time.is_some()) {
            marks.pass(passing, at, elapsed, elapsed);
        }
    }

    /// It has run until now.
    pub(super) fn stop(&mut self, passing: Passing<'_>, at: Timestamp) {
        let Some(since) = self.since.take() else { return };
        let elapsed = self.elapsed + passing.elapsed(since, at);
        if let Some(marks) = self.marks.as_mut().filter(|_| self.time.is_some()) {
            marks.pass(passing, since, self.elapsed, elapsed);
        }
        self.elapsed = elapsed;
    }

    /// It stands, or runs, from now on.
    pub(super) fn go_on(&mut self, stands: bool, at: Timestamp) {
        self.stands = stands;
        self.since = (!stands).then_some(at);
    }

    /// How it stands at a moment; none while it has no time.
    pub(super) fn clock(
        &self,
        passing: Passing<'_>,
        policy: &SlaPolicy,
        target: SlaTarget,
        at: Timestamp,
    ) -> Option<Clock> {
        let (time, marks) = (self.time?, self.marks.as_ref()?);
        let elapsed =
            self.elapsed + self.since.map_or_else(Duration::zero, |since| passing.elapsed(since, at));
        let will = |mark: &Mark| passing.after(self.since?, mark.at - self.elapsed);
        let reached = |mark: &Mark| mark.reached.or_else(|| will(mark));
        let status = match SlaStatus::of(elapsed, time, policy.buffer()) {
            SlaStatus::Breached => SlaStatus::Breached,
            _ if self.ended_at.is_some() => SlaStatus::Met,
            _ if self.stands => SlaStatus::Paused,
            status => status,
        };
        Some(Clock {
            target,
            cycle: self.cycle,
            started_at: self.started_at,
            ended_at: self.ended_at,
            time,
            elapsed,
            status,
            due: self.since.and(reached(&marks.breached)),
            at_risk_at: reached(&marks.at_risk),
            breached_at: reached(&marks.breached).filter(|reached| *reached <= at),
            thresholds: marks.thresholds(reached),
        })
    }
}
