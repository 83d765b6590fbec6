//! A file that has its name only when it is whole.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// A file on its way. Unless it is given its name, it is removed. Only its owner can read it.
pub(super) struct Unfinished {
    file: Option<BufWriter<File>>,
    path: PathBuf,
}

impl Unfinished {
    /// A file beside the one that it is to become.
    pub(super) fn beside(path: &Path) -> io::Result<Self> {
        let name = path.file_name().ok_or_else(|| io::Error::other("this is not the name of a file"))?;
        let name = format!(".{}.{}.unfinished", name.to_string_lossy(), std::process::id());
        let path = path.with_file_name(name);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        Ok(Self { file: Some(BufWriter::new(file)), path })
    }

    /// Gives it its name once it is on the disk; says how long it is.
    pub(super) fn name(mut self, path: &Path) -> io::Result<u64> {
        self.flush()?;
        let Some(file) = self.file.take() else { return Ok(0) };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        fs::rename(&self.path, path)?;
        Ok(file.metadata()?.len())
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or(Ok(0), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if self.file.take().is_some()
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %error, "an unfinished export is left behind");
        }
    }
}
