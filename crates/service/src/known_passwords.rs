//! The corpus in use: opened when the server starts, replaced when its file is, consulted for every password.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use crate::Fault;
use corpus::{Corpus, CorpusProblem, Prevalence};

#[derive(Debug, Default)]
pub struct KnownPasswords {
    file: Option<PathBuf>,
    current: ArcSwapOption<Corpus>,
    /// The file that was looked at last, whether it could be used or not.
    seen: Mutex<Option<Stamp>>,
}

/// Changes when a file is replaced or edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    bytes: u64,
    changed: (i64, i64),
}

impl KnownPasswords {
    /// Empty until [`KnownPasswords::load`].
    pub fn of(file: Option<PathBuf>) -> Self {
        Self {
            file,
            ..Self::default()
        }
    }

    /// Opens the configured file, if there is one.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn load(&self) -> Result<(), CorpusProblem> {
        let Some(file) = &self.file else { return Ok(()) };
        let stamp = stamp(file).ok();
        self.current.store(Some(Arc::new(Corpus::open(file)?)));
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = stamp;
        Ok(())
    }

    pub fn current(&self) -> Option<Arc<Corpus>> {
        self.current.load_full()
    }

    /// Takes up a replaced file once every byte of it is checked; a broken one is reported, once, and the earlier one
    /// stays. Takes as long as reading the file does.
    pub fn reload(&self) {
        let Some(file) = &self.file else { return };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match stamp(file) {
            Ok(now) if Some(now) == *seen => {}
            Ok(now) => {
                *seen = Some(now);
                match whole(file) {
                    Ok(corpus) => {
                        let header = corpus.header();
                        tracing::info!(keys = header.keys, date = %header.date, "a new corpus is in use");
                        self.current.store(Some(Arc::new(corpus)));
                    }
                    Err(problem) => tracing::error!(%problem, "the new corpus cannot be used; the earlier one stays"),
                }
            }
            Err(error) => {
                if seen.take().is_some() {
                    let path = file.display();
                    tracing::error!(%path, %error, "the corpus file cannot be read; the one in memory stays in use");
                }
            }
        }
    }

    /// What opening left unchecked. A damaged corpus stays in use, since most of it still answers, and is reported.
    pub fn check(&self) {
        if let Some(corpus) = self.current()
            && let Err(problem) = corpus.check(&mut |_, _| {})
        {
            let remedy = problem.remedy();
            tracing::error!(%problem, remedy, "the corpus is damaged: some breached passwords are taken for unknown");
        }
    }

    /// How often a password was seen, in any form that it may have been stored in. Off the request's thread: it may
    /// wait for the disk.
    ///
    /// # Errors
    /// The look-up was not finished.
    pub async fn lookup(&self, typed: &str) -> Result<Option<Prevalence>, Fault> {
        let Some(corpus) = self.current() else { return Ok(None) };
        let typed = Zeroizing::new(typed.to_owned());
        let found = spawn_blocking(move || corpus.lookup_password(&typed)).await;
        found.map_err(|_| Fault::Broken("a look-up in the corpus did not finish"))
    }
}

fn whole(file: &Path) -> Result<Corpus, CorpusProblem> {
    let corpus = Corpus::open(file)?;
    corpus.check(&mut |_, _| {})?;
    Ok(corpus)
}

fn stamp(file: &Path) -> io::Result<Stamp> {
    let metadata = fs::metadata(file)?;
    Ok(Stamp {
        device: metadata.dev(),
        inode: metadata.ino(),
        bytes: metadata.len(),
        changed: (metadata.ctime(), metadata.ctime_nsec()),
    })
}
