//! Short-lived signed tokens: JWT (RFC 7519) with HMAC-SHA256, bound to one issuer, one purpose and one organization.

use std::{fmt, fs, io, os::unix::fs::OpenOptionsExt, path::Path};

use chrono::{DateTime, Duration};
use escalon_application::ports::{Purpose, StoreError, TokenClaims, TokenError, Tokens};
use escalon_domain::{member::MemberId, organization::OrganizationId, stamp::Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use rand::{TryRngCore, rngs::OsRng};
use serde::{Deserialize, Serialize};

const ISSUER: &str = "escalon";
/// HMAC-SHA256 keys have at least as many bytes as the digest (RFC 7518, 3.2).
const KEY_BYTES: usize = 32;

/// The secret that signs tokens.
#[derive(Clone)]
pub struct SigningKey(Vec<u8>);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

impl SigningKey {
    /// A key from its hexadecimal text.
    ///
    /// # Errors
    /// It is not hexadecimal or shorter than 32 bytes.
    pub fn from_hex(text: &str) -> io::Result<Self> {
        match hex::decode(text.trim()) {
            Ok(bytes) if bytes.len() >= KEY_BYTES => Ok(Self(bytes)),
            _ => {
                let message =
                    "the token key needs 64 or more hexadecimal digits; make one with `openssl rand -hex 32`";
                Err(io::Error::new(io::ErrorKind::InvalidData, message))
            }
        }
    }

    /// The key in this file, which is made, readable by its owner only, when it is not there.
    ///
    /// # Errors
    /// The file cannot be read or written, or holds no key.
    pub fn from_file(path: &Path) -> io::Result<Self> {
        match fs::read_to_string(path) {
            Ok(text) => return Self::from_hex(&text),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Err(_) => {}
        }
        let mut bytes = vec![0; KEY_BYTES];
        OsRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
        let created = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        match created {
            Ok(mut file) => {
                io::Write::write_all(&mut file, hex::encode(&bytes).as_bytes()).map(|()| Self(bytes))
            }
            // Another process was first; its key is the one.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Self::from_hex(&fs::read_to_string(path)?)
            }
            Err(error) => Err(error),
        }
    }
}

/// Makes and checks tokens.
pub struct JwtTokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl fmt::Debug for JwtTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JwtTokens(…)")
    }
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: MemberId,
    org: OrganizationId,
    iat: i64,
    exp: i64,
}

const fn audience(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Access => "escalon:access",
        Purpose::Invitation => "escalon:invitation",
    }
}

impl JwtTokens {
    /// Tokens signed with this key.
    #[must_use]
    pub fn new(key: &SigningKey) -> Self {
        Self { encoding: EncodingKey::from_secret(&key.0), decoding: DecodingKey::from_secret(&key.0) }
    }
}

impl Tokens for JwtTokens {
    fn issue(
        &self,
        purpose: Purpose,
        member: MemberId,
        organization: OrganizationId,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<String, StoreError> {
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: audience(purpose).to_owned(),
            sub: member,
            org: organization,
            iat: now.timestamp(),
            exp: (now + lifetime).timestamp(),
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .map_err(|error| StoreError::broken("signing a token", error))
    }

    fn verify(&self, purpose: Purpose, token: &str, now: Timestamp) -> Result<TokenClaims, TokenError> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[audience(purpose)]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The time comes from the caller's clock, not from the library's.
        rules.validate_exp = false;
        let claims = decode::<Claims>(token, &self.decoding, &rules).map_err(|_| TokenError::Invalid)?.claims;
        let expires_at = DateTime::from_timestamp(claims.exp, 0).ok_or(TokenError::Invalid)?;
        if expires_at <= now {
            return Err(TokenError::Expired);
        }
        Ok(TokenClaims { member: claims.sub, organization: claims.org, expires_at })
    }
}
