//! What the notary signs (C2SP tlog-checkpoint): which tree, how many leaves, and their root.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    Hash,
    key::{SignerKey, VerifierKey},
    note::{InvalidNote, Note, Untrusted},
};

/// The state of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which tree; see [`origin`].
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// A text that is not a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a checkpoint: a signed note of origin, size and root in base 64 is expected")]
pub struct InvalidCheckpoint;

impl From<InvalidNote> for InvalidCheckpoint {
    fn from(_: InvalidNote) -> Self {
        Self
    }
}

/// The name of an organization's tree.
#[must_use]
pub fn origin(organization: &str) -> String {
    format!("escalon/{organization}")
}

impl Checkpoint {
    /// This, signed.
    #[must_use]
    pub fn sign(&self, key: &SignerKey) -> SignedCheckpoint {
        SignedCheckpoint { checkpoint: self.clone(), note: Note::sign(self.to_string(), key) }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, size, root } = self;
        writeln!(f, "{origin}\n{size}\n{}", STANDARD.encode(root.0))
    }
}

impl FromStr for Checkpoint {
    type Err = InvalidCheckpoint;

    /// Further lines, which the format allows, do not matter.
    fn from_str(text: &str) -> Result<Self, InvalidCheckpoint> {
        let mut lines = text.split('\n');
        let mut line = || lines.next().filter(|line| !line.is_empty()).ok_or(InvalidCheckpoint);
        let (origin, digits, root) = (line()?, line()?, line()?);
        let size: u64 = digits.parse().map_err(|_| InvalidCheckpoint)?;
        let root =
            STANDARD.decode(root).ok().and_then(|root| root.try_into().ok()).ok_or(InvalidCheckpoint)?;
        // A number has one form.
        if size.to_string() != digits {
            return Err(InvalidCheckpoint);
        }
        Ok(Self { origin: origin.to_owned(), size, root: Hash(root) })
    }
}

/// A checkpoint with its signatures, none of which has been looked at yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// What is signed, whoever signed it.
    #[must_use]
    pub const fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// What is signed, and which of these keys signed it.
    ///
    /// # Errors
    /// None did, or one that is named did not sign this.
    pub fn verify<'a>(&self, keys: &'a [VerifierKey]) -> Result<(&Checkpoint, &'a VerifierKey), Untrusted> {
        self.note.verify(keys).map(|key| (&self.checkpoint, key))
    }

    /// How many signatures there are.
    #[must_use]
    pub const fn signatures(&self) -> usize {
        self.note.signatures()
    }

    /// All checkpoints of a text in which one follows the other, as an anchor's file has them. Empty lines between them
    /// do not matter.
    ///
    /// # Errors
    /// Something else is in it.
    pub fn all(text: &str) -> Result<Vec<Self>, InvalidCheckpoint> {
        let mut all = Vec::new();
        let mut note = String::new();
        let mut signed = false;
        for line in text.split_inclusive('\n') {
            let signature = line.starts_with("— ");
            if signed && !signature {
                all.push(std::mem::take(&mut note).parse()?);
            }
            signed = signature;
            if !(note.is_empty() && line == "\n") {
                note.push_str(line);
            }
        }
        if !note.is_empty() {
            all.push(note.parse()?);
        }
        Ok(all)
    }
}

impl FromStr for SignedCheckpoint {
    type Err = InvalidCheckpoint;

    fn from_str(text: &str) -> Result<Self, InvalidCheckpoint> {
        let note: Note = text.parse()?;
        Ok(Self { checkpoint: note.text().parse()?, note })
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}
