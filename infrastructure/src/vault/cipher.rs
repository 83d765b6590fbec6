//! AES-256-GCM over one subject's values, and over subject keys by a master key.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use escalon_domain::{id::Id, organization::OrganizationId, personal::SubjectId};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    error::VaultError,
    seal::{Kind, Place},
};

/// The bytes of a key.
pub(super) type Secret = Zeroizing<[u8; 32]>;
/// What makes a sealed value unlike any other of the same words.
pub(super) type NonceBytes = [u8; NONCE_LEN];

/// Whose key: nothing that is sealed for one opens for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Owner {
    pub(super) organization: OrganizationId,
    pub(super) subject: SubjectId,
}

impl Owner {
    /// Nobody: what proves a master key is wrapped for them.
    pub(super) const fn nobody() -> Self {
        Self { organization: Id::from_uuid(Uuid::nil()), subject: Id::from_uuid(Uuid::nil()) }
    }

    fn bound(&self, purpose: u8) -> [u8; 33] {
        let mut bytes = [purpose; 33];
        bytes[1..17].copy_from_slice(self.organization.uuid().as_bytes());
        bytes[17..].copy_from_slice(self.subject.uuid().as_bytes());
        bytes
    }
}

/// What is sealed: part of what authenticates it, so that a key is never taken for a value.
const A_VALUE: u8 = 1;
const A_KEY: u8 = 2;

/// A key that seals and opens.
pub(super) struct Cipher(LessSafeKey);

impl Cipher {
    pub(super) fn new(secret: &Secret) -> Result<Self, VaultError> {
        let key = UnboundKey::new(&AES_256_GCM, secret.as_slice()).map_err(|_| VaultError::Randomness)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Writes the sealed form of a place's content. What it is stands before it, so that it comes back in the same form.
    pub(super) fn seal(
        &self,
        owner: &Owner,
        nonce: NonceBytes,
        place: &Place,
        content: &str,
        text: &mut String,
    ) -> Result<(), VaultError> {
        let whole = [matches!(place.kind, Kind::Lookalike).into()];
        let bytes = self.encrypt(&owner.bound(A_VALUE), nonce, &[&whole, content.as_bytes()])?;
        place.begin_sealed(text);
        URL_SAFE_NO_PAD.encode_string(bytes, text);
        text.push_str("\"}");
        Ok(())
    }

    /// Writes what was sealed, as it was.
    pub(super) fn open(
        &self,
        owner: &Owner,
        place: &Place,
        content: &str,
        text: &mut String,
    ) -> Result<(), VaultError> {
        let damaged = || VaultError::Damaged { subject: owner.subject };
        let mut bytes = URL_SAFE_NO_PAD.decode(content).map_err(|_| damaged())?;
        let plain = self.decrypt(&owner.bound(A_VALUE), &mut bytes).ok_or_else(damaged)?;
        let (kind, value) = plain.split_first().ok_or_else(damaged)?;
        let value = str::from_utf8(value).map_err(|_| damaged())?;
        match kind {
            0 => place.write_value(value, text),
            _ => text.push_str(value),
        }
        Ok(())
    }

    /// A subject key as it is kept.
    pub(super) fn wrap(&self, owner: &Owner, secret: &Secret) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE_LEN];
        random(&mut nonce)?;
        self.encrypt(&owner.bound(A_KEY), nonce, &[secret.as_slice()])
    }

    /// A subject key from what is kept; none when this is not the key that wrapped it.
    pub(super) fn unwrap(&self, owner: &Owner, wrapped: &[u8]) -> Option<Secret> {
        let mut bytes = Zeroizing::new(wrapped.to_vec());
        let plain = self.decrypt(&owner.bound(A_KEY), &mut bytes)?;
        Some(Zeroizing::new(<[u8; 32]>::try_from(&*plain).ok()?))
    }

    /// Nonce, ciphertext and tag of these parts.
    fn encrypt(&self, bound: &[u8], nonce: NonceBytes, parts: &[&[u8]]) -> Result<Vec<u8>, VaultError> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let mut bytes = Vec::with_capacity(NONCE_LEN + length + AES_256_GCM.tag_len());
        bytes.extend_from_slice(&nonce);
        parts.iter().for_each(|part| bytes.extend_from_slice(part));
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self.0.seal_in_place_separate_tag(nonce, Aad::from(bound), &mut bytes[NONCE_LEN..]);
        bytes.extend_from_slice(tag.map_err(|_| VaultError::TooLong)?.as_ref());
        Ok(bytes)
    }

    fn decrypt<'b>(&self, bound: &[u8], bytes: &'b mut [u8]) -> Option<&'b mut [u8]> {
        let (nonce, rest) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        self.0.open_in_place(nonce, Aad::from(bound), rest).ok()
    }
}

/// Fills with chance from the operating system.
pub(super) fn random(bytes: &mut [u8]) -> Result<(), VaultError> {
    SystemRandom::new().fill(bytes).map_err(|_| VaultError::Randomness)
}

/// A new key.
pub(super) fn new_secret() -> Result<Secret, VaultError> {
    let mut secret = Zeroizing::new([0; 32]);
    random(secret.as_mut_slice())?;
    Ok(secret)
}
