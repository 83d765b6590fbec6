//! The ids by which mail programs put messages together.

use std::str::FromStr;

use escalon_domain::notification::{NotificationId, Occasion};

/// The domain in the ids of messages: that of the installation, for example `escalon.example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailDomain(String);

/// A text that cannot be the domain of message ids.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a domain; use letters, digits, dots and dashes, such as escalon.example.com")]
pub struct InvalidMailDomain(String);

impl FromStr for MailDomain {
    type Err = InvalidMailDomain;

    fn from_str(text: &str) -> Result<Self, InvalidMailDomain> {
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let good = text.len() <= 253 && text.split('.').all(label);
        if good {
            Ok(Self(text.to_lowercase()))
        } else {
            Err(InvalidMailDomain(text.chars().take(80).collect()))
        }
    }
}

impl MailDomain {
    /// The `Message-ID` of the message that tells these notifications, the first of which names it. An attempt that is made again
    /// has the same, so that who gets it twice sees it once.
    #[must_use]
    pub fn message_id(&self, first: NotificationId) -> String {
        format!("<{first}@{}>", self.0)
    }

    /// The root to which all messages about one thing refer (RFC 5322, 3.6.4): they become one thread, whatever their level,
    /// recipient and subject. No message has this id itself.
    #[must_use]
    pub fn root(&self, occasion: &Occasion) -> String {
        match occasion {
            Occasion::Level { escalation, .. } => format!("<{escalation}@{}>", self.0),
            Occasion::Event { stream, .. } => {
                let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
                format!("<{}@{}>", stream.chars().map(plain).collect::<String>(), self.0)
            }
        }
    }
}
