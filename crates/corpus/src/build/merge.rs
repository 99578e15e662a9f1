//! Several sources as one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::lines::Place;
use super::problem::BuildProblem;
use super::source::{Item, Source};

pub(super) struct Merge {
    sources: Vec<Box<dyn Source>>,
    next: BinaryHeap<Reverse<(u64, usize)>>,
}

impl Merge {
    pub fn of(sources: Vec<Box<dyn Source>>) -> Self {
        let keys = sources.iter().enumerate();
        let next = keys
            .filter_map(|(at, source)| source.peek().map(|item| Reverse((item.key, at))))
            .collect();
        Self { sources, next }
    }

    /// The next key if it is not beyond `last`, with the counts of all its sources.
    ///
    /// # Errors
    /// A source is damaged.
    pub fn next_until(&mut self, last: u64) -> Result<Option<Item>, BuildProblem> {
        let Some(key) = self
            .next
            .peek()
            .map(|Reverse((key, _))| *key)
            .filter(|key| *key <= last)
        else {
            return Ok(None);
        };
        let mut count = 0_u32;
        while let Some(mut top) = self.next.peek_mut() {
            let Reverse((found, at)) = *top;
            if found != key {
                break;
            }
            let Some(source) = self.sources.get_mut(at) else { break };
            count = count.saturating_add(source.peek().map_or(0, |item| item.count));
            source.advance()?;
            match source.peek() {
                Some(item) => *top = Reverse((item.key, at)),
                None => {
                    std::collections::binary_heap::PeekMut::pop(top);
                }
            }
        }
        Ok(Some(Item { key, count }))
    }

    pub fn places(&self) -> impl Iterator<Item = Place> {
        self.sources.iter().map(|source| source.place())
    }

    pub fn bytes(&self) -> u64 {
        self.sources.iter().map(|source| source.bytes()).sum()
    }
}
