//! Ed25519 keys in the text forms of C2SP signed-note and of its first implementation: `name+id+key` for verifying, and
//! the same after `PRIVATE+KEY+` for signing.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// The byte that stands for Ed25519.
const ED25519: u8 = 1;
const PRIVATE: &str = "PRIVATE+KEY+";

/// A text that is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// It does not have the form of one.
    #[error("not a key; `escalon audit key` prints one, which looks like escalon/notary+1a2b3c4d+AWx0…")]
    Form,
    /// A signing key where one that verifies is expected.
    #[error("this is the secret key that signs; `escalon audit key` prints the one that verifies")]
    Secret,
    /// A verifying key where one that signs is expected.
    #[error("this is the key that verifies; the one that signs begins with PRIVATE+KEY+")]
    NotSecret,
    /// Its parts contradict each other.
    #[error("a key with a mistake in it: its id does not belong to it; copy the whole key again")]
    Id,
}

/// The short number of a key, by which signatures name it.
pub type KeyId = [u8; 4];

/// A key that verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    key: VerifyingKey,
}

/// A key that signs. It never shows in `Debug` output.
#[derive(Clone)]
pub struct SignerKey {
    verifier: VerifierKey,
    key: SigningKey,
}

/// Whether a text can be the name of a key.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('+') && !name.chars().any(char::is_whitespace)
}

impl VerifierKey {
    fn new(name: &str, key: VerifyingKey) -> Self {
        let mut digest = Sha256::new();
        digest.update(name);
        digest.update([b'\n', ED25519]);
        digest.update(key.as_bytes());
        let digest: [u8; 32] = digest.finalize().into();
        Self { name: name.to_owned(), id: [digest[0], digest[1], digest[2], digest[3]], key }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The short number by which signatures name it.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// Name and number, which is how people tell keys apart.
    #[must_use]
    pub fn short(&self) -> String {
        format!("{}+{}", self.name, hex::encode(self.id))
    }

    /// Whether this is its signature of the text. Only the one strict form of a signature counts.
    #[must_use]
    pub fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(text, &signature).is_ok())
    }
}

impl SignerKey {
    /// A key from 32 random bytes.
    #[must_use]
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        Self { verifier: VerifierKey::new(name, key.verifying_key()), key }
    }

    /// The key that verifies what this one signs.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Its signature of the text.
    #[must_use]
    pub fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.key.sign(text).to_bytes()
    }

    /// The text to keep secret.
    #[must_use]
    pub fn secret(&self) -> String {
        let VerifierKey { name, id, .. } = &self.verifier;
        format!("{PRIVATE}{name}+{}+{}", hex::encode(id), encoded(self.key.as_bytes()))
    }
}

fn encoded(key: &[u8; 32]) -> String {
    let mut bytes = [ED25519; 33];
    bytes[1..].copy_from_slice(key);
    STANDARD.encode(bytes)
}

/// Name, id and key bytes of `name+id+key`. The last part may contain further plus signs, since base 64 has them.
fn parts(text: &str) -> Option<(&str, KeyId, [u8; 32])> {
    let mut parts = text.splitn(3, '+');
    let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
    let key: [u8; 33] = STANDARD.decode(key).ok()?.try_into().ok()?;
    let mut bytes = KeyId::default();
    hex::decode_to_slice(id, &mut bytes).ok()?;
    let seed = key[1..].try_into().ok()?;
    (is_name(name) && key[0] == ED25519).then_some((name, bytes, seed))
}

impl FromStr for VerifierKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        if text.starts_with(PRIVATE) {
            return Err(InvalidKey::Secret);
        }
        let (name, id, key) = parts(text).ok_or(InvalidKey::Form)?;
        let key = Self::new(name, VerifyingKey::from_bytes(&key).map_err(|_| InvalidKey::Id)?);
        if key.id == id { Ok(key) } else { Err(InvalidKey::Id) }
    }
}

impl FromStr for SignerKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let Some(text) = text.strip_prefix(PRIVATE) else {
            return Err(if parts(text).is_some() { InvalidKey::NotSecret } else { InvalidKey::Form });
        };
        let (name, id, seed) = parts(text).ok_or(InvalidKey::Form)?;
        let key = Self::from_seed(name, &seed);
        if key.verifier.id == id { Ok(key) } else { Err(InvalidKey::Id) }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id), encoded(self.key.as_bytes()))
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({}, …)", self.verifier)
    }
}
