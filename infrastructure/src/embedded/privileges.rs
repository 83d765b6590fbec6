//! The user the server runs as, and processes that end with us.

use std::fs::{self, Metadata};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use nix::fcntl::{OFlag, open};
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::sys::stat::Mode;
use nix::unistd::{Gid, Uid, User, geteuid, getpid, getppid};

use super::error::EmbeddedError;

/// The user the server runs as.
#[derive(Debug, Clone)]
pub(super) struct ServerUser {
    name: String,
    uid: Uid,
    gid: Gid,
    door: Option<Door>,
}

/// The way to a directory below others that the server's user may not enter, such as a private one of root's: an open
/// descriptor that the server inherits. `/proc/self/fd/N` leads straight to it, without passing through those above.
#[derive(Debug, Clone)]
struct Door {
    directory: PathBuf,
    descriptor: Arc<OwnedFd>,
}

impl ServerUser {
    /// Ourselves, unless we are root: then the owner of the cluster, else `postgres`, else `nobody`.
    pub(super) fn choose(cluster: &Path) -> Result<Self, EmbeddedError> {
        if !geteuid().is_root() {
            let (name, uid, gid) = (name_of(geteuid()), geteuid(), nix::unistd::getegid());
            return Ok(Self { name, uid, gid, door: None });
        }
        if let Ok(metadata) = fs::metadata(cluster).as_ref()
            && metadata.uid() != 0
        {
            return Ok(Self::owner_of(metadata));
        }
        let named = |name| User::from_name(name).ok().flatten();
        let user = named("postgres").or_else(|| named("nobody")).ok_or(EmbeddedError::NoUnprivilegedUser)?;
        Ok(Self { name: user.name, uid: user.uid, gid: user.gid, door: None })
    }

    /// Opens a door to the data directory if this user may not enter what is above it.
    pub(super) fn through(mut self, data_dir: &Path) -> Result<Self, EmbeddedError> {
        if self.uid != geteuid() && self.obstacle(data_dir).is_some() {
            // Not closed on exec: the server and its children need it for as long as they live.
            let opened = open(data_dir, OFlag::O_PATH | OFlag::O_DIRECTORY, Mode::empty());
            let descriptor = opened.map_err(|error| EmbeddedError::io("open", data_dir)(error.into()))?;
            self.door = Some(Door { directory: data_dir.to_owned(), descriptor: Arc::new(descriptor) });
        }
        Ok(self)
    }

    /// A path as the server has to name it.
    pub(super) fn sees(&self, path: &Path) -> PathBuf {
        let door = self.door.as_ref().and_then(|door| Some((door, path.strip_prefix(&door.directory).ok()?)));
        let Some((door, rest)) = door else { return path.to_owned() };
        let through = PathBuf::from(format!("/proc/self/fd/{}", door.descriptor.as_raw_fd()));
        if rest.as_os_str().is_empty() { through } else { through.join(rest) }
    }

    fn owner_of(metadata: &Metadata) -> Self {
        let uid = Uid::from_raw(metadata.uid());
        let gid = User::from_uid(uid).ok().flatten().map_or(Gid::from_raw(metadata.gid()), |user| user.gid);
        Self { name: name_of(uid), uid, gid, door: None }
    }

    pub(super) fn uid(&self) -> u32 {
        self.uid.as_raw()
    }

    /// Gives `path` to this user if it is not theirs. A link itself is given, not what it leads to.
    pub(super) fn own(&self, path: &Path) -> Result<(), EmbeddedError> {
        let metadata = fs::symlink_metadata(path).map_err(EmbeddedError::io("look at", path))?;
        if metadata.uid() == self.uid() {
            return Ok(());
        }
        if !geteuid().is_root() {
            return Err(self.not_ours(path));
        }
        lchown(path, Some(self.uid()), Some(self.gid.as_raw()))
            .map_err(EmbeddedError::io("change the owner of", path))
    }

    /// As [`Self::own`], for everything below `path` too: a cluster that root has copied here.
    pub(super) fn own_all(&self, path: &Path) -> Result<(), EmbeddedError> {
        self.own(path)?;
        if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir()) {
            for entry in fs::read_dir(path).map_err(EmbeddedError::io("list", path))? {
                self.own_all(&entry.map_err(EmbeddedError::io("list", path))?.path())?;
            }
        }
        Ok(())
    }

    /// The error for a `path` that belongs to somebody else.
    pub(super) fn not_ours(&self, path: &Path) -> EmbeddedError {
        let owner = fs::metadata(path)
            .map_or_else(|_| "another user".to_owned(), |metadata| name_of(Uid::from_raw(metadata.uid())));
        EmbeddedError::OtherOwner { path: path.to_owned(), owner, ours: name_of(geteuid()) }
    }

    /// A command that runs as this user, in `directory`, and is interrupted when the thread that spawns it
    /// ends.
    ///
    /// It has a process group of its own: a Ctrl-C at the terminal is for us, and we decide when the server
    /// stops.
    pub(super) fn command(&self, program: &Path, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command
            // Before exec, this user may not look into /proc/self yet; the server changes its directory by itself.
            .current_dir(if self.door.is_some() { Path::new("/") } else { directory })
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .process_group(0);
        if self.uid != geteuid() {
            // The standard library drops the supplementary groups, too, and all of it before `pre_exec`.
            command.gid(self.gid.as_raw()).uid(self.uid());
        }
        end_with_this_thread(&mut command);
        command
    }

    /// The error for a command that could not be spawned: most often a directory this user may not enter.
    pub(super) fn spawn_error(&self, program: &Path, directory: &Path, error: io::Error) -> EmbeddedError {
        if error.kind() == io::ErrorKind::PermissionDenied {
            for target in [directory, program] {
                if let Some(obstacle) = self.obstacle(target) {
                    return EmbeddedError::Unreachable {
                        user: self.name.clone(),
                        obstacle,
                        target: target.to_owned(),
                    };
                }
            }
        }
        EmbeddedError::io("run", program)(error)
    }

    /// The uppermost directory above `path` that this user may not enter, by its mode.
    fn obstacle(&self, path: &Path) -> Option<PathBuf> {
        let mut above: Vec<_> = path.ancestors().skip(1).collect();
        above.reverse();
        above
            .into_iter()
            .find(|directory| fs::metadata(directory).is_ok_and(|metadata| !self.may_enter(&metadata)))
            .map(Path::to_owned)
    }

    fn may_enter(&self, metadata: &Metadata) -> bool {
        let execute = match metadata {
            own if own.uid() == self.uid() => 0o100,
            group if group.gid() == self.gid.as_raw() => 0o010,
            _ => 0o001,
        };
        metadata.mode() & execute != 0
    }
}

/// Has the kernel interrupt the command when the spawning thread ends, for whatever reason.
#[expect(
    unsafe_code,
    reason = "pre_exec runs between fork and exec, where the two system calls of the closure are allowed"
)]
fn end_with_this_thread(command: &mut Command) {
    let parent = getpid();
    let prepare = move || {
        prctl::set_pdeathsig(Signal::SIGINT)?;
        // If the parent died before that call, nobody will tell us.
        if getppid() == parent { Ok(()) } else { Err(io::ErrorKind::Interrupted.into()) }
    };
    unsafe { command.pre_exec(prepare) };
}

fn name_of(uid: Uid) -> String {
    User::from_uid(uid).ok().flatten().map_or_else(|| uid.to_string(), |user| user.name)
}
