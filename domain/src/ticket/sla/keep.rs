//! What a ticket keeps of its events for its clocks.

use super::Outcome;
use crate::{
    sla::{Pause, SlaTarget, ThresholdMoment, Thresholds, What},
    stamp::Stamp,
    ticket::{Status, Ticket, TicketEvent, decide::is_requester},
};

impl Ticket {
    /// Keeps what the event means for the clocks. The ticket stands as it did before the event.
    pub(in crate::ticket) fn keep_time(&mut self, event: &TicketEvent, stamp: &Stamp) {
        let at = stamp.at;
        let ended = matches!(self.status, Status::Resolved | Status::Closed);
        match event {
            TicketEvent::Opened(opened) => {
                (self.sla.pin, self.sla.answer_owed) = (opened.sla, true);
                self.sla.note(at, What::Opened(opened.priority.name.clone()));
            }
            TicketEvent::Prioritized(to) => {
                self.sla.note(at, What::PriorityChanged(to.priority.name.clone()));
            }
            TicketEvent::Commented(_) if ended => {}
            TicketEvent::Commented(commented) if commented.response => self.sla.answered(at),
            TicketEvent::Commented(_) => self.sla.asked(at),
            TicketEvent::Waiting(waiting) => {
                self.sla.note(at, What::Paused(Pause::Waiting(waiting.reason.clone())));
            }
            TicketEvent::Resumed(_) => self.sla.note(at, What::Resumed),
            TicketEvent::ResolutionProposed(_) => {
                self.sla.answered(at);
                self.sla.note(at, What::Paused(Pause::Processed));
            }
            TicketEvent::ResolutionAccepted(_) => self.end_clocks(stamp),
            TicketEvent::Closed(_) if !ended => self.end_clocks(stamp),
            TicketEvent::Reopened(_) => {
                self.sla.note(at, What::Reopened);
                if is_requester(self, &stamp.by) {
                    self.sla.asked(at);
                }
            }
            TicketEvent::DeadlineSet(set) => {
                self.deadline.clone_from(&set.deadline);
                if let Some(deadline) = &set.deadline {
                    self.thresholds = shares(&deadline.thresholds);
                }
                // Another deadline is kept or missed anew; a level that was reached stays so.
                self.sla
                    .record(SlaTarget::Deadline, 1, |found| (found.at_risk, found.outcome) = (false, None));
            }
            TicketEvent::ThresholdsSet(set) => {
                self.thresholds = shares(&set.thresholds);
                if let Some(deadline) = &mut self.deadline {
                    deadline.thresholds.clone_from(&set.thresholds);
                }
            }
            TicketEvent::SlaScheduled(found) => {
                self.sla.scheduled.clone_from(&found.clocks);
                self.sla.stale = false;
            }
            TicketEvent::ThresholdReached(reached) => {
                self.sla
                    .record(reached.target, reached.cycle, |found| _ = found.levels.insert(reached.level));
            }
            TicketEvent::SlaAtRisk(risk) => {
                self.sla.record(risk.target, risk.cycle, |found| found.at_risk = true);
            }
            TicketEvent::SlaBreached(breach) => {
                self.sla.record(breach.target, breach.cycle, |found| found.outcome = Some(Outcome::Breached));
            }
            TicketEvent::SlaMet(met) => {
                self.sla.record(met.target, met.cycle, |found| found.outcome = Some(Outcome::Met));
            }
            _ => {}
        }
    }

    fn end_clocks(&mut self, stamp: &Stamp) {
        self.sla.answer_owed = false;
        self.sla.note(stamp.at, What::Resolved);
    }
}

fn shares(levels: &[ThresholdMoment]) -> Thresholds {
    Thresholds(levels.iter().map(|level| level.percent).collect())
}
