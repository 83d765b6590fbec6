use chrono::Duration;
use escalon_application::message::{Link, LinkAction, LinkError, LinkKey};
use escalon_domain::{id::Id, stamp::Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use crate::{NOTIFICATION, id, moment};

fn key() -> LinkKey {
    LinkKey::new(b"0123456789abcdef0123456789abcdef")
}

fn noon() -> Timestamp {
    moment("2026-01-05T12:00:00Z")
}

fn link() -> Link {
    Link {
        organization: id(1),
        notification: NOTIFICATION,
        action: LinkAction::Acknowledge,
        expires_at: noon(),
    }
}

/// Signed by Python's hmac and hashlib with the same bytes.
const SIGNED: &str =
    "AQEBm406XABwAIAAAAAAAAABAAAAAAAAAAAAAAAAAAAABwAAAABpW6fAGPE7L_bJJ6uuW_138WWbB_pU9itXlWvCZu_ubmYXK1E";

#[test]
fn it_is_good_for_what_it_was_made_for_and_until_then() {
    let token = key().sign(&link());
    assert_eq!(token.len(), 99);
    assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    assert_eq!(key().verify(&token, noon() - Duration::seconds(1)), Ok(link()));
    let expired = key().verify(&token, noon()).unwrap_err();
    assert_eq!(expired, LinkError::Expired(noon()));
    assert!(expired.to_string().contains("2026-01-05 12:00:00 UTC; log in"), "{expired}");
}

#[test]
fn its_form_never_changes() {
    assert_eq!(key().sign(&link()), SIGNED);
}

#[test]
fn another_key_makes_other_links() {
    let other = LinkKey::new(b"0123456789abcdef0123456789abcdeF");
    assert_eq!(other.verify(&key().sign(&link()), moment("2026-01-01T00:00:00Z")), Err(LinkError::Forged));
    assert_eq!(format!("{other:?}"), "LinkKey(…)");
}

#[test]
fn pressing_twice_is_pressing_once_and_another_action_is_another() {
    let unsubscribe = Link { action: LinkAction::Unsubscribe, ..link() };
    let later = Link { expires_at: noon() + Duration::days(1), ..link() };
    assert_eq!(link().command_id(), later.command_id());
    assert_ne!(link().command_id(), unsubscribe.command_id());
}

proptest! {
    #[test]
    fn whatever_is_changed_is_refused(
        organization in any::<u128>(), notification in any::<u128>(), byte in 0..74_usize, bit in 0..8_u32,
    ) {
        use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
        let of = |uuid| Uuid::from_u128(uuid);
        let link = Link {
            organization: Id::from_uuid(of(organization)),
            notification: Id::from_uuid(of(notification)),
            ..link()
        };
        let token = key().sign(&link);
        let before = moment("2026-01-01T00:00:00Z");
        prop_assert_eq!(key().verify(&token, before), Ok(link));
        let mut bytes = BASE64.decode(&token).unwrap();
        bytes[byte] ^= 1 << bit;
        prop_assert_eq!(key().verify(&BASE64.encode(&bytes), before), Err(LinkError::Forged));
        prop_assert_eq!(key().verify(&BASE64.encode(&bytes[..byte]), before), Err(LinkError::Malformed));
        prop_assert_eq!(key().verify(&format!("{token}AAAA"), before), Err(LinkError::Malformed));
    }

    #[test]
    fn no_text_is_a_link_by_chance(text in ".{0,120}") {
        prop_assert!(key().verify(&text, noon()).is_err());
    }
}
