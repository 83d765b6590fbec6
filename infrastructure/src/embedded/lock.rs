//! Who runs the server and who uses it; the protocol is told in the module's own documentation.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use super::error::EmbeddedError;
use super::layout::Layout;
use super::options::Mode;
use super::privileges::ServerUser;

/// How long to wait between two attempts.
const RETRY: Duration = Duration::from_millis(25);

/// How a process takes part.
pub(super) enum Claim {
    /// It runs the server.
    Owner(Ownership),
    /// It uses the server that another process runs.
    Joined(Membership),
}

/// The right to run the server. Dropping it passes it on.
#[derive(Debug)]
pub(super) struct Ownership {
    _owner: File,
    /// A tool's lock among the users; an engine waits for nobody and has none.
    users: Option<File>,
}

/// A tool's lock among the users. While it lives, a tool that runs the server does not stop it.
#[derive(Debug)]
pub(super) struct Membership {
    _users: File,
}

impl Ownership {
    /// Whether the server may be stopped. Once true, no tool can join until this value is dropped.
    pub(super) fn nobody_else_is_there(&self) -> bool {
        // A shared lock is not exchanged for an exclusive one in a single step. Nothing is lost in between:
        // whoever slips in is waited for.
        self.users.as_ref().is_none_or(|users| users.unlock().is_ok() && users.try_lock().is_ok())
    }
}

/// Takes the part that `mode` calls for, waiting at most `patience` for a tool that is in the way.
pub(super) async fn claim(
    layout: &Layout,
    user: &ServerUser,
    mode: Mode,
    patience: Duration,
) -> Result<Claim, EmbeddedError> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(claim) = try_claim(layout, user, mode)? {
            return Ok(claim);
        }
        // The file may still name the owner before the present one: then that process is gone, and we look
        // again.
        let holder = Holder::read(&layout.owner_lock()).filter(Holder::is_alive);
        let data_dir = layout.data_dir().to_owned();
        let waited_seconds = patience.as_secs();
        match holder {
            Some(Holder { mode: Mode::Engine, pid }) if mode == Mode::Engine => {
                return Err(EmbeddedError::EngineRunning { data_dir, pid });
            }
            _ if Instant::now() < deadline => tokio::time::sleep(RETRY).await,
            Some(Holder { pid, .. }) => {
                return Err(EmbeddedError::ToolRunning { data_dir, pid, waited_seconds });
            }
            None => return Err(EmbeddedError::Held { lock: layout.owner_lock(), waited_seconds }),
        }
    }
}

fn try_claim(layout: &Layout, user: &ServerUser, mode: Mode) -> Result<Option<Claim>, EmbeddedError> {
    let users = match mode {
        Mode::Engine => None,
        Mode::Tool => {
            let path = layout.users_lock();
            let file = open(&path, user)?;
            if !taken(file.try_lock_shared(), &path)? {
                return Ok(None);
            }
            Some(file)
        }
    };
    let path = layout.owner_lock();
    let mut owner = open(&path, user)?;
    if taken(owner.try_lock(), &path)? {
        Holder::write(&mut owner, mode).map_err(EmbeddedError::io("write", &path))?;
        return Ok(Some(Claim::Owner(Ownership { _owner: owner, users })));
    }
    Ok(users.map(|users| Claim::Joined(Membership { _users: users })))
}

fn taken(attempt: Result<(), TryLockError>, path: &Path) -> Result<bool, EmbeddedError> {
    match attempt {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(EmbeddedError::io("lock", path)(error)),
    }
}

/// The file is closed on exec, as all of Rust's are, so the server does not inherit the lock.
fn open(path: &Path, user: &ServerUser) -> Result<File, EmbeddedError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(libc::O_NOFOLLOW);
    let file = options.open(path).map_err(EmbeddedError::io("open", path))?;
    user.own(path)?;
    Ok(file)
}

/// What the owner says of itself in the lock file: `engine 4711`.
struct Holder {
    mode: Mode,
    pid: i32,
}

impl Holder {
    fn write(file: &mut File, mode: Mode) -> io::Result<()> {
        file.set_len(0)?;
        writeln!(file, "{mode} {}", std::process::id())
    }

    fn read(path: &Path) -> Option<Self> {
        let text = fs::read_to_string(path).ok()?;
        let (mode, pid) = text.trim().split_once(' ')?;
        let mode = [Mode::Engine, Mode::Tool].into_iter().find(|known| known.to_string() == mode)?;
        Some(Self { mode, pid: pid.parse().ok()? })
    }

    fn is_alive(&self) -> bool {
        Path::new("/proc").join(self.pid.to_string()).exists()
    }
}
