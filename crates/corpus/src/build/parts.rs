//! `FILE.part/`: what a build keeps on disk until its file is whole. After a kill the same command continues after the
//! last shard that is whole, which is checked, not believed. A build that fails removes it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::encode::EncodedShard;
use super::journal::{self, Record};
use super::problem::BuildProblem;
use crate::header::DATA_AT;
use crate::shard::{Shard, half_hash};

#[derive(Debug)]
pub(super) struct Parts {
    pub folder: PathBuf,
    _lock: File,
    blocks: File,
    directory: File,
    journal: File,
    blocks_end: u64,
    directory_end: u64,
}

impl Parts {
    /// Continues what an earlier run of the same build left, or starts over.
    ///
    /// # Errors
    /// Another build of this file is running, or the folder cannot be written.
    pub fn open(target: &Path, fingerprint: &str) -> Result<Self, BuildProblem> {
        let folder = beside(target);
        Self::open_in(&folder, fingerprint).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => {
                let remedy = "wait for it, or name another --out";
                BuildProblem::new(
                    folder.display().to_string(),
                    "another build of this file is running",
                    remedy,
                )
            }
            _ => BuildProblem::unwritable(&folder, &error),
        })
    }

    fn open_in(folder: &Path, fingerprint: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let lock = File::open(folder)?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        let manifest = folder.join("manifest");
        if fs::read_to_string(&manifest).ok().as_deref() != Some(fingerprint) {
            for entry in fs::read_dir(folder)? {
                fs::remove_file(entry?.path())?;
            }
            let mut file = File::create(&manifest)?;
            file.write_all(fingerprint.as_bytes())?;
            file.sync_all()?;
        }
        let open = |name: &str| {
            let mut options = OpenOptions::new();
            options
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(folder.join(name))
        };
        Ok(Self {
            blocks: open("blocks")?,
            directory: open("directory")?,
            journal: open("journal")?,
            folder: folder.to_owned(),
            _lock: lock,
            blocks_end: DATA_AT,
            directory_end: 0,
        })
    }

    /// The complete shards of a build with this many sources. Everything after them is cut off.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn resume(&mut self, sources: usize) -> Result<Vec<Record>, BuildProblem> {
        self.resume_all(sources)
            .map_err(|error| BuildProblem::unwritable(&self.folder, &error))
    }

    fn resume_all(&mut self, sources: usize) -> io::Result<Vec<Record>> {
        let mut text = Vec::new();
        self.journal.read_to_end(&mut text)?;
        let mut whole = Vec::new();
        for record in journal::read(&text, sources) {
            if record.shard.data_at != self.blocks_end || record.shard.directory_at != self.directory_end {
                break;
            }
            let Some(bytes) = self.verify(&record.shard)? else {
                break;
            };
            self.blocks_end += bytes;
            self.directory_end += record.shard.directory_bytes();
            whole.push(record);
        }
        self.blocks.set_len(self.blocks_end)?;
        self.directory.set_len(self.directory_end)?;
        self.journal
            .set_len(whole.len() as u64 * journal::record_bytes(sources))?;
        Ok(whole)
    }

    /// How long its blocks are, if they are what they were.
    fn verify(&self, shard: &Shard) -> io::Result<Option<u64>> {
        let length = usize::try_from(shard.directory_bytes()).unwrap_or(usize::MAX);
        let mut directory = vec![0; length.min(1 << 20)];
        if directory.len() < length
            || self
                .directory
                .read_exact_at(&mut directory, shard.directory_at)
                .is_err()
        {
            return Ok(None);
        }
        let end = directory.last_chunk().map_or(0, |end| u32::from_le_bytes(*end));
        if shard.data_at + u64::from(end) > self.blocks.metadata()?.len() {
            return Ok(None);
        }
        let mut data = vec![0; end as usize];
        self.blocks.read_exact_at(&mut data, shard.data_at)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&directory).update(&data);
        Ok((half_hash(&hasher) == shard.hash).then_some(u64::from(end)))
    }

    /// Writes a shard and where the sources stand behind it.
    ///
    /// # Errors
    /// The disk is full.
    pub fn add(&mut self, encoded: &EncodedShard, record: &mut Record) -> Result<(), BuildProblem> {
        record.shard.data_at = self.blocks_end;
        record.shard.directory_at = self.directory_end;
        let written = self
            .blocks
            .write_all_at(&encoded.data, self.blocks_end)
            .and_then(|()| self.directory.write_all_at(&encoded.directory, self.directory_end));
        let written = written.and_then(|()| {
            use std::io::Seek;
            self.journal.seek(io::SeekFrom::End(0))?;
            self.journal.write_all(&record.encode())
        });
        written.map_err(|error| BuildProblem::unwritable(&self.folder, &error))?;
        self.blocks_end += encoded.data.len() as u64;
        self.directory_end += encoded.directory.len() as u64;
        Ok(())
    }

    /// Appends the directories and then `table`, whose first byte is at the second number. `header` is made from
    /// where they begin and the file ends, and is written last.
    ///
    /// # Errors
    /// The disk is full; the target is as it was.
    pub fn install(
        mut self,
        target: &Path,
        table: impl FnOnce(u64) -> Vec<u8>,
        header: impl FnOnce(u64, u64, &[u8]) -> Vec<u8>,
    ) -> Result<(), BuildProblem> {
        use std::io::Seek;
        let put = |mut parts: Self| -> io::Result<()> {
            let directory_at = parts.blocks_end;
            parts.directory.seek(io::SeekFrom::Start(0))?;
            parts.blocks.seek(io::SeekFrom::Start(directory_at))?;
            io::copy(&mut parts.directory, &mut parts.blocks)?;
            let table = table(directory_at);
            parts.blocks.write_all(&table)?;
            let header = header(directory_at, directory_at + parts.directory_end, &table);
            parts.blocks.write_all_at(&header, 0)?;
            parts.blocks.sync_all()?;
            fs::rename(parts.folder.join("blocks"), target)?;
            File::open(folder_of(target))?.sync_all()?;
            fs::remove_dir_all(&parts.folder)
        };
        self.journal
            .flush()
            .and_then(|()| put(self))
            .map_err(|error| BuildProblem::unwritable(target, &error))
    }

    /// # Errors
    /// Something of it cannot be removed.
    pub fn remove(target: &Path) -> io::Result<()> {
        match fs::remove_dir_all(beside(target)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }
}

pub(super) fn beside(target: &Path) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
