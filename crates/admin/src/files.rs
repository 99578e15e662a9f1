//! Files that exist whole or not at all: written beside, made durable, then put in place in one step.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};

/// Readable and writable by its owner only.
pub const PRIVATE: u32 = 0o600;

/// A file beside the one it will become; removed unless it becomes it.
#[derive(Debug)]
pub struct Beside {
    path: PathBuf,
    target: PathBuf,
}

impl Beside {
    /// An empty private file in the target's folder, on the same file system.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn create(target: &Path) -> io::Result<(Self, File)> {
        let name = target.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}.new", std::process::id()));
        let path = folder(target).join(beside);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(PRIVATE)
            .open(&path)?;
        let target = target.to_owned();
        Ok((Self { path, target }, file))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the target's name, which must be free. What was written must be durable already.
    ///
    /// # Errors
    /// `AlreadyExists`, or the folder cannot be written to.
    pub fn publish(self) -> io::Result<()> {
        fs::hard_link(&self.path, &self.target)?;
        fs::remove_file(&self.path)?;
        sync_folder(&self.target)
    }

    /// Takes the place of the target, whatever is there.
    ///
    /// # Errors
    /// The folder cannot be written to; the target is as it was.
    pub fn replace(self) -> io::Result<()> {
        fs::rename(&self.path, &self.target)?;
        sync_folder(&self.target)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // After publishing there is nothing to remove.
        let _ = fs::remove_file(&self.path);
    }
}

/// # Errors
/// `AlreadyExists`, or it cannot be written; then nothing of it is left.
pub fn write_new(path: &Path, contents: &[u8]) -> io::Result<()> {
    let (beside, mut file) = Beside::create(path)?;
    file.write_all(contents)?;
    file.sync_all()?;
    beside.publish()
}

/// Gives a new file to the owner of the one whose place it takes, or of its folder.
///
/// # Errors
/// This user may not give files away.
pub fn own_like(file: &File, target: &Path) -> io::Result<()> {
    let model = fs::metadata(target).or_else(|_| fs::metadata(folder(target)))?;
    let ours = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    if ours != (model.uid(), model.gid()) {
        fchown(file, Some(model.uid()), Some(model.gid()))?;
    }
    Ok(())
}

/// Keeps the owner of the file it replaces.
///
/// # Errors
/// It cannot be written; the file is as it was.
pub fn replace_private(path: &Path, contents: &[u8], owner: (u32, u32)) -> io::Result<()> {
    let (beside, mut file) = Beside::create(path)?;
    let ours = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    if ours != owner {
        fchown(&file, Some(owner.0), Some(owner.1))?;
    }
    file.write_all(contents)?;
    file.sync_all()?;
    beside.replace()
}

pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes a rename in this file's folder durable.
///
/// # Errors
/// The folder cannot be opened or synchronized.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;

    #[test]
    fn a_new_file_is_private_and_never_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write_new(&path, b"first").unwrap();
        assert_eq!(
            write_new(&path, b"second").unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, PRIVATE);
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing is left beside it");
    }
}
