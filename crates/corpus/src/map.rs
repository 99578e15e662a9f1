//! The one file with unsafe code: maps a file into memory, to be read only.

use std::fs::File;
use std::io;
use std::ops::Range;

use memmap2::{Advice, Mmap};

#[derive(Debug)]
pub(super) struct Map(Mmap);

impl Map {
    /// # Errors
    /// The file cannot be mapped.
    #[expect(
        unsafe_code,
        reason = "a mapping is sound while nobody changes the file under it: corpus files are opened read-only, made by \
                  rename and replaced by rename, never edited, so this inode stays as it is"
    )]
    pub fn of(file: &File) -> io::Result<Self> {
        // SAFETY: above; and what is read is bytes only, checked before each use, so a file that is edited in spite of
        // it gives wrong answers, or SIGBUS where it was cut.
        let map = unsafe { Mmap::map(file)? };
        // Look-ups land anywhere: without this the kernel reads ahead megabytes for each.
        map.advise(Advice::Random)?;
        Ok(Self(map))
    }

    pub fn get(&self, from: u64, length: u64) -> Option<&[u8]> {
        let from = usize::try_from(from).ok()?;
        self.0.get(from..from.checked_add(usize::try_from(length).ok()?)?)
    }

    /// Has the kernel fetch a range in the background; without it, only the first look-ups are slower.
    pub fn preload(&self, range: Range<u64>) {
        if let (Ok(from), Ok(to)) = (usize::try_from(range.start), usize::try_from(range.end)) {
            let _ = self.0.advise_range(Advice::WillNeed, from, to.saturating_sub(from));
        }
    }
}
