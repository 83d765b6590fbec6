//! Whether a request comes from whom it says.

use chrono::Duration;
use escalon_domain::stamp::Timestamp;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// How far a signed moment may be from now, in either direction.
pub const SKEW: Duration = Duration::minutes(5);

/// Why a request is not taken for genuine. It does not say which part of a signature is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    /// It is not signed with the source's secret.
    #[error("the signature does not fit; check that both sides have the same secret")]
    Signature,
    /// It was signed at another time; it may be one that was sent before.
    #[error("the signed time is missing or not within 5 minutes of now; check the sender's clock")]
    Time,
}

/// Verifies `X-Grafana-Alerting-Signature`: the HMAC-SHA256 of the body in hex, or of `timestamp:body` where Grafana is told to
/// send a timestamp header, which is seconds since 1970. With `timestamped`, one that lacks it is refused, so that no request
/// can be sent a second time.
///
/// # Errors
/// It is not genuine, or not of now.
pub fn grafana(
    secret: &[u8],
    signature: &str,
    timestamp: Option<&str>,
    timestamped: bool,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Forged> {
    if timestamped && timestamp.is_none() {
        return Err(Forged::Time);
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| Forged::Signature)?;
    if let Some(timestamp) = timestamp {
        mac.update(timestamp.as_bytes());
        mac.update(b":");
    }
    mac.update(body);
    let signature = hex::decode(signature.trim()).map_err(|_| Forged::Signature)?;
    // In constant time.
    mac.verify_slice(&signature).map_err(|_| Forged::Signature)?;
    let at = timestamp
        .map(|text| text.trim().parse().ok().and_then(|seconds| Timestamp::from_timestamp(seconds, 0)));
    match at {
        Some(at) if at.is_none_or(|at| (now - at).abs() > SKEW) => Err(Forged::Time),
        _ => Ok(()),
    }
}

/// Whether two keys are the same. How long it takes tells nothing of where they differ: their digests are compared.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    Sha256::digest(one) == Sha256::digest(other)
}
