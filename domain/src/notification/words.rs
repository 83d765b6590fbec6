//! What happened to a notification, in plain words.

use super::NotificationEvent;
use crate::{stamp::Timestamp, zone::Zone};

impl NotificationEvent {
    /// What happened, as the end of the chain that says why somebody was told: “attempt 1 failed (30003), the next is at …”.
    /// Moments are shown in this zone.
    #[must_use]
    pub fn words(&self, zone: Zone) -> String {
        let again = |attempt: u16, what: &str, retry_at: Option<Timestamp>| match retry_at {
            Some(at) => format!("attempt {attempt} {what}, the next is at {}", show(at, zone)),
            None => format!("attempt {attempt} {what}, and there is no further one"),
        };
        match self {
            Self::NotificationPlanned(planned) => {
                let late = planned.expires_at.map(|at| format!(", not after {}", show(at, zone)));
                format!(
                    "planned by {} for {}{}",
                    planned.channel,
                    show(planned.at, zone),
                    late.unwrap_or_default()
                )
            }
            Self::Suppressed(suppressed) => format!("not sent: {}", suppressed.why.words()),
            Self::Attempted(attempted) => format!("attempt {} began", attempted.attempt),
            Self::Sent(sent) => match &sent.reference {
                Some(reference) => {
                    format!("attempt {} was taken by the provider as {reference}", sent.attempt)
                }
                None => format!("attempt {} was taken by the provider", sent.attempt),
            },
            Self::Delivered(_) => "delivered".to_owned(),
            Self::Read(_) => "read".to_owned(),
            Self::ActedOn(acted) => format!("acted on: {}", acted.action),
            Self::Failed(failed) => {
                again(failed.attempt, &format!("failed ({})", failed.code), failed.retry_at)
            }
            Self::Bounced(bounced) => format!("refused by the address ({})", bounced.code),
            Self::Expired(_) => "not sent: it was too late".to_owned(),
            Self::Unknown(unknown) => again(unknown.attempt, "has an unknown outcome", unknown.retry_at),
        }
    }
}

/// A moment to the second, in a zone: attempts may be seconds apart.
fn show(at: Timestamp, zone: Zone) -> String {
    format!("{} ({zone})", zone.wall(at).format("%Y-%m-%d %H:%M:%S"))
}
