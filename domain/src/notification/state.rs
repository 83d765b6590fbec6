//! A notification as it stands.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{
    NotificationCommand, NotificationError, NotificationEvent, NotificationPlanned,
    NotificationStatus as Status, Reason, decide,
};
use crate::{
    aggregate::Aggregate,
    id::{Id, Named},
    slug::Slug,
    stamp::{Stamp, Timestamp},
    wait::Wait,
};

/// How long an attempt may take. Whoever made it and has not said what became of it by then is taken for dead.
const OUTCOME_WITHIN: Duration = Duration::seconds(60);

/// A notification as it stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// Where it stands.
    pub status: Status,
    /// What is sent, to whom and when.
    pub planned: Option<NotificationPlanned>,
    /// How many attempts there were.
    pub attempts: u16,
    /// Since when nobody knows what becomes of the last attempt.
    pub pending_since: Option<Timestamp>,
    /// Whether the last attempt is known to have failed.
    pub failed: bool,
    /// When the next attempt is due.
    pub next_attempt_at: Option<Timestamp>,
    /// Why it is not sent any more, if it is not.
    pub suppressed: Option<Reason>,
    /// The provider's own reference.
    pub reference: Option<String>,
    /// What the recipient did, if they did something.
    pub action: Option<Slug>,
    /// When it first stood where it stands.
    pub since: Option<Timestamp>,
}

/// The id of a notification.
pub type NotificationId = Id<Notification>;

impl Named for Notification {
    const PREFIX: &'static str = "notification";
}

impl Notification {
    /// What it waits for: the moment of its next attempt (or of its expiry, if that is sooner), or that of knowing what became
    /// of the last one. At such a moment it is to be asked what is [due](NotificationCommand::Due).
    #[must_use]
    pub fn waits(&self) -> Vec<Wait> {
        let outcome = self.outcome_by().map(|by| Wait::new("outcome", by));
        let attempt = || {
            let next = self.next_attempt_at?;
            Some(Wait::new("attempt", self.expires_at().map_or(next, |expires| next.min(expires))))
        };
        outcome.or_else(attempt).into_iter().collect()
    }

    /// Whether this contact method has failed for good, so that the next one is asked for.
    #[must_use]
    pub fn gave_up(&self) -> bool {
        let nothing_comes = self.next_attempt_at.is_none() && self.pending_since.is_none();
        matches!(self.status, Status::Failed | Status::Bounced)
            || self.status == Status::Unknown && nothing_comes
    }

    /// By when it is to be known what became of the last attempt, if that is open.
    pub(super) fn outcome_by(&self) -> Option<Timestamp> {
        self.pending_since.map(|since| since + OUTCOME_WITHIN)
    }

    pub(super) fn expires_at(&self) -> Option<Timestamp> {
        self.planned.as_ref()?.expires_at
    }

    /// Moves forward, never back.
    fn advance(&mut self, to: Status, at: Timestamp) {
        if to > self.status {
            (self.status, self.since) = (to, Some(at));
        }
        if self.status >= Status::Failed {
            self.end_attempts();
        }
    }

    fn end_attempts(&mut self) {
        (self.pending_since, self.next_attempt_at) = (None, None);
    }
}

impl Aggregate for Notification {
    type Command = NotificationCommand;
    type Event = NotificationEvent;
    type Error = NotificationError;

    fn decide(
        &self,
        command: NotificationCommand,
        stamp: &Stamp,
    ) -> Result<Vec<NotificationEvent>, NotificationError> {
        decide::decide(self, command, stamp.at)
    }

    fn evolve(&mut self, event: &NotificationEvent, stamp: &Stamp) {
        use NotificationEvent as Event;
        match event {
            Event::NotificationPlanned(planned) => {
                self.next_attempt_at = Some(planned.at);
                self.planned = Some(planned.clone());
                self.advance(Status::Queued, stamp.at);
            }
            Event::Attempted(attempted) => {
                self.attempts = attempted.attempt;
                (self.failed, self.pending_since, self.next_attempt_at) = (false, Some(stamp.at), None);
                self.advance(Status::Sending, stamp.at);
            }
            Event::Unknown(unknown) => {
                (self.pending_since, self.next_attempt_at) = (None, unknown.retry_at);
                self.advance(Status::Unknown, stamp.at);
            }
            Event::Sent(sent) => {
                if sent.attempt == self.attempts && !self.failed {
                    self.end_attempts();
                }
                self.reference = self.reference.take().or_else(|| sent.reference.clone());
                self.advance(Status::Sent, stamp.at);
            }
            Event::Failed(failed) => {
                (self.failed, self.pending_since, self.next_attempt_at) = (true, None, failed.retry_at);
                if failed.retry_at.is_none() {
                    self.advance(Status::Failed, stamp.at);
                }
            }
            Event::Suppressed(suppressed) => {
                self.suppressed = Some(suppressed.why);
                self.end_attempts();
                self.advance(Status::Suppressed, stamp.at);
            }
            Event::Expired(_) => {
                self.end_attempts();
                self.advance(Status::Expired, stamp.at);
            }
            Event::Delivered(_) => self.advance(Status::Delivered, stamp.at),
            Event::Bounced(_) => self.advance(Status::Bounced, stamp.at),
            Event::Read(_) => self.advance(Status::Read, stamp.at),
            Event::ActedOn(acted) => {
                self.action = Some(acted.action.clone());
                self.advance(Status::ActedOn, stamp.at);
            }
        }
    }
}
