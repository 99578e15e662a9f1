//! `[corpus]`: the file of breached passwords. Without one, new passwords are screened by a small dictionary only.

use std::path::PathBuf;

use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corpus {
    /// Made by `vestibule corpus build`; a file that replaces it is taken up while the server runs.
    pub file: Option<PathBuf>,
}
