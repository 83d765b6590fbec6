//! An alert as it stands.

use serde::{Deserialize, Serialize};

use super::{AlertCommand, AlertError, AlertEvent, Origin, Status, Suppression, Told, decide};
use crate::{
    aggregate::Aggregate,
    escalation::Urgency,
    id::{Id, Named},
    slug::Slug,
    stamp::{Actor, Stamp, Timestamp},
    wait::Wait,
};

/// An alert as it stands: its present episode, or the last one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Where it stands.
    pub status: Status,
    /// Which episode, from 1; 0 before the first.
    pub episode: u32,
    /// Where it comes from.
    pub origin: Option<Origin>,
    /// What is the same whenever the same condition is meant.
    pub dedup_key: String,
    /// What it belongs to.
    pub category: Option<Slug>,
    /// Its type.
    pub kind: Option<String>,
    /// The source's own word for how bad it is.
    pub severity: Option<String>,
    /// How insistently to tell people.
    pub urgency: Option<Urgency>,
    /// What it says.
    pub told: Option<Told>,
    /// How often it was reported in this episode.
    pub count: u64,
    /// When this episode was first reported here.
    pub triggered_at: Option<Timestamp>,
    /// When it began, by the source's clock if it said so.
    pub began_at: Option<Timestamp>,
    /// When it was last reported here.
    pub last_seen_at: Option<Timestamp>,
    /// Who owns it, while somebody does.
    pub acknowledgement: Option<Acknowledgement>,
    /// Why nobody is told, while that is so.
    pub suppression: Option<Suppression>,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// When it ended, if its origin said so.
    pub ended_at: Option<Timestamp>,
}

/// The id of an alert; it follows from where it comes from, see [`Origin::alert`].
pub type AlertId = Id<Alert>;

impl Named for Alert {
    const PREFIX: &'static str = "alert";
}

/// That somebody owns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Who.
    pub by: Actor,
    /// Since when.
    pub at: Timestamp,
}

impl Alert {
    /// What it waits for: the end of what keeps people from being told.
    #[must_use]
    pub fn waits(&self) -> Vec<Wait> {
        let until = self.suppression.and_then(|suppression| suppression.until());
        until.map(|due| Wait::new("suppression", due)).into_iter().collect()
    }
}

impl Aggregate for Alert {
    type Command = AlertCommand;
    type Event = AlertEvent;
    type Error = AlertError;

    fn decide(&self, command: AlertCommand, stamp: &Stamp) -> Result<Vec<AlertEvent>, AlertError> {
        decide::decide(self, command, stamp)
    }

    fn evolve(&mut self, event: &AlertEvent, stamp: &Stamp) {
        match event {
            AlertEvent::Triggered(triggered) => {
                *self = Self {
                    status: Status::Triggered,
                    episode: triggered.episode,
                    origin: Some(triggered.origin),
                    dedup_key: triggered.dedup_key.clone(),
                    category: Some(triggered.category.clone()),
                    kind: triggered.kind.clone(),
                    severity: triggered.severity.clone(),
                    urgency: Some(triggered.urgency),
                    told: Some(triggered.told.clone()),
                    count: 1,
                    triggered_at: Some(stamp.at),
                    began_at: Some(triggered.began_at),
                    last_seen_at: Some(stamp.at),
                    ..Self::default()
                };
            }
            AlertEvent::Repeated(repeated) => {
                self.count += u64::from(repeated.times);
                self.last_seen_at = Some(stamp.at);
                if let Some(became) = &repeated.became {
                    self.severity.clone_from(&became.severity);
                    self.urgency = Some(became.urgency);
                    self.told = Some(became.told.clone());
                }
            }
            AlertEvent::Acknowledged(_) => {
                self.status = Status::Acknowledged;
                self.acknowledgement = Some(Acknowledgement { by: stamp.by.clone(), at: stamp.at });
                self.suppression = None;
            }
            AlertEvent::Unacknowledged(_) => (self.status, self.acknowledgement) = (Status::Triggered, None),
            AlertEvent::Suppressed(suppressed) => {
                (self.status, self.suppression) = (Status::Suppressed, Some(suppressed.why));
            }
            AlertEvent::Unsuppressed(_) => (self.status, self.suppression) = (Status::Triggered, None),
            AlertEvent::Resolved(resolved) => {
                (self.status, self.suppression) = (Status::Resolved, None);
                (self.resolved_at, self.ended_at) = (Some(stamp.at), resolved.ended_at);
            }
        }
    }
}
