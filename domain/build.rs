//! The digest of the domain's own source: a snapshot of a state is good only for the code that wrote it.

use std::{fs, io, path::Path};

use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=src");
    let mut digest = Sha256::new();
    // A build script runs in its package's folder.
    add(&mut digest, Path::new("src"))?;
    println!("cargo::rustc-env=ESCALON_DOMAIN_SCHEMA={}", hex::encode(digest.finalize()));
    Ok(())
}

fn add(digest: &mut Sha256, path: &Path) -> io::Result<()> {
    if path.is_file() {
        digest.update(fs::read(path)?);
        return Ok(());
    }
    let mut entries: Vec<_> = fs::read_dir(path)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    entries.iter().try_for_each(|entry| add(digest, &entry.path()))
}
