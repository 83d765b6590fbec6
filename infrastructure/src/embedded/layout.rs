//! What lies where, and making that place ours.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::EmbeddedError;
use super::privileges::ServerUser;

pub(super) const PORT: u16 = 5432;
pub(super) const SUPERUSER: &str = "escalon_owner";
pub(super) const DATABASE: &str = "escalon";

/// The longest path of a unix socket: `sun_path` has 108 bytes, with the closing zero.
const SOCKET_PATH_LIMIT: usize = 107;

/// Names by which we know a directory as ours.
const OUR_NAMES: [&str; 3] = ["cluster", "owner.lock", "users.lock"];

/// The paths of one cluster.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    data_dir: PathBuf,
    socket_dir: PathBuf,
    name: String,
}

impl Layout {
    /// `data_dir` must be canonical, for the name and with it the socket directory must be the same for
    /// everyone.
    fn new(data_dir: PathBuf) -> Self {
        let hash = hex::encode(Sha256::digest(data_dir.as_os_str().as_bytes()));
        let name = format!("escalon-{}", &hash[..16]);
        let fits = data_dir.as_os_str().len() + "/".len() + socket_file().len() <= SOCKET_PATH_LIMIT;
        let socket_dir = if fits { data_dir.clone() } else { Path::new("/tmp").join(&name) };
        Self { data_dir, socket_dir, name }
    }

    pub(super) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    pub(super) fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// Names this cluster among all on the machine: part of the command line of each of its processes.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What PostgreSQL calls the data directory.
    pub(super) fn cluster(&self) -> PathBuf {
        self.data_dir.join("cluster")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.data_dir.join("postgres.log")
    }

    pub(super) fn owner_lock(&self) -> PathBuf {
        self.data_dir.join("owner.lock")
    }

    pub(super) fn users_lock(&self) -> PathBuf {
        self.data_dir.join("users.lock")
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.socket_dir.join(socket_file())
    }

    /// The major version that created the cluster; none when there is no cluster yet.
    pub(super) fn cluster_version(&self) -> Result<Option<u32>, EmbeddedError> {
        let path = self.cluster().join("PG_VERSION");
        match fs::read_to_string(&path) {
            Ok(text) => Ok(text.trim().parse().ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(EmbeddedError::io("read", &path)(error)),
        }
    }
}

fn socket_file() -> String {
    format!(".s.PGSQL.{PORT}")
}

/// Creates what is missing of the directories, and gives them to the user the server runs as.
pub(super) fn prepare(data_dir: &Path) -> Result<(Layout, ServerUser), EmbeddedError> {
    fs::create_dir_all(data_dir).map_err(EmbeddedError::io("create the directory", data_dir))?;
    let layout = Layout::new(fs::canonicalize(data_dir).map_err(EmbeddedError::io("resolve", data_dir))?);
    let user = ServerUser::choose(&layout.cluster())?.through(layout.data_dir())?;
    refuse_foreign(layout.data_dir(), &user)?;
    make_private(layout.data_dir(), &user)?;
    if layout.socket_dir != layout.data_dir {
        let mut builder = DirBuilder::new();
        match builder.mode(0o700).create(&layout.socket_dir) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(EmbeddedError::io("create the socket directory", &layout.socket_dir)(error));
            }
            _ => make_private(&layout.socket_dir, &user)?,
        }
    }
    Ok((layout, user))
}

/// Guards against taking over, say, a home directory.
fn refuse_foreign(data_dir: &Path, user: &ServerUser) -> Result<(), EmbeddedError> {
    let entries = match fs::read_dir(data_dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(user.not_ours(data_dir)),
        Err(error) => return Err(EmbeddedError::io("list", data_dir)(error)),
    };
    let names: Vec<_> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.file_name())
        .filter(|name| name != "lost+found")
        .collect();
    if names.is_empty() || names.iter().any(|name| OUR_NAMES.iter().any(|ours| name == ours)) {
        return Ok(());
    }
    Err(EmbeddedError::ForeignDirectory { data_dir: data_dir.to_owned() })
}

/// Makes the directory the server user's own, with mode 0700. A directory under /tmp that somebody else put
/// there is refused.
fn make_private(path: &Path, user: &ServerUser) -> Result<(), EmbeddedError> {
    let metadata = fs::symlink_metadata(path).map_err(EmbeddedError::io("look at", path))?;
    if !metadata.is_dir() {
        return Err(EmbeddedError::io("use", path)(io::ErrorKind::NotADirectory.into()));
    }
    user.own(path)?;
    if metadata.mode() & 0o7777 != 0o700 {
        fs::set_permissions(path, Permissions::from_mode(0o700))
            .map_err(EmbeddedError::io("make private", path))?;
    }
    Ok(())
}
