//! Different identifiers of a list, by whether they are somebody's here.

use serde::{Deserialize, Serialize};

use crate::dump::Kind;

/// Different identifiers of a list; `distinct = found + folded + not_found`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifiers {
    pub distinct: u64,
    /// As an account has it.
    pub found: u64,
    /// In a form that exports make of what an account has.
    pub folded: u64,
    pub not_found: u64,
    /// Of those not found, by what they look like.
    pub unmatched: Vec<Unmatched>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmatched {
    pub shape: Shape,
    pub count: u64,
    /// Counted from 1.
    pub first_line: u64,
    pub last_line: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    Email,
    Number,
    Code,
    Other,
}

impl Shape {
    pub(super) const ALL: [Self; 4] = [Self::Email, Self::Number, Self::Code, Self::Other];

    pub(super) fn of(identifier: &str) -> Self {
        match Kind::of(identifier) {
            Kind::Email => Self::Email,
            Kind::Number | Kind::SocialSecurity => Self::Number,
            Kind::Code => Self::Code,
            _ => Self::Other,
        }
    }
}

impl Identifiers {
    /// More than two in a hundred are nobody's here: there is a reason, and it has to be looked at.
    pub fn are_many_unmatched(&self) -> bool {
        self.not_found * 50 > self.distinct
    }

    /// What most of those not found look like.
    pub fn most_unmatched(&self) -> Option<&Unmatched> {
        self.unmatched.iter().max_by_key(|unmatched| unmatched.count)
    }

    pub(super) fn add(&mut self, shape: Shape, line: u64) {
        self.not_found += 1;
        match self.unmatched.iter_mut().find(|unmatched| unmatched.shape == shape) {
            Some(unmatched) => {
                unmatched.count += 1;
                unmatched.first_line = unmatched.first_line.min(line);
                unmatched.last_line = unmatched.last_line.max(line);
            }
            None => self.unmatched.push(Unmatched {
                shape,
                count: 1,
                first_line: line,
                last_line: line,
            }),
        }
    }
}
