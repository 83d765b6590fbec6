//! What a rule finds: what is new, and what is over.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use serde_json::json;

use super::{AlertRule, Facts, SlaFact, TicketFact, Watch, WorkloadFact};
use crate::{
    alert::{Report, ReportAction},
    stamp::Timestamp,
};

const MOST_IMPORTANT: u32 = 1;
const MUCH_WORK: u32 = 20;

impl AlertRule {
    /// What is to be reported at this moment: a trigger for each ticket or member for whom the condition holds and who is not
    /// `standing`, and a resolve for each that stands and for whom it holds no more. What stands are the dedup keys of the
    /// rule's open alerts. A rule that is switched off resolves all of them.
    #[must_use]
    pub fn evaluate(&self, facts: &Facts, standing: &BTreeSet<String>, now: Timestamp) -> Vec<Report> {
        let found = if self.enabled { self.found(facts, now) } else { BTreeMap::new() };
        let over = standing.iter().filter(|key| !found.contains_key(*key)).map(|key| Report {
            dedup_key: key.clone(),
            action: ReportAction::Resolve,
            occurred_at: Some(now),
            ..Report::default()
        });
        let over: Vec<_> = over.collect();
        let new = found.into_iter().filter(|(key, _)| !standing.contains(key)).map(|(_, report)| report);
        new.chain(over).collect()
    }

    /// For whom the condition holds, by dedup key.
    fn found(&self, facts: &Facts, now: Timestamp) -> BTreeMap<String, Report> {
        let reports: Vec<Report> = match &self.watch {
            Watch::SlaBreach => {
                let since = minutes(self.threshold.unwrap_or(0));
                let late = |clock: &&SlaFact| clock.due + since <= now;
                facts.tickets.iter().filter_map(|ticket| self.on_time(ticket, late, "is past", now)).collect()
            }
            Watch::SlaAtRisk => {
                let begins = |clock: &SlaFact| {
                    self.threshold.map_or(clock.at_risk_at, |left| clock.due - minutes(left))
                };
                // What is breached is not at risk any more.
                let near = |clock: &&SlaFact| begins(clock) <= now && now < clock.due;
                facts.tickets.iter().filter_map(|ticket| self.on_time(ticket, near, "is near", now)).collect()
            }
            Watch::CriticalComplaint { types } => {
                let lowest = self.threshold.unwrap_or(MOST_IMPORTANT);
                let counts = |ticket: &&TicketFact| {
                    u32::from(ticket.rank) <= lowest
                        && (types.is_empty() || types.contains(&ticket.ticket_type))
                };
                facts.tickets.iter().filter(counts).map(|ticket| self.complaint(ticket, now)).collect()
            }
            Watch::HighWorkload => {
                let many = self.threshold.unwrap_or(MUCH_WORK);
                let counts = |load: &&WorkloadFact| load.open >= many;
                facts.workloads.iter().filter(counts).map(|load| self.workload(*load, many, now)).collect()
            }
        };
        reports.into_iter().map(|report| (report.dedup_key.clone(), report)).collect()
    }

    /// The first to come due of a ticket's clocks that are so.
    fn on_time(
        &self,
        ticket: &TicketFact,
        so: impl Fn(&&SlaFact) -> bool,
        says: &str,
        now: Timestamp,
    ) -> Option<Report> {
        let clock = ticket.clocks.iter().filter(so).min_by_key(|clock| (clock.due, clock.target))?;
        let target = clock.target.to_string().replace('_', " ");
        Some(Report {
            dedup_key: ticket.id.to_string(),
            summary: format!("{} {says} the time of its {target}", ticket.number),
            details: json!({
                "ticket": ticket.id, "number": ticket.number, "assignee": ticket.assignee,
                "target": clock.target, "due": clock.due,
            }),
            ..self.report(now)
        })
    }

    fn complaint(&self, ticket: &TicketFact, now: Timestamp) -> Report {
        Report {
            dedup_key: ticket.id.to_string(),
            summary: format!("{} is a {} of priority {}", ticket.number, ticket.ticket_type, ticket.rank),
            details: json!({
                "ticket": ticket.id, "number": ticket.number, "assignee": ticket.assignee,
                "ticket_type": ticket.ticket_type, "rank": ticket.rank,
            }),
            ..self.report(now)
        }
    }

    fn workload(&self, load: WorkloadFact, many: u32, now: Timestamp) -> Report {
        Report {
            dedup_key: load.member.to_string(),
            summary: format!("{} has {} open items; {many} are many", load.member, load.open),
            details: json!({"assignee": load.member, "open": load.open, "threshold": many}),
            ..self.report(now)
        }
    }

    fn report(&self, now: Timestamp) -> Report {
        Report { kind: Some(self.watch.name().to_owned()), occurred_at: Some(now), ..Report::default() }
    }
}

fn minutes(count: u32) -> Duration {
    Duration::minutes(i64::from(count))
}
