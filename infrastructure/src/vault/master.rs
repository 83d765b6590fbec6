//! The master key: it comes from outside the database and wraps the keys of subjects.

use std::{
    fmt, fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use ring::hmac;
use zeroize::Zeroizing;

use super::{
    cipher::{Cipher, Secret, new_secret},
    error::VaultError,
};

/// Where the master key is.
#[derive(Clone)]
pub enum MasterKeySource {
    /// Given as it is, by the environment.
    Text(Zeroizing<String>),
    /// In a file, which is made when neither it nor a sealed value is there.
    File(PathBuf),
}

impl MasterKeySource {
    /// A key, or several, as hexadecimal text.
    #[must_use]
    pub fn text(text: String) -> Self {
        Self::Text(Zeroizing::new(text))
    }
}

impl fmt::Debug for MasterKeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKeySource({self})")
    }
}

impl fmt::Display for MasterKeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("ESCALON_MASTER_KEY"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// A master key.
pub(super) struct MasterKey {
    /// What names it where it must not be shown.
    pub(super) id: String,
    /// What wraps with it.
    pub(super) cipher: Cipher,
    secret: Secret,
}

impl MasterKey {
    fn new(secret: Secret) -> Result<Self, VaultError> {
        // The key itself is used for nothing but making others, so that its name says nothing about what it wraps.
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_slice());
        let derived = |purpose: &[u8]| {
            let mut bytes = Zeroizing::new([0; 32]);
            bytes.copy_from_slice(hmac::sign(&key, purpose).as_ref());
            bytes
        };
        let cipher = Cipher::new(&derived(b"escalon:master-key:wrap:1"))?;
        let id = hex::encode(&derived(b"escalon:master-key:id:1")[..8]);
        Ok(Self { id, cipher, secret })
    }

    /// A new one.
    pub(super) fn generate() -> Result<Self, VaultError> {
        Self::new(new_secret()?)
    }
}

impl MasterKeySource {
    /// The keys that are there; none when the file is not there.
    pub(super) fn read(&self) -> Result<Vec<MasterKey>, VaultError> {
        match self {
            Self::Text(text) => parse(text, self),
            Self::File(path) => match fs::read_to_string(path).map(Zeroizing::new) {
                Ok(text) => parse(&text, self),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
                Err(source) => Err(VaultError::File { path: path.clone(), source }),
            },
        }
    }

    /// The key in the file, which is made, readable by its owner only, when it is not there. It is on the disk before
    /// anything is sealed with it.
    pub(super) fn read_or_make(&self) -> Result<Vec<MasterKey>, VaultError> {
        let found = self.read()?;
        let Self::File(path) = self else { return Ok(found) };
        if !found.is_empty() {
            return Ok(found);
        }
        let key = MasterKey::generate()?;
        match make(path, &key) {
            Ok(()) => Ok(vec![key]),
            // Another process was first; its key is the one.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.read(),
            Err(source) => Err(VaultError::File { path: path.clone(), source }),
        }
    }

    /// Writes a further key beside those that are there, where running engines find it.
    pub(super) fn add(&self, new: &MasterKey) -> Result<(), VaultError> {
        let mut keys = self.read()?;
        if keys.iter().any(|key| key.id == new.id) {
            return Ok(());
        }
        let Self::File(path) = self else { return Err(VaultError::Unannounced) };
        let failed = |source| VaultError::File { path: path.clone(), source };
        keys.push(MasterKey::new(new.secret.clone())?);
        let beside = path.with_extension(format!("{}.new", std::process::id()));
        write_new(&beside, &keys).and_then(|()| fs::rename(&beside, path)).map_err(failed)?;
        synced(path).map_err(failed)
    }
}

fn parse(text: &str, place: &MasterKeySource) -> Result<Vec<MasterKey>, VaultError> {
    let wrong = || VaultError::NotAKey { place: place.to_string() };
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    let mut keys = Vec::new();
    for word in words {
        let mut secret = Zeroizing::new([0; 32]);
        hex::decode_to_slice(word, secret.as_mut_slice()).map_err(|_| wrong())?;
        keys.push(MasterKey::new(secret)?);
    }
    if keys.is_empty() { Err(wrong()) } else { Ok(keys) }
}

fn make(path: &Path, key: &MasterKey) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    // Written beside and linked, so that nobody ever reads half a key.
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    write_new(&beside, std::slice::from_ref(key))?;
    let made = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    made.and_then(|()| synced(path))
}

fn write_new(path: &Path, keys: &[MasterKey]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    for key in keys {
        let line = Zeroizing::new(hex::encode(key.secret.as_slice()) + "\n");
        file.write_all(line.as_bytes())?;
    }
    file.sync_all()
}

/// That a file has its name is a fact of its directory.
fn synced(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(parent)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_keys_are_read_in_order_and_anything_else_is_refused() {
        let text = |text: &str| MasterKeySource::text(text.to_owned());
        let (one, two) = ("11".repeat(32), "22".repeat(32));
        let ids = |source: &MasterKeySource| -> Vec<String> {
            source.read().unwrap().into_iter().map(|key| key.id).collect()
        };
        let both = ids(&text(&format!(" {one}\n{two},\n")));
        assert_eq!(both, [ids(&text(&one)), ids(&text(&two))].concat());
        assert!(!one.contains(&both[0]));
        for wrong in ["", "  \n", "11", &"1g".repeat(32), &"11".repeat(33), &format!("{one} 22")] {
            let refused = text(wrong).read().err().unwrap();
            assert!(matches!(refused, VaultError::NotAKey { .. }), "{wrong}: {refused}");
        }
    }

    #[test]
    fn a_made_file_is_its_owners_only_and_read_again() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys/master.key");
        let source = MasterKeySource::File(path.clone());
        assert!(source.read().unwrap().is_empty());
        let made = source.read_or_make().unwrap().remove(0);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(source.read_or_make().unwrap()[0].id, made.id);
        let new = MasterKey::generate().unwrap();
        source.add(&new).unwrap();
        source.add(&new).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let ids: Vec<_> = source.read().unwrap().into_iter().map(|key| key.id).collect();
        assert_eq!(ids, [made.id, new.id.clone()]);
        let text = MasterKeySource::text("11".repeat(32));
        assert!(matches!(text.add(&new), Err(VaultError::Unannounced)));
    }
}
