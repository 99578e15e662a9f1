//! Reads whatever circulates: tables and lists, in any of the usual encodings and archives, with everything that goes
//! wrong in them. Only the identifier and the password are read (R-03); bad rows are counted, never shown.
//!
//! ```text
//! file → unpack (gz, zst) → UTF-16 to UTF-8 → window → scan (a record) → fit (two fields) → text → row
//! ```

mod cells;
mod census;
mod checkpoint;
mod entities;
mod error;
mod fit;
#[cfg(feature = "generator")]
pub mod generate;
mod headers;
mod inspect;
mod json;
mod kinds;
mod mapping;
mod preamble;
mod reader;
mod reason;
mod row;
mod sample;
mod scan;
mod source;
mod status;
mod stretch;
mod text;
mod unpack;
mod utf16;
mod window;

pub use census::{BadRows, Census, Change};
pub use checkpoint::Checkpoint;
pub use error::DumpError;
pub use inspect::{Column, Inspection};
pub use kinds::Kind;
pub use mapping::{Field, MalformedMapping, Mapping};
pub use reader::{DumpReader, inspect};
pub use reason::Reason;
pub use row::{Charset, LeakedPassword, Row};
pub use sample::Format;
pub use status::Damage;
pub use unpack::Compression;
