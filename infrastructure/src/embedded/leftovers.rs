//! What an earlier server left behind: processes, and files that say it still runs.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::EmbeddedError;
use super::layout::Layout;
use super::privileges::ServerUser;

/// How long a server that was interrupted may take for its last checkpoint.
const FAST_SHUTDOWN: Duration = Duration::from_secs(30);

/// How long its processes may take after being told to quit at once.
const IMMEDIATE_SHUTDOWN: Duration = Duration::from_secs(10);

/// Waits until nothing of an earlier server runs, and makes its files harmless. Only the owner of the data
/// directory may call this.
pub(super) fn clear(layout: &Layout, user: &ServerUser) -> Result<(), EmbeddedError> {
    end_processes(layout, user)?;
    defuse_pid_file(layout, user)?;
    // No process of the cluster is left, and the directory is ours alone.
    let socket = layout.socket();
    for path in [socket.with_extension("5432.lock"), socket] {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(EmbeddedError::io("remove", &path)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A server whose parent was killed is already shutting down; processes that lost their server end at their
/// next pause.
fn end_processes(layout: &Layout, user: &ServerUser) -> Result<(), EmbeddedError> {
    let started = Instant::now();
    let mut told_to_quit = false;
    loop {
        let pids = processes(layout, user);
        if pids.is_empty() {
            return Ok(());
        }
        if started.elapsed() > FAST_SHUTDOWN + IMMEDIATE_SHUTDOWN {
            return Err(EmbeddedError::LeftoverProcesses { cluster: layout.cluster(), pids });
        }
        if started.elapsed() > FAST_SHUTDOWN && !told_to_quit {
            tracing::warn!(?pids, "processes of an earlier PostgreSQL server linger; telling them to quit");
            for pid in pids {
                // Safe at any moment: the write-ahead log brings everything back. One that has just ended is
                // no error.
                let _ = kill(Pid::from_raw(pid), Signal::SIGQUIT);
            }
            told_to_quit = true;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// The processes of this cluster that are not zombies, known by the cluster's name in their command line: a
/// setting of the server, the beginning of the title of its children. (The working directory would say the
/// same, but root in a container may not read it.)
fn processes(layout: &Layout, user: &ServerUser) -> Vec<i32> {
    let setting = format!("cluster_name={}", layout.name());
    let title = format!("postgres: {}:", layout.name());
    let entries = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| {
        let arguments = command_line(*pid, user);
        arguments.contains(&setting) || arguments.first().is_some_and(|first| first.starts_with(&title))
    })
    .collect()
}

/// Empty for a zombie, and for a process of another user.
fn command_line(pid: i32, user: &ServerUser) -> Vec<String> {
    let directory = Path::new("/proc").join(pid.to_string());
    if !fs::metadata(&directory).is_ok_and(|metadata| metadata.uid() == user.uid()) {
        return Vec::new();
    }
    let bytes = fs::read(directory.join("cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes)
        .split('\0')
        .filter(|argument| !argument.is_empty())
        .map(str::to_owned)
        .collect()
}

/// PostgreSQL refuses to start when the process that `postmaster.pid` names exists, even if that is a zombie
/// which nobody reaps, or a process that has got the same number since. Our own number in its place it takes
/// for stale, since we are its parent (`CreateLockFile` in `miscinit.c`), and it still checks the shared
/// memory that the rest of the file names.
fn defuse_pid_file(layout: &Layout, user: &ServerUser) -> Result<(), EmbeddedError> {
    let path = layout.cluster().join("postmaster.pid");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(EmbeddedError::io("read", &path)(error)),
    };
    let Some((pid, rest)) =
        text.split_once('\n').and_then(|(first, rest)| Some((first.trim().parse::<i32>().ok()?, rest)))
    else {
        // Cut short by a power failure.
        return fs::remove_file(&path).map_err(EmbeddedError::io("remove", &path));
    };
    let cluster = layout.cluster();
    if command_line(pid.abs(), user).iter().any(|argument| Path::new(argument) == cluster) {
        return Err(EmbeddedError::ForeignServer { cluster, pid: pid.abs() });
    }
    tracing::info!(pid, "the last PostgreSQL server on this directory was not shut down; it will recover");
    let replacement = path.with_extension("pid.new");
    fs::write(&replacement, format!("{}\n{rest}", std::process::id()))
        .map_err(EmbeddedError::io("write", &replacement))?;
    user.own(&replacement)?;
    fs::rename(&replacement, &path).map_err(EmbeddedError::io("replace", &path))
}
