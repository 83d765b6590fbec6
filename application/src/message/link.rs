//! Links by which the reader of a message can act without logging in.
//!
//! A link is good for one action on one notification, until it expires; nobody can make or change one without the key. Scanners
//! follow the links of every email, so following one only shows a [page](super::ask), and the page's button acts. Acting twice is
//! acting once: see [`Link::command_id`].

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::DateTime;
use escalon_domain::{id::Id, notification::NotificationId, organization::OrganizationId, stamp::Timestamp};
use hmac::{Hmac, Mac, digest::Key};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::LinkAction;

const VERSION: u8 = 1;
/// Version, action, organization, notification and expiry.
const PAYLOAD: usize = 1 + 1 + 16 + 16 + 8;
const SEAL: usize = 32;

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// In which organization.
    pub organization: OrganizationId,
    /// By which notification; whose recipient acts.
    pub notification: NotificationId,
    /// What it does.
    pub action: LinkAction,
    /// Until when, to the second.
    pub expires_at: Timestamp,
}

/// The key that links are signed with: HMAC-SHA256 (RFC 2104).
#[derive(Clone)]
pub struct LinkKey(Hmac<Sha256>);

/// Why a link is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It has not the form of a link.
    #[error("this link is not complete; copy the whole of it from the message")]
    Malformed,
    /// It was not made with this key, or was changed.
    #[error("this link is not one of ours, or was changed on its way; use the one in the message")]
    Forged,
    /// It was good until then.
    #[error("this link was good until {0}; log in to act")]
    Expired(Timestamp),
}

impl LinkKey {
    /// A key made of these bytes, 32 or more of which should be secret and random. They may serve for other purposes, too.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        let own = Sha256::new().chain_update(b"escalon links\0").chain_update(secret).finalize();
        // A key that is shorter than HMAC's block is filled up with zeros.
        let mut block = Key::<Hmac<Sha256>>::default();
        for (to, from) in block.iter_mut().zip(own) {
            *to = from;
        }
        Self(Hmac::new(&block))
    }

    /// The token that stands in the link: 99 characters that need no escaping in an address.
    #[must_use]
    pub fn sign(&self, link: &Link) -> String {
        let mut bytes = Vec::with_capacity(PAYLOAD + SEAL);
        bytes.extend([VERSION, link.action.byte()]);
        bytes.extend(link.organization.uuid().as_bytes());
        bytes.extend(link.notification.uuid().as_bytes());
        bytes.extend(link.expires_at.timestamp().to_be_bytes());
        let seal = self.0.clone().chain_update(&bytes).finalize().into_bytes();
        bytes.extend(seal);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What the token is good for at this moment. Comparing takes the same time wherever it differs.
    ///
    /// # Errors
    /// It is not complete, was not made with this key, or has expired.
    pub fn verify(&self, token: &str, at: Timestamp) -> Result<Link, LinkError> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| LinkError::Malformed)?;
        let (payload, seal) = bytes.split_at_checked(PAYLOAD).ok_or(LinkError::Malformed)?;
        if seal.len() != SEAL {
            return Err(LinkError::Malformed);
        }
        self.0.clone().chain_update(payload).verify_slice(seal).map_err(|_| LinkError::Forged)?;
        let link = read(payload).ok_or(LinkError::Malformed)?;
        if at >= link.expires_at { Err(LinkError::Expired(link.expires_at)) } else { Ok(link) }
    }
}

fn read(payload: &[u8]) -> Option<Link> {
    let (head, rest) = payload.split_first_chunk::<2>()?;
    let (organization, rest) = rest.split_first_chunk::<16>()?;
    let (notification, rest) = rest.split_first_chunk::<16>()?;
    let seconds = i64::from_be_bytes(*rest.first_chunk::<8>()?);
    let action = LinkAction::ALL.iter().find(|action| [VERSION, action.byte()] == *head)?;
    Some(Link {
        organization: Id::from_uuid(Uuid::from_bytes(*organization)),
        notification: Id::from_uuid(Uuid::from_bytes(*notification)),
        action: *action,
        expires_at: DateTime::from_timestamp(seconds, 0)?,
    })
}

impl Link {
    /// The id of the command that follows from it, always the same: pressing the button twice does it once.
    #[must_use]
    pub fn command_id(&self) -> Uuid {
        Uuid::new_v5(&self.notification.uuid(), self.action.name().as_bytes())
    }
}

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKey(…)")
    }
}
