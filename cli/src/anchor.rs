//! Where the notary's checkpoints are kept outside the database: a file, or a bucket of an object store.

use std::{fmt, io, path::PathBuf, sync::Arc};

use escalon_infrastructure::notary::anchor::{Anchor, FileAnchor};

use crate::config::{Config, ConfigError};

/// A bucket of an object store (S3).
#[derive(Debug, Clone)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What the names of objects begin with.
    pub prefix: String,
    /// Where the store is; AWS's own of the region without one.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// The access key with which it is asked.
    pub access_key: Option<String>,
    /// The secret key that belongs to it.
    pub secret_key: SecretKey,
}

/// Where a secret key is.
#[derive(Clone)]
pub enum SecretKey {
    /// In a file.
    File(PathBuf),
    /// This is its text.
    Text(String),
    /// It was not given.
    Missing,
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Text(_) => f.write_str("Text(…)"),
            Self::Missing => f.write_str("Missing"),
        }
    }
}

impl Config {
    /// The anchor of the notary: the bucket that is named, or a file, `checkpoints.log` in the data directory unless another
    /// is.
    ///
    /// # Errors
    /// Both are named, or the bucket's keys are not there.
    pub fn anchor(&self) -> Result<Arc<dyn Anchor>, ConfigError> {
        match (&self.notary_bucket, &self.notary_anchor) {
            (Some(_), Some(file)) => Err(ConfigError::TwoAnchors { file: file.clone() }),
            (Some(bucket), None) => bucket.anchor(),
            (None, _) => Ok(Arc::new(FileAnchor::new(self.notary_anchor_file()))),
        }
    }
}

impl Bucket {
    fn keys(&self) -> Result<(String, String), ConfigError> {
        let missing = |what| ConfigError::NoObjectKey { bucket: self.name.clone(), what };
        let access = self.access_key.clone().ok_or_else(|| missing("ESCALON_OBJECTS_ACCESS_KEY"))?;
        let secret = match &self.secret_key {
            SecretKey::Text(text) => text.clone(),
            SecretKey::File(path) => {
                let read = std::fs::read_to_string(path);
                read.map_err(|source: io::Error| ConfigError::File { path: path.clone(), source })?
            }
            SecretKey::Missing => {
                return Err(missing("ESCALON_OBJECTS_SECRET_KEY_FILE or ESCALON_OBJECTS_SECRET_KEY"));
            }
        };
        Ok((access, secret.trim().to_owned()))
    }

    #[cfg(feature = "objects")]
    fn anchor(&self) -> Result<Arc<dyn Anchor>, ConfigError> {
        use escalon_infrastructure::notary::objects::{ObjectAnchor, ObjectStore};

        let (access_key, secret_key) = self.keys()?;
        let Self { name, prefix, endpoint, region, .. } = self.clone();
        let store = ObjectStore { endpoint, region, bucket: name, prefix, access_key, secret_key };
        Ok(Arc::new(ObjectAnchor::new(store)))
    }

    #[cfg(not(feature = "objects"))]
    fn anchor(&self) -> Result<Arc<dyn Anchor>, ConfigError> {
        self.keys().and_then(|_| Err(ConfigError::NoObjects))
    }
}
