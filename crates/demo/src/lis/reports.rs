//! Reports as PDF, kept for readers that ask for ranges.

use bytes::Bytes;
use moka::sync::Cache;

use super::pdf;
use super::record::Record;

/// The last reports made: a reader that asks for ranges asks for many.
#[derive(Debug)]
pub struct Reports(Cache<String, Bytes>);

impl Default for Reports {
    fn default() -> Self {
        Self(Cache::new(8))
    }
}

impl Reports {
    pub fn of(&self, record: &Record) -> Bytes {
        self.0
            .get_with(record.as_str().to_owned(), || Bytes::from(pdf::report(record)))
    }
}
