use chrono::Duration;
use escalon_application::message::{
    Webhook, WebhookHeaders, WebhookRefused, WebhookSecret, body, report, verify,
};
use escalon_domain::notification::{Report, Trouble};
use serde_json::json;

use crate::moment;

fn secret() -> WebhookSecret {
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap()
}

fn other() -> WebhookSecret {
    "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".parse().unwrap()
}

const BODY: &str = r#"{"test": 2432232314}"#;

fn webhook() -> Webhook<'static> {
    let at = chrono::DateTime::from_timestamp(1_614_265_330, 0).unwrap();
    Webhook { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body: BODY }
}

/// The example of the specification's own libraries.
#[test]
fn it_is_signed_as_others_sign_it() {
    let headers = webhook().sign(&[secret()]);
    assert_eq!(
        headers,
        WebhookHeaders {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek".into(),
            timestamp: "1614265330".into(),
            signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=".into(),
        }
    );
}

#[test]
fn it_is_taken_with_one_right_signature_of_several() {
    let (now, both) = (webhook().at, [other(), secret()]);
    let headers = webhook().sign(&both);
    assert_eq!(headers.signature.split(' ').count(), 2);
    for secrets in [&both[..1], &both[1..], &both] {
        assert_eq!(verify(&headers, BODY, secrets, now), Ok(()));
    }
    let unknown = WebhookHeaders { signature: format!("v1a,x v2,y {}", headers.signature), ..headers };
    assert_eq!(verify(&unknown, BODY, &[secret()], now), Ok(()));
}

#[test]
fn what_was_changed_or_is_old_is_refused() {
    let (now, secrets) = (webhook().at, [secret()]);
    let headers = webhook().sign(&secrets);
    let refused = |headers: &WebhookHeaders, body, now| verify(headers, body, &secrets, now).unwrap_err();
    assert_eq!(refused(&headers, "{}", now), WebhookRefused::Forged);
    let with = |change: fn(&mut WebhookHeaders)| {
        let mut changed = headers.clone();
        change(&mut changed);
        changed
    };
    assert_eq!(refused(&with(|h| h.id = "msg_2".into()), BODY, now), WebhookRefused::Forged);
    assert_eq!(refused(&with(|h| h.timestamp = "1614265331".into()), BODY, now), WebhookRefused::Forged);
    assert_eq!(refused(&with(|h| h.timestamp = "01614265330".into()), BODY, now), WebhookRefused::Forged);
    assert_eq!(refused(&with(|h| h.timestamp = "today".into()), BODY, now), WebhookRefused::Malformed);
    assert_eq!(
        refused(&with(|h| h.signature = h.signature.replace("v1,", "v2,")), BODY, now),
        WebhookRefused::Forged
    );
    assert_eq!(refused(&with(|h| h.signature.clear()), BODY, now), WebhookRefused::Forged);
    assert_eq!(verify(&headers, BODY, &[other()], now), Err(WebhookRefused::Forged));
    assert_eq!(verify(&headers, BODY, &[], now), Err(WebhookRefused::Forged));
    for off in [Duration::seconds(301), Duration::seconds(-301)] {
        assert_eq!(refused(&headers, BODY, now + off), WebhookRefused::Stale);
    }
    assert_eq!(verify(&headers, BODY, &secrets, now + Duration::minutes(5)), Ok(()));
}

#[test]
fn a_secret_has_its_form_and_is_not_shown() {
    for bad in ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_short", "whsec_!!", "whsec_AAAA"] {
        assert!(bad.parse::<WebhookSecret>().is_err(), "{bad}");
    }
    assert_eq!(format!("{:?}", secret()), "WebhookSecret(…)");
}

#[test]
fn its_body_says_what_and_when() {
    let at = moment("2026-01-05T12:00:00.25Z");
    let body = body("escalation.level_reached", at, &json!({ "level": 2 }));
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&body).unwrap(),
        json!({ "type": "escalation.level_reached", "timestamp": "2026-01-05T12:00:00.250Z", "data": { "level": 2 } })
    );
}

#[test]
fn an_answer_means_taken_or_again_or_never_again() {
    let at = moment("2026-01-05T12:00:00Z");
    let again = |status, retry_after, not_before| {
        let trouble = Trouble { code: format!("{status}"), detail: None };
        let expected = Report::Failed { attempt: 3, permanent: false, not_before, trouble };
        assert_eq!(report(3, status, retry_after, at), expected);
    };
    for status in [200, 202, 204] {
        assert_eq!(report(3, status, Some("60"), at), Report::Sent { attempt: 3, reference: None });
    }
    for status in [301, 400, 401, 404, 429, 500, 503] {
        again(status, None, None);
    }
    again(429, Some("120"), Some(at + Duration::minutes(2)));
    again(503, Some("Mon, 05 Jan 2026 12:30:00 GMT"), Some(at + Duration::minutes(30)));
    again(503, Some("4294967295"), Some(at + Duration::days(1)));
    again(503, Some("-5"), None);
    again(503, Some("soon"), None);
    assert!(matches!(report(1, 410, None, at), Report::Failed { permanent: true, .. }));
}
