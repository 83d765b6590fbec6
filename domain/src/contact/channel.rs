//! The media by which people are told.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A medium by which somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// In the application itself, live.
    InApp,
    /// By email.
    Email,
    /// By text message.
    Sms,
    /// By a call that speaks.
    Call,
    /// By a push message to a browser or telephone.
    Push,
    /// In Slack.
    Slack,
    /// By WhatsApp.
    #[serde(alias = "whatsapp")]
    WhatsApp,
    /// To an address of another system, signed.
    Webhook,
}

impl Channel {
    /// Every channel.
    pub const ALL: &'static [Self] = &[
        Self::InApp,
        Self::Email,
        Self::Sms,
        Self::Call,
        Self::Push,
        Self::Slack,
        Self::WhatsApp,
        Self::Webhook,
    ];

    /// The stored word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InApp => "in_app",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Call => "call",
            Self::Push => "push",
            Self::Slack => "slack",
            Self::WhatsApp => "whats_app",
            Self::Webhook => "webhook",
        }
    }
}

impl fmt::Display for Channel {
    /// As a sentence says it: “told by …”.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InApp => "in-app message",
            Self::Email => "email",
            Self::Sms => "text message",
            Self::Call => "call",
            Self::Push => "push message",
            Self::Slack => "Slack",
            Self::WhatsApp => "WhatsApp",
            Self::Webhook => "webhook",
        })
    }
}
