//! Why a corpus file is not used, and what to do about it. Silence never means "safe".

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
#[error("{}: {wrong}", path.display())]
pub struct CorpusProblem {
    pub path: PathBuf,
    pub wrong: Wrong,
}

#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("it is not a corpus file")]
    NotACorpus,
    #[error("its format {found} is newer than this version reads ({})", super::version::VERSION)]
    Newer { found: u32 },
    #[error("it is cut short: {found} bytes of {expected}")]
    Truncated { found: u64, expected: u64 },
    #[error("it is damaged: {0}")]
    Damaged(String),
}

impl Wrong {
    pub(super) fn at(self, path: &Path) -> CorpusProblem {
        CorpusProblem {
            path: path.to_owned(),
            wrong: self,
        }
    }

    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(what.into())
    }
}

impl CorpusProblem {
    pub fn remedy(&self) -> &'static str {
        match self.wrong {
            Wrong::Unreadable(_) => "check the path, and that vestibule's user may read the file",
            Wrong::NotACorpus => "make one from the published lists: vestibule corpus build INPUT --out FILE",
            Wrong::Newer { .. } => "use the vestibule that made it, or build the file anew with this one",
            Wrong::Truncated { .. } | Wrong::Damaged(_) => {
                "copy the file again from where it was built, or build it anew"
            }
        }
    }
}
