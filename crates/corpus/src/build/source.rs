//! Keys in order, from wherever they come.

use super::lines::Place;
use super::problem::BuildProblem;

/// A key and how often it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Item {
    pub key: u64,
    pub count: u32,
}

pub(super) trait Source {
    /// The item that is next; keys never fall.
    fn peek(&self) -> Option<Item>;

    /// # Errors
    /// The input is damaged, out of order or unreadable.
    fn advance(&mut self) -> Result<(), BuildProblem>;

    /// Where reading would start over with the item that is next.
    fn place(&self) -> Place;

    /// Read so far.
    fn bytes(&self) -> u64;
}
