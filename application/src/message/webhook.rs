//! Outgoing webhooks as [Standard Webhooks](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md)
//! has them: a body of type, timestamp and data, signed together with its id and its moment.

use std::{fmt, str::FromStr};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Duration, SecondsFormat};
use escalon_domain::{
    notification::{Report, Trouble},
    stamp::Timestamp,
};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// How far the clocks of sender and receiver may differ.
const TOLERANCE: Duration = Duration::minutes(5);
const PREFIX: &str = "whsec_";
/// How long a receiver may put off the next attempt.
const LONGEST_WAIT: Duration = Duration::days(1);

/// A secret shared with a receiver: `whsec_` and 24 to 64 bytes in base64.
#[derive(Clone)]
pub struct WebhookSecret(Hmac<Sha256>);

/// A text that is not such a secret. It does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a webhook's secret is “whsec_” and 24 to 64 random bytes in base64")]
pub struct InvalidSecret;

impl FromStr for WebhookSecret {
    type Err = InvalidSecret;

    fn from_str(text: &str) -> Result<Self, InvalidSecret> {
        let bytes = BASE64_STANDARD.decode(text.trim().strip_prefix(PREFIX).ok_or(InvalidSecret)?);
        let bytes = bytes.ok().filter(|bytes| (24..=64).contains(&bytes.len())).ok_or(InvalidSecret)?;
        Hmac::new_from_slice(&bytes).map(Self).map_err(|_| InvalidSecret)
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// A webhook on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Webhook<'a> {
    /// Its id, the same for every attempt: by it the receiver drops what it has already. A notification's id, say.
    pub id: &'a str,
    /// When this attempt is made; to the second.
    pub at: Timestamp,
    /// Its body, byte for byte as it is sent.
    pub body: &'a str,
}

/// The headers of a webhook, as a receiver has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookHeaders {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`: seconds since 1970.
    pub timestamp: String,
    /// `webhook-signature`: one or more, divided by spaces.
    pub signature: String,
}

/// Why a webhook is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefused {
    /// A header has not the form it should.
    #[error("webhook-timestamp is the number of seconds since 1970; this is something else")]
    Malformed,
    /// It was signed too long ago, or in the future.
    #[error("webhook-timestamp is more than 5 minutes off; it may be a replay, or a clock is wrong")]
    Stale,
    /// No signature is right.
    #[error("no signature in webhook-signature is right for this id, timestamp and body")]
    Forged,
}

/// The body: what happened, when, and the data of it.
#[must_use]
pub fn body(kind: &str, at: Timestamp, data: &Value) -> String {
    let timestamp = at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    json!({ "type": kind, "timestamp": timestamp, "data": data }).to_string()
}

impl Webhook<'_> {
    /// Its headers, signed with each of these secrets: while one takes another's place, both are right.
    #[must_use]
    pub fn sign(&self, secrets: &[WebhookSecret]) -> WebhookHeaders {
        let timestamp = self.at.timestamp().to_string();
        let signatures = secrets.iter().map(|secret| {
            let mac = self.content(secret, &timestamp).finalize();
            format!("v1,{}", BASE64_STANDARD.encode(mac.into_bytes()))
        });
        let signature = signatures.collect::<Vec<_>>().join(" ");
        WebhookHeaders { id: self.id.to_owned(), timestamp, signature }
    }

    fn content(&self, secret: &WebhookSecret, timestamp: &str) -> Hmac<Sha256> {
        secret.0.clone().chain_update(format!("{}.{timestamp}.", self.id)).chain_update(self.body)
    }
}

/// Whether a webhook with these headers and this body was signed with one of these secrets, about now.
///
/// # Errors
/// A header has not the form it should, it is too old or from the future, or no signature is right.
pub fn verify(
    headers: &WebhookHeaders,
    body: &str,
    secrets: &[WebhookSecret],
    now: Timestamp,
) -> Result<(), WebhookRefused> {
    let at = headers.timestamp.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let at = at.ok_or(WebhookRefused::Malformed)?;
    if (now - at).abs() > TOLERANCE {
        return Err(WebhookRefused::Stale);
    }
    let webhook = Webhook { id: &headers.id, at, body };
    let right = |signature: &str| {
        let claimed = signature.strip_prefix("v1,").and_then(|text| BASE64_STANDARD.decode(text).ok());
        claimed.is_some_and(|claimed| {
            secrets
                .iter()
                .any(|secret| webhook.content(secret, &headers.timestamp).verify_slice(&claimed).is_ok())
        })
    };
    if headers.signature.split(' ').any(right) { Ok(()) } else { Err(WebhookRefused::Forged) }
}

/// What a receiver's answer means: any 2xx took it, 410 wants no more, and everything else is tried again, not before the moment
/// that `Retry-After` (RFC 9110, in seconds or as a date) names, if that is within a day.
#[must_use]
pub fn report(attempt: u16, status: u16, retry_after: Option<&str>, at: Timestamp) -> Report {
    if (200..300).contains(&status) {
        return Report::Sent { attempt, reference: None };
    }
    let seconds = |text: &str| text.parse().ok().map(|seconds: u32| at + Duration::seconds(seconds.into()));
    let date = |text: &str| DateTime::parse_from_rfc2822(text).ok().map(|date| date.to_utc());
    let not_before = retry_after.map(str::trim).and_then(|text| seconds(text).or_else(|| date(text)));
    Report::Failed {
        attempt,
        permanent: status == 410,
        not_before: not_before.map(|moment| moment.min(at + LONGEST_WAIT)),
        trouble: Trouble { code: status.to_string(), detail: None },
    }
}
