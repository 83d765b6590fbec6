//! When a ticket wants to be asked what is due.

use super::{Outcome, ScheduledClock};
use crate::{
    sla::SlaTarget,
    stamp::Timestamp,
    ticket::{Status, Ticket},
    wait::Wait,
};

impl Ticket {
    /// The moments at which [`Due`](crate::ticket::TicketCommand::Due) finds something: at each of them it does, and before the
    /// first it does not.
    #[must_use]
    pub fn waits(&self) -> Vec<Wait> {
        let mut waits = Vec::new();
        match self.sla.moments.last() {
            // What was found before is not good any more; the moments are found anew at once.
            Some(moment) if self.sla.stale => waits.push(Wait::new("sla", moment.at)),
            _ => self.sla.scheduled.iter().for_each(|clock| self.wait_for(clock, &mut waits)),
        }
        self.wait_for_deadline(&mut waits);
        waits
    }

    /// When it was resolved, or closed without.
    pub(super) fn ended_at(&self) -> Option<Timestamp> {
        match self.status {
            Status::Resolved | Status::Closed => self.resolved_at.or(self.closed_at),
            _ => None,
        }
    }

    fn wait_for_deadline(&self, waits: &mut Vec<Wait>) {
        let Some(deadline) = &self.deadline else { return };
        let Some(ended) = self.ended_at() else {
            let clock = ScheduledClock {
                target: SlaTarget::Deadline,
                cycle: 1,
                status: crate::sla::SlaStatus::OnTrack,
                due: Some(deadline.due),
                at_risk: Some(deadline.at_risk),
                thresholds: deadline.thresholds.clone(),
            };
            return self.wait_for(&clock, waits);
        };
        let outcome = if ended < deadline.due { Outcome::Met } else { Outcome::Breached };
        if self.sla.recorded(SlaTarget::Deadline, 1).awaits(outcome) {
            waits.push(Wait::new("deadline", ended));
        }
    }

    /// Its levels, that it is at risk and that it is breached, as far as they were not found.
    fn wait_for(&self, clock: &ScheduledClock, waits: &mut Vec<Wait>) {
        let recorded = self.sla.recorded(clock.target, clock.cycle);
        let key = |what: &str| format!("{}.{}.{what}", clock.target, clock.cycle);
        for threshold in &clock.thresholds {
            if let Some(due) = threshold.due.filter(|_| !recorded.levels.contains(&threshold.level)) {
                waits.push(Wait::new(key(&format!("level_{}", threshold.level)), due));
            }
        }
        if let Some(since) = clock.at_risk.filter(|_| recorded.awaits_risk()) {
            waits.push(Wait::new(key("at_risk"), since));
        }
        if let Some(due) = clock.due.filter(|_| recorded.awaits(Outcome::Breached)) {
            waits.push(Wait::new(key("breached"), due));
        }
    }
}
