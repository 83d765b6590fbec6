//! The peers that npm knows, as `bench/npm/package-lock.json` pins them.

use std::path::PathBuf;

use tokio::process::Command;

use super::printed;
use crate::Result;

/// Where they are installed.
pub(super) fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("npm")
}

/// Installs them, unless they are there.
pub(super) async fn install() -> Result<()> {
    if directory().join("node_modules/.package-lock.json").exists() {
        return Ok(());
    }
    let mut command = Command::new("npm");
    command.current_dir(directory()).args(["ci", "--no-audit", "--no-fund"]);
    printed(command).await?;
    Ok(())
}
