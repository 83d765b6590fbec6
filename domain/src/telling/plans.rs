//! From what was decided to what is sent.

use crate::{
    escalation::Urgency,
    notification::{Candidate, NotificationId, Occasion, Plan, Verdict},
    stamp::Timestamp,
};

/// The notifications that these candidates get, each to be planned under its id: what a reactor makes of the recorded decision.
/// They expire at this moment, if one is given; what was put off beyond it is sent all the same, since it tells what happened in
/// the meantime. `instead_of` is the notification that failed, if these take its place.
#[must_use]
pub fn plans(
    occasion: &Occasion,
    urgency: Urgency,
    candidates: &[Candidate],
    expires_at: Option<Timestamp>,
    instead_of: Option<NotificationId>,
) -> Vec<(NotificationId, Plan)> {
    let told = candidates.iter().filter_map(|candidate| match &candidate.verdict {
        Verdict::Told { by, .. } => Some((candidate.member, by)),
        Verdict::NotTold { .. } => None,
    });
    let plans = told.flat_map(|(recipient, by)| {
        by.iter().map(move |planned| {
            let plan = Plan {
                recipient,
                method: planned.method,
                channel: planned.channel,
                occasion: occasion.clone(),
                urgency,
                at: planned.at,
                expires_at: expires_at.filter(|expires| *expires > planned.at),
                instead_of,
            };
            (planned.notification, plan)
        })
    });
    plans.collect()
}
