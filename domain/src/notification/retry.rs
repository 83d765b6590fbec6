//! When an attempt that failed is made again.

use chrono::Duration;

use super::NotificationId;
use crate::contact::Channel;

/// How often a person's own addresses are tried.
const ATTEMPTS: u16 = 10;
/// The wait before the second attempt, in seconds; each further one is twice as long.
const FIRST_SECONDS: i64 = 5;
/// The longest wait, in seconds.
const LONGEST_SECONDS: i64 = 900;
/// The waits for other systems, in seconds: 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 hours, as
/// [Standard Webhooks](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md) proposes.
const WEBHOOK_SECONDS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// How long a provider may take to say what became of an attempt whose outcome is not known, where a second message would be
/// one too many.
const RECONCILE_SECONDS: i64 = 60;

/// How long to wait after this attempt (the first is 1) has failed; none when there is no further one. The jitter, a quarter
/// more or less, spreads those that failed together, and follows from the notification's id: the same history waits the same.
#[must_use]
pub fn backoff(notification: NotificationId, channel: Channel, attempt: u16) -> Option<Duration> {
    let place = attempt.checked_sub(1)?;
    let seconds = if channel == Channel::Webhook {
        *WEBHOOK_SECONDS.get(usize::from(place))?
    } else if attempt < ATTEMPTS {
        FIRST_SECONDS.saturating_mul(1 << place).min(LONGEST_SECONDS)
    } else {
        return None;
    };
    // 32 bits of a digest, as a share of all there are.
    let digest = NotificationId::derived(notification, &format!("attempt {attempt}")).uuid().as_u128() as u32;
    let milliseconds = seconds * 750 + ((seconds * 500 * i64::from(digest)) >> 32);
    Some(Duration::milliseconds(milliseconds))
}

/// How long to wait after an attempt whose outcome is not known.
pub(super) fn after_unknown(
    notification: NotificationId,
    channel: Channel,
    attempt: u16,
) -> Option<Duration> {
    let wait = backoff(notification, channel, attempt)?;
    Some(if once_only(channel) { wait.max(Duration::seconds(RECONCILE_SECONDS)) } else { wait })
}

/// Whether the recipient would get it twice if it were sent twice. Others carry a key by which the second is dropped or takes
/// the first one's place.
const fn once_only(channel: Channel) -> bool {
    matches!(channel, Channel::Sms | Channel::Call | Channel::WhatsApp | Channel::Slack)
}
