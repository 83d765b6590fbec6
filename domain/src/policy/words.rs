//! A policy in plain words, one sentence a line, so that people can check it by reading.

use super::{EscalationPolicy, Level, Needed, Target, When};

impl Target {
    /// In plain words, by its short name.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Member(id) => id.to_string(),
            Self::Role(name) => format!("the role {name}"),
            Self::Team(name) => format!("the team {name}"),
            Self::Schedule(name) => format!("whoever is on call by the schedule {name}"),
            Self::Channel(name) => format!("the channel {name}"),
            Self::Requester => "the requester".to_owned(),
            Self::Assignee => "the assignee".to_owned(),
        }
    }
}

impl EscalationPolicy {
    /// The policy in plain words, a sentence each. `call` says what a target is called; [`Target::in_words`] will do.
    #[must_use]
    pub fn in_words(&self, call: impl Fn(&Target) -> String) -> Vec<String> {
        let levels = self.levels.iter().zip(1_u16..).map(|(level, number)| sentence(level, number, &call));
        let end = match (self.repeat.times, span(self.repeat.delay_minutes)) {
            (0, delay) => {
                format!("If nobody has acknowledged {delay} after the last level, it is exhausted.")
            }
            (times, delay) => format!(
                "If nobody has acknowledged {delay} after the last level, it begins anew, {}; then it is exhausted.",
                if times == 1 { "once".to_owned() } else { format!("{times} times") }
            ),
        };
        let reminder = self.reminder_minutes.map(|minutes| {
            format!("Whoever acknowledged is reminded every {} until it is resolved.", span(minutes))
        });
        let timeout = self.acknowledgement_timeout_minutes.map(|minutes| {
            format!("If it is not resolved {} after it was acknowledged, it escalates again.", span(minutes))
        });
        levels.chain([end]).chain(reminder).chain(timeout).collect()
    }
}

fn sentence(level: &Level, number: u16, call: impl Fn(&Target) -> String) -> String {
    let when = match level.when {
        When::DelayMinutes(0) if number == 1 => "at once".to_owned(),
        When::DelayMinutes(0) => format!("together with level {}", number - 1),
        When::DelayMinutes(minutes) if number == 1 => format!("after {}", span(minutes)),
        When::DelayMinutes(minutes) => format!("{} after level {}", span(minutes), number - 1),
        When::ThresholdPercent(percent) => {
            format!("when {percent} per cent of the time to the deadline have passed")
        }
    };
    let targets: Vec<String> = level.targets.iter().map(call).collect();
    let urgency =
        level.urgency.map(|urgency| format!(", with urgency {}", urgency.name())).unwrap_or_default();
    let needed = match level.acknowledgement {
        Needed::One => "",
        Needed::All => "; each of them has to acknowledge",
    };
    format!("Level {number} tells {} {when}{urgency}{needed}.", all(&targets))
}

/// “a, b and c”; “nobody” for an empty list.
fn all(items: &[String]) -> String {
    match items {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// “1 hour 30 minutes”.
fn span(minutes: u32) -> String {
    let units = [(minutes / 1_440, "day"), (minutes % 1_440 / 60, "hour"), (minutes % 60, "minute")];
    let parts: Vec<String> = units
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}{}", if count == 1 { "" } else { "s" }))
        .collect();
    if parts.is_empty() { "0 minutes".to_owned() } else { parts.join(" ") }
}
