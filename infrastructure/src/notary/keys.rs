//! The key that signs checkpoints. It is kept outside the database: whoever has only the database cannot sign.
//!
//! Its text is one line, `PRIVATE+KEY+…`. Below it, a line each, may stand verifier keys that signed before it, so that
//! the notary knows its older checkpoints after the key was replaced.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use escalon_proof::key::{SignerKey, VerifierKey};
use rand::{TryRngCore, rngs::OsRng};

/// The name of the key.
const NAME: &str = "escalon/notary";

/// The key that signs, and those that did before it.
#[derive(Debug, Clone)]
pub struct Keys {
    signer: SignerKey,
    trusted: Vec<VerifierKey>,
}

impl Keys {
    /// A new key.
    ///
    /// # Errors
    /// The machine gives no random numbers.
    pub fn new() -> io::Result<Self> {
        let mut seed = [0; 32];
        OsRng.try_fill_bytes(&mut seed).map_err(io::Error::other)?;
        Ok(Self::of(SignerKey::from_seed(NAME, &seed)))
    }

    /// This key and no other.
    #[must_use]
    pub fn of(signer: SignerKey) -> Self {
        let trusted = vec![signer.verifier().clone()];
        Self { signer, trusted }
    }

    /// The keys in this text.
    ///
    /// # Errors
    /// It does not hold the key that signs, or one of the others is wrong.
    pub fn from_text(text: &str) -> io::Result<Self> {
        let invalid = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let signer = lines.next().unwrap_or_default().parse::<SignerKey>().map_err(|error| {
            invalid(format!(
                "the notary's key is {error}; restore it from a copy. Without one, remove it: the engine makes a new key, \
                 and the verifier key of the old one belongs on the line below it"
            ))
        })?;
        let mut keys = Self::of(signer);
        for line in lines {
            let earlier =
                line.parse().map_err(|error| invalid(format!("an earlier key of the notary: {error}")))?;
            keys.trusted.push(earlier);
        }
        Ok(keys)
    }

    /// The keys in this file.
    ///
    /// # Errors
    /// The file cannot be read, or holds no key.
    pub fn from_file(path: &Path) -> io::Result<Self> {
        Self::from_text(&fs::read_to_string(path)?)
    }

    /// The keys in this file, which is made, readable by its owner only, when it is not there.
    ///
    /// # Errors
    /// The file cannot be read or written, or holds no key.
    pub fn from_own_file(path: &Path) -> io::Result<Self> {
        match Self::from_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            read => return read,
        }
        let keys = Self::new()?;
        let temporary = path.with_extension(format!("{}.new", std::process::id()));
        keys.write(&temporary)?;
        // A link is made whole or not at all, and never over another process's key.
        let linked = fs::hard_link(&temporary, path);
        fs::remove_file(&temporary)?;
        match linked {
            Ok(()) => Ok(keys),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::from_file(path),
            Err(error) => Err(error),
        }
    }

    /// Replaces the key in this file by a new one, which knows the old one as an earlier key. The old one cannot sign any
    /// more.
    ///
    /// # Errors
    /// The file cannot be read or written, or holds no key.
    pub fn replace(path: &Path) -> io::Result<Self> {
        let old = Self::from_file(path)?;
        let mut keys = Self::new()?;
        keys.trusted.extend(old.trusted);
        let temporary = path.with_extension(format!("{}.new", std::process::id()));
        keys.write(&temporary)?;
        fs::rename(&temporary, path)?;
        Ok(keys)
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        writeln!(file, "{}", self.signer.secret())?;
        self.earlier().iter().try_for_each(|key| writeln!(file, "{key}"))?;
        file.sync_all()
    }

    pub(super) const fn signer(&self) -> &SignerKey {
        &self.signer
    }

    /// The key that verifies what is signed now.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        self.signer.verifier()
    }

    /// Those that signed before, the latest first.
    #[must_use]
    pub fn earlier(&self) -> &[VerifierKey] {
        self.trusted.get(1..).unwrap_or_default()
    }

    /// All that verify, the present one first.
    #[must_use]
    pub fn trusted(&self) -> &[VerifierKey] {
        &self.trusted
    }
}
