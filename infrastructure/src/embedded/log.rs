//! The server's log file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::error::EmbeddedError;
use super::privileges::ServerUser;

/// A log larger than this is set aside at the next start, in place of the one set aside before.
const ROTATE_AT: u64 = 16 * 1024 * 1024;

/// How much of the log an error shows.
const TAIL_BYTES: u64 = 8 * 1024;
const TAIL_LINES: usize = 20;

/// Opens the log for appending, and says where this run begins in it.
pub(super) fn open(path: &Path, user: &ServerUser) -> Result<(File, u64), EmbeddedError> {
    if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.len() > ROTATE_AT) {
        fs::rename(path, path.with_extension("log.1")).map_err(EmbeddedError::io("set aside", path))?;
    }
    // The directory belongs to a less privileged user: never follow a link of theirs.
    let file =
        OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(libc::O_NOFOLLOW).open(path);
    let file = file.map_err(EmbeddedError::io("open", path))?;
    user.own(path)?;
    let start = file.metadata().map_err(EmbeddedError::io("look at", path))?.len();
    Ok((file, start))
}

/// The last lines that were written after `start`.
pub(super) fn tail(path: &Path, start: u64) -> String {
    read_tail(path, start).unwrap_or_else(|error| format!("(not readable: {error})"))
}

fn read_tail(path: &Path, start: u64) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(start.max(length.saturating_sub(TAIL_BYTES))))?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<_> = text.lines().collect();
    Ok(lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n"))
}
