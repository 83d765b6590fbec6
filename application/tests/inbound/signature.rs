//! Whether a request comes from whom it says.

use escalon_application::inbound::signature::{Forged, grafana, same};
use escalon_domain::stamp::Timestamp;

/// Made with `printf '%s' BODY | openssl dgst -sha256 -hmac secret`.
const BODY: &[u8] = br#"{"status":"firing"}"#;
const OF_BODY: &str = "99da718745e068940da5a11a17187cb45656f78cd34132618eebc3ab7f7860e1";
/// The same of `1767603600:BODY`.
const OF_TIMED: &str = "e8f17873409d7dfed5a536d02135c85fd4a83aaff9ddc6b29db3df2c8212d3be";
const SENT: &str = "1767603600";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-01-05T09:00:00Z")
}

#[test]
fn a_body_signed_with_the_secret_is_genuine() {
    assert_eq!(grafana(b"secret", OF_BODY, None, false, BODY, now()), Ok(()));
    assert_eq!(grafana(b"secret", &OF_BODY.to_uppercase(), None, false, BODY, now()), Ok(()));
    assert_eq!(grafana(b"secret", OF_TIMED, Some(SENT), true, BODY, now()), Ok(()));
}

#[test]
fn anything_else_is_forged() {
    let forged = Err(Forged::Signature);
    assert_eq!(grafana(b"Secret", OF_BODY, None, false, BODY, now()), forged);
    assert_eq!(grafana(b"secret", OF_BODY, None, false, br#"{"status":"resolved"}"#, now()), forged);
    assert_eq!(grafana(b"secret", OF_BODY, Some(SENT), false, BODY, now()), forged);
    assert_eq!(grafana(b"secret", OF_TIMED, Some("1767603601"), true, BODY, now()), forged);
    for signature in ["", "zz", &OF_BODY[..62], &format!("{OF_BODY}00")] {
        assert_eq!(grafana(b"secret", signature, None, false, BODY, now()), forged);
    }
}

#[test]
fn what_was_signed_at_another_time_may_be_sent_again_by_somebody() {
    for (when, expected) in [
        ("2026-01-05T09:05:00Z", Ok(())),
        ("2026-01-05T08:55:00Z", Ok(())),
        ("2026-01-05T09:05:01Z", Err(Forged::Time)),
        ("2026-01-05T08:54:59Z", Err(Forged::Time)),
    ] {
        assert_eq!(grafana(b"secret", OF_TIMED, Some(SENT), true, BODY, at(when)), expected, "{when}");
    }
    assert_eq!(
        grafana(b"secret", OF_BODY, None, true, BODY, now()),
        Err(Forged::Time),
        "no time where one is due"
    );
}

#[test]
fn keys_are_compared_as_a_whole() {
    assert!(same("samplekeyhere", "samplekeyhere"));
    assert!(
        !same("samplekeyhere", "samplekeyher") && !same("samplekeyhere", "Samplekeyhere") && !same("", "x")
    );
}
