//! Creating the cluster, once.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::binaries::Binaries;
use super::error::EmbeddedError;
use super::layout::{Layout, SUPERUSER};
use super::privileges::ServerUser;

/// How the directory begins in which a cluster is made, before it is renamed to its place.
const UNFINISHED: &str = "new-cluster-";

/// Locales for what characters are; the first also knows upper and lower case beyond ASCII. Text sorts by code point in any
/// case: the collation is `C`, the only one that PostgreSQL compares byte by byte (`C.UTF-8` costs several times as much).
const LOCALES: [&str; 2] = ["C.UTF-8", "C"];

/// Makes sure that there is a cluster and that it is the server user's. Only the owner of the data directory
/// may call this.
pub(super) fn ensure(layout: &Layout, user: &ServerUser, binaries: &Binaries) -> Result<(), EmbeddedError> {
    remove_unfinished(layout.data_dir());
    let cluster = layout.cluster();
    match fs::symlink_metadata(&cluster) {
        Ok(metadata) if metadata.uid() == user.uid() => Ok(()),
        Ok(_) => user.own_all(&cluster),
        Err(error) if error.kind() == io::ErrorKind::NotFound => create(layout, user, binaries),
        Err(error) => Err(EmbeddedError::io("look at", &cluster)(error)),
    }
}

/// A kill in the middle leaves only an unfinished directory; `initdb` has synced everything to disk when it
/// ends.
fn create(layout: &Layout, user: &ServerUser, binaries: &Binaries) -> Result<(), EmbeddedError> {
    let started = std::time::Instant::now();
    let unfinished = layout.data_dir().join(format!("{UNFINISHED}{}", std::process::id()));
    let mut output = String::new();
    for locale in LOCALES {
        match run(layout, user, binaries, &unfinished, locale)? {
            Ok(()) => {
                fs::rename(&unfinished, layout.cluster())
                    .map_err(EmbeddedError::io("rename the finished cluster", &unfinished))?;
                let directory = layout.data_dir();
                File::open(directory)
                    .and_then(|file| file.sync_all())
                    .map_err(EmbeddedError::io("sync", directory))?;
                let (milliseconds, version) = (started.elapsed().as_millis(), binaries.version());
                let data_dir = directory.display();
                tracing::info!(%data_dir, version, milliseconds, "created the PostgreSQL cluster");
                return Ok(());
            }
            Err(failure) => output = failure,
        }
        remove_unfinished(layout.data_dir());
        if !output.contains("invalid locale") {
            break;
        }
    }
    Err(EmbeddedError::InitdbFailed { data_dir: layout.data_dir().to_owned(), output })
}

/// The inner error is what `initdb` wrote.
fn run(
    layout: &Layout,
    user: &ServerUser,
    binaries: &Binaries,
    target: &Path,
    locale: &str,
) -> Result<Result<(), String>, EmbeddedError> {
    let program = binaries.initdb();
    let mut command = user.command(&program, layout.data_dir());
    command
        .arg("--pgdata")
        .arg(user.sees(target))
        .args(["--username", SUPERUSER, "--encoding", "UTF8", "--locale", locale, "--lc-collate", "C"])
        // Whoever reaches the socket is trusted; there is no other way in, and should somebody open one, it
        // is refused.
        .args(["--auth-local=trust", "--auth-host=reject", "--data-checksums", "--no-instructions"]);
    let output = command.output().map_err(|error| user.spawn_error(&program, layout.data_dir(), error))?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    let text = [output.stdout, output.stderr].concat();
    Ok(Err(String::from_utf8_lossy(&text).trim().to_owned()))
}

fn remove_unfinished(data_dir: &Path) {
    for entry in fs::read_dir(data_dir).into_iter().flatten().filter_map(Result::ok) {
        let is_unfinished = entry.file_name().to_str().is_some_and(|name| name.starts_with(UNFINISHED));
        if is_unfinished && let Err(error) = fs::remove_dir_all(entry.path()) {
            tracing::warn!(path = %entry.path().display(), %error, "could not remove an unfinished cluster");
        }
    }
}
