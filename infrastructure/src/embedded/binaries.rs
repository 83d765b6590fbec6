//! Finding `postgres` and `initdb`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::EmbeddedError;
use super::layout::Layout;

/// Where Debian and its relatives put each major version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The oldest major version that the migrations are written for.
const OLDEST: u32 = 15;

/// The binaries of one installation.
#[derive(Debug, Clone)]
pub(super) struct Binaries {
    directory: PathBuf,
    version: u32,
}

impl Binaries {
    /// Searches the configured directory or else Debian's directories and the PATH. An existing cluster
    /// decides the version; a new one gets the highest.
    pub(super) fn find(configured: Option<&Path>, layout: &Layout) -> Result<Self, EmbeddedError> {
        let cluster = layout.cluster_version()?;
        let candidates = match configured {
            Some(directory) => Self::probe(directory).into_iter().collect(),
            None => [Self::debian(), Self::in_path()].concat(),
        };
        let wanted = candidates.iter().find(|found| cluster.is_none_or(|version| version == found.version));
        match (wanted, candidates.first(), cluster) {
            (Some(wanted), ..) => Ok(wanted.clone()),
            (None, Some(other), Some(cluster)) => Err(EmbeddedError::VersionMismatch {
                data_dir: layout.data_dir().to_owned(),
                bin_dir: other.directory.clone(),
                cluster,
                found: other.version,
            }),
            _ => Err(EmbeddedError::NotInstalled {
                looked_in: searched(configured),
                install: install_command(),
            }),
        }
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.directory.join("postgres")
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.directory.join("initdb")
    }

    pub(super) fn version(&self) -> u32 {
        self.version
    }

    /// Debian's versioned directories, the highest version first.
    fn debian() -> Vec<Self> {
        let entries = fs::read_dir(DEBIAN).into_iter().flatten().filter_map(Result::ok);
        let mut found: Vec<_> = entries
            .filter_map(|entry| {
                Some(Self {
                    version: entry.file_name().to_str()?.parse().ok()?,
                    directory: entry.path().join("bin"),
                })
            })
            .filter(Self::is_usable)
            .collect();
        found.sort_by_key(|binaries| std::cmp::Reverse(binaries.version));
        found
    }

    /// What the PATH leads to. Links are followed, since `initdb` is beside the real `postgres`.
    #[expect(
        clippy::disallowed_methods,
        reason = "where programs are is the machine's word, not configuration"
    )]
    fn in_path() -> Vec<Self> {
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path)
            .filter_map(|directory| fs::canonicalize(directory.join("postgres")).ok())
            .filter_map(|postgres| Self::probe(postgres.parent()?))
            .collect()
    }

    /// Asks the `postgres` in this directory for its version.
    fn probe(directory: &Path) -> Option<Self> {
        let output = Command::new(directory.join("postgres")).arg("--version").output().ok()?;
        let version = parse_version(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { directory: directory.to_owned(), version }).filter(Self::is_usable)
    }

    fn is_usable(&self) -> bool {
        self.version >= OLDEST && self.postgres().is_file() && self.initdb().is_file()
    }
}

/// The major version in `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
fn parse_version(text: &str) -> Option<u32> {
    let version = text.split("(PostgreSQL) ").nth(1)?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn searched(configured: Option<&Path>) -> String {
    configured
        .map_or_else(|| format!("{DEBIAN}/*/bin or the PATH"), |directory| directory.display().to_string())
}

fn install_command() -> &'static str {
    if nix::unistd::geteuid().is_root() {
        "apt-get install -y --no-install-recommends postgresql"
    } else {
        "sudo apt-get install -y --no-install-recommends postgresql"
    }
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn reads_the_major_version() {
        assert_eq!(parse_version("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_version("postgres (PostgreSQL) 18beta2\n"), Some(18));
        assert_eq!(parse_version("postgres: unknown\n"), None);
    }
}
