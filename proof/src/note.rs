//! Signed text (C2SP signed-note): a text, an empty line, and a line for each signature.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::key::{KeyId, SignerKey, VerifierKey, is_name};

/// How many signatures a note may have. The format asks for at least 16.
const MOST_SIGNATURES: usize = 64;

/// A text with its signatures, none of which has been looked at yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Signature {
    name: String,
    id: KeyId,
    bytes: Vec<u8>,
}

/// A text that is not a signed note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a signed note: a text, an empty line, and lines that begin with “— ” are expected")]
pub struct InvalidNote;

/// A note that cannot be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// None of the given keys signed it.
    #[error("it is signed by {}, and not by a given key", .found.join(" and "))]
    OtherKey {
        /// Who signed it, as `name+id`.
        found: Vec<String>,
    },
    /// It names a given key, but that key did not sign this text.
    #[error("the signature of {key} is wrong: the text or the signature was changed")]
    Forged {
        /// The key it names, as `name+id`.
        key: String,
    },
}

impl Note {
    /// A text, which ends with a line end, signed by one key.
    #[must_use]
    pub fn sign(text: String, key: &SignerKey) -> Self {
        let bytes = key.sign(text.as_bytes()).to_vec();
        let signature = Signature { name: key.verifier().name().to_owned(), id: key.verifier().id(), bytes };
        Self { text, signatures: vec![signature] }
    }

    /// The text, whoever signed it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many signatures there are.
    #[must_use]
    pub const fn signatures(&self) -> usize {
        self.signatures.len()
    }

    /// Which of these keys signed the text. Signatures of others do not count.
    ///
    /// # Errors
    /// None did, or one that is named did not sign this.
    pub fn verify<'a>(&self, keys: &'a [VerifierKey]) -> Result<&'a VerifierKey, Untrusted> {
        let mut signer = None;
        for signature in &self.signatures {
            let known = keys.iter().find(|key| key.name() == signature.name && key.id() == signature.id);
            match known {
                Some(key) if key.verifies(self.text.as_bytes(), &signature.bytes) => signer = Some(key),
                Some(_) => return Err(Untrusted::Forged { key: signature.key() }),
                None => {}
            }
        }
        let found = || self.signatures.iter().map(Signature::key).collect();
        signer.ok_or_else(|| Untrusted::OtherKey { found: found() })
    }
}

impl Signature {
    fn key(&self) -> String {
        format!("{}+{}", self.name, hex::encode(self.id))
    }
}

impl FromStr for Signature {
    type Err = InvalidNote;

    fn from_str(line: &str) -> Result<Self, InvalidNote> {
        let (name, bytes) =
            line.strip_prefix("— ").and_then(|rest| rest.split_once(' ')).ok_or(InvalidNote)?;
        let bytes = STANDARD.decode(bytes).map_err(|_| InvalidNote)?;
        let (id, bytes) = bytes.split_first_chunk().ok_or(InvalidNote)?;
        if !is_name(name) {
            return Err(InvalidNote);
        }
        Ok(Self { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
    }
}

impl FromStr for Note {
    type Err = InvalidNote;

    fn from_str(note: &str) -> Result<Self, InvalidNote> {
        if note.chars().any(|char| char < ' ' && char != '\n') {
            return Err(InvalidNote);
        }
        let border = note.rfind("\n\n").ok_or(InvalidNote)?;
        let (text, signatures) = (&note[..=border], &note[border + 2..]);
        let signatures = signatures.strip_suffix('\n').ok_or(InvalidNote)?;
        let signatures: Vec<Signature> = signatures.split('\n').map(str::parse).collect::<Result<_, _>>()?;
        if signatures.len() > MOST_SIGNATURES {
            return Err(InvalidNote);
        }
        Ok(Self { text: text.to_owned(), signatures })
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for Signature { name, id, bytes } in &self.signatures {
            writeln!(f, "— {name} {}", STANDARD.encode([&id[..], bytes].concat()))?;
        }
        Ok(())
    }
}
