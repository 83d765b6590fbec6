//! Notification rules: by which of their contact methods a member wants to be told of what, and after what delay.

use serde::{Deserialize, Serialize};

use super::ContactMethodId;
use crate::{escalation::Urgency, fault::Fault};

const MOST: usize = 50;
const LONGEST_DELAY: u32 = 1_440;

/// Of this urgency, tell me by this contact method, after this delay. Rules are followed in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NotificationRule {
    /// Of which urgency.
    pub urgency: Urgency,
    /// By which contact method.
    pub method: ContactMethodId,
    /// How long after the moment at which they were to be told, in minutes; a day at most.
    pub delay_minutes: u32,
}

/// All that is wrong with a member's rules; `has` knows their contact methods.
pub(super) fn faults(rules: &[NotificationRule], has: impl Fn(ContactMethodId) -> bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    if rules.len() > MOST {
        faults.push(Fault::at(["rules"], format!("may be {MOST} at most; these are {}", rules.len())));
    }
    for (place, rule) in rules.iter().enumerate() {
        let mut wrong = |field: &str, message: String| {
            faults.push(Fault::at(["rules", &place.to_string(), field], message));
        };
        if !has(rule.method) {
            wrong(
                "method",
                format!("{} is none of this member's contact methods; add it first", rule.method),
            );
        }
        if rule.delay_minutes > LONGEST_DELAY {
            wrong("delay_minutes", format!("may be {LONGEST_DELAY} minutes (a day) at most"));
        }
        if rules[..place].contains(rule) {
            wrong("method", "is the same rule as one before it; leave one of them out".to_owned());
        }
    }
    faults
}
