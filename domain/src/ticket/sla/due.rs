//! What is so at a moment and was not said yet. A timer asks; here it is found.

use super::{
    Outcome, ScheduledClock, SlaAtRisk, SlaBreached, SlaMet, SlaPin, SlaScheduled, SlaTerms,
    ThresholdReached, TicketSla,
};
use crate::{
    calendar::BusinessCalendar,
    definition::Pin,
    sla::{Clock, SlaPolicy, SlaStatus, SlaTarget, ThresholdMoment},
    stamp::Timestamp,
    ticket::{Ticket, TicketEvent},
};

/// How a target stands, of a policy or of the ticket's own deadline.
struct Standing {
    target: SlaTarget,
    cycle: u32,
    status: SlaStatus,
    ended_at: Option<Timestamp>,
    at_risk_at: Option<Timestamp>,
    breached_at: Option<Timestamp>,
    thresholds: Vec<ThresholdMoment>,
    policy: Option<Pin<SlaPolicy>>,
    calendar: Option<Pin<BusinessCalendar>>,
}

/// Everything that is so by now and was not said yet, in the order in which it came to be so; and when the clocks are due next, if
/// that has moved.
pub(in crate::ticket) fn due(ticket: &Ticket, terms: Option<&SlaTerms>, now: Timestamp) -> Vec<TicketEvent> {
    let mut news = Vec::new();
    let mut schedule = None;
    // A machine's clock may be behind that of another, which stored what happened last.
    let now = ticket.sla.moments.last().map_or(now, |moment| now.max(moment.at));
    if let (Some(pin), Some(terms)) = (ticket.sla.pin, terms) {
        let clocks = ticket.sla.clocks(terms, now);
        schedule = ticket.sla.stale.then(|| scheduled(pin, &clocks));
        for clock in clocks {
            Standing::of(clock, pin).tell(&ticket.sla, now, &mut news);
        }
    }
    if let Some(standing) = Standing::of_deadline(ticket, now) {
        standing.tell(&ticket.sla, now, &mut news);
    }
    news.sort_by_key(|(moment, _)| *moment);
    news.into_iter().map(|(_, event)| event).chain(schedule.map(Into::into)).collect()
}

/// The clocks that have not ended, with their moments.
pub(in crate::ticket) fn scheduled(sla: SlaPin, clocks: &[Clock]) -> SlaScheduled {
    let open = clocks.iter().filter(|clock| clock.ended_at.is_none()).map(|clock| ScheduledClock {
        target: clock.target,
        cycle: clock.cycle,
        status: clock.status,
        due: clock.due,
        at_risk: clock.at_risk_at,
        thresholds: clock.thresholds.clone(),
    });
    SlaScheduled { sla, clocks: open.collect() }
}

impl Standing {
    fn of(clock: Clock, pin: SlaPin) -> Self {
        let Clock { target, cycle, status, ended_at, at_risk_at, breached_at, thresholds, .. } = clock;
        let (policy, calendar) = (Some(pin.policy), pin.calendar);
        Self { target, cycle, status, ended_at, at_risk_at, breached_at, thresholds, policy, calendar }
    }

    fn of_deadline(ticket: &Ticket, now: Timestamp) -> Option<Self> {
        let deadline = ticket.deadline.as_ref()?;
        let ended_at = ticket.ended_at();
        let status = match ended_at {
            Some(ended) if ended < deadline.due => SlaStatus::Met,
            None if now < deadline.at_risk => SlaStatus::OnTrack,
            None if now < deadline.due => SlaStatus::AtRisk,
            _ => SlaStatus::Breached,
        };
        Some(Self {
            target: SlaTarget::Deadline,
            cycle: 1,
            status,
            ended_at,
            at_risk_at: Some(deadline.at_risk),
            breached_at: Some(deadline.due),
            thresholds: deadline.thresholds.clone(),
            policy: None,
            calendar: deadline.calendar,
        })
    }

    /// What is news, each with the moment at which it came to be so. What has ended reaches no levels any more.
    fn tell(self, sla: &TicketSla, now: Timestamp, news: &mut Vec<(Timestamp, TicketEvent)>) {
        let recorded = sla.recorded(self.target, self.cycle);
        let Self { target, cycle, policy, calendar, .. } = self;
        let open = self.ended_at.is_none();
        for &ThresholdMoment { level, percent, due } in self.thresholds.iter().filter(|_| open) {
            if let Some(due) = due.filter(|due| *due <= now && !recorded.levels.contains(&level)) {
                let reached = ThresholdReached { target, cycle, level, percent, due, policy, calendar };
                news.push((due, reached.into()));
            }
        }
        if let Some(since) = self.at_risk_at.filter(|since| open && *since <= now && recorded.awaits_risk()) {
            news.push((since, SlaAtRisk { target, cycle, since, policy, calendar }.into()));
        }
        match self.status {
            SlaStatus::Breached if recorded.awaits(Outcome::Breached) => {
                let since = self.breached_at.unwrap_or(now);
                news.push((since, SlaBreached { target, cycle, since, policy, calendar }.into()));
            }
            SlaStatus::Met if recorded.awaits(Outcome::Met) => {
                let since = self.ended_at.unwrap_or(now);
                news.push((since, SlaMet { target, cycle, since, policy, calendar }.into()));
            }
            _ => {}
        }
    }
}
