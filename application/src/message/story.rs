//! What one notification tells.

use escalon_domain::{escalation::Urgency, notification::NotificationId};

/// What one notification tells its recipient. It is full of people's words, so it is not to be logged: it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Story {
    /// The notification.
    pub notification: NotificationId,
    /// How insistently it tells.
    pub urgency: Urgency,
    /// What it is about, in a line.
    pub title: String,
    /// What else is known, by name: `Customer`, `Due`.
    pub facts: Vec<(String, String)>,
    /// More, in paragraphs.
    pub text: Option<String>,
    /// Why they are told, as [`because`](escalon_domain::telling::because) says it.
    pub because: String,
    /// Where it can be looked at.
    pub view: Option<String>,
    /// Where it can be acknowledged: a page with the [link](super::Link)'s token, which asks first.
    pub acknowledge: Option<String>,
}
