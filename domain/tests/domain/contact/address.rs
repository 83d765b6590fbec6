//! Addresses: what is kept, and what is said of those that cannot be right.

use escalon_domain::contact::{Channel, Phone};
use proptest::prelude::*;

#[test]
fn an_address_is_kept_in_the_form_its_channel_needs() {
    let push =
        r#"{"endpoint":"https://push.example/x","keys":{"p256dh":"BN","auth":"a"},"expirationTime":null}"#;
    for (channel, written, kept) in [
        (Channel::Email, " Alice@Example.COM ", "Alice@example.com"),
        (Channel::Sms, "+49 (30) 123-45.67", "+49301234567"),
        (Channel::Call, "+1 415/555 0123", "+14155550123"),
        (Channel::WhatsApp, "+14155550123", "+14155550123"),
        (Channel::Slack, "U012AB3CD", "U012AB3CD"),
        (Channel::Webhook, "https://example.com/hook?a=1", "https://example.com/hook?a=1"),
        (Channel::Push, push, push),
    ] {
        assert_eq!(channel.address(written).as_deref(), Ok(kept), "{channel}");
    }
}

#[test]
fn what_cannot_be_right_is_said_without_repeating_it() {
    let long = format!("https://example.com/{}", "x".repeat(2_000));
    for (channel, written, said) in [
        (Channel::InApp, "anything", "not needed"),
        (Channel::Email, "alice", "not an email address"),
        (Channel::Sms, "030 1234567", "begins with “+” and the country code"),
        (Channel::Sms, "0049301234567", "begins with “+” and the country code"),
        (Channel::Sms, "+0301234567", "begins with “+” and the country code"),
        (Channel::Call, "+1 415 CALL ME", "digits only"),
        (Channel::Sms, "+49٣٤٥٦٧٨", "digits only"),
        (Channel::Sms, "+123456", "this has 6"),
        (Channel::Sms, "+1234567890123456", "this has 16"),
        (Channel::Slack, "@alice", "Slack member id"),
        (Channel::Webhook, "http://example.com", "begins with https://"),
        (Channel::Webhook, "https:///hook", "such as https://example.com/hook"),
        (Channel::Webhook, "https://alice:secret@example.com", "no name and password"),
        (Channel::Webhook, &long, "2000 bytes at most"),
        (Channel::Push, "{}", "keys.p256dh"),
        (
            Channel::Push,
            r#"{"endpoint":"ftp://x","keys":{"p256dh":"BN","auth":"a"}}"#,
            "endpoint begins with",
        ),
        (Channel::Push, r#"{"endpoint":"https://x","keys":{"p256dh":"","auth":"a"}}"#, "keys.p256dh"),
    ] {
        let fault = channel.address(written).unwrap_err();
        assert!(fault.contains(said) && !fault.contains(written), "{written}: {fault}");
    }
}

#[test]
fn a_number_is_masked_where_it_is_shown_by_chance() {
    assert_eq!(format!("{:?}", "+14155550123".parse::<Phone>().unwrap()), "+14****0123");
}

proptest! {
    #[test]
    fn a_number_that_is_kept_is_kept_again_as_it_is(text in "\\+?[0-9 ()./-]{5,20}") {
        if let Ok(phone) = text.parse::<Phone>() {
            let kept = phone.as_str();
            prop_assert_eq!(&kept.parse::<Phone>().unwrap(), &phone);
            prop_assert!((8..=16).contains(&kept.len()) && kept[1..].bytes().all(|byte| byte.is_ascii_digit()));
        }
    }

    #[test]
    fn no_text_is_too_strange(text in ".{0,60}") {
        for channel in Channel::ALL {
            if let Ok(kept) = channel.address(&text) {
                prop_assert_eq!(channel.address(&kept), Ok(kept));
            }
        }
    }
}
