//! Addresses, in the form that each channel needs.

use serde::Deserialize;

use super::{Channel, Phone};
use crate::member::Email;

const LONGEST: usize = 2_000;

impl Channel {
    /// The address as it is kept, if this channel can reach it.
    ///
    /// # Errors
    /// What is wrong with it, without repeating it: it is somebody's.
    pub fn address(self, text: &str) -> Result<String, String> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(format!("may have {LONGEST} bytes at most; this has {}", text.len()));
        }
        match self {
            Self::InApp => Err("is not needed: every member is told in the application".to_owned()),
            Self::Email => text.parse::<Email>().map(String::from).map_err(|error| error.to_string()),
            Self::Sms | Self::Call | Self::WhatsApp => {
                text.parse::<Phone>().map(String::from).map_err(|error| error.to_string())
            }
            Self::Slack => slack(text),
            Self::Push => subscription(text),
            Self::Webhook => secure(text).map(|()| text.to_owned()),
        }
    }
}

/// A member id of Slack.
fn slack(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let good = text.starts_with(['U', 'W']) && (3..=30).contains(&text.len()) && text.bytes().all(plain);
    if good {
        Ok(text.to_owned())
    } else {
        Err("is a Slack member id, such as U012AB3CD; “Copy member ID” in the Slack profile gives it"
            .to_owned())
    }
}

/// What a browser gives for a subscription ([Push API](https://www.w3.org/TR/push-api/#dom-pushsubscription-tojson)).
#[derive(Deserialize)]
struct Subscription {
    endpoint: String,
    keys: Keys,
}

#[derive(Deserialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

fn subscription(text: &str) -> Result<String, String> {
    let needed =
        || "is the JSON of a browser's push subscription: endpoint, keys.p256dh and keys.auth".to_owned();
    let found: Subscription = serde_json::from_str(text).map_err(|_| needed())?;
    secure(&found.endpoint).map_err(|fault| format!("endpoint {fault}"))?;
    if found.keys.p256dh.is_empty() || found.keys.auth.is_empty() {
        return Err(needed());
    }
    Ok(text.to_owned())
}

/// Which hosts may be reached is not known here: that is asked when something is sent.
fn secure(text: &str) -> Result<(), String> {
    let rest = text.strip_prefix("https://").ok_or("begins with https://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("is an address such as https://example.com/hook, without spaces".to_owned());
    }
    if host.contains('@') {
        return Err("has no name and password in it; deliveries are signed instead".to_owned());
    }
    Ok(())
}
