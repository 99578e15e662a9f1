//! A server under attack, as the attack sees it.

use std::time::Duration;

use super::support::client::{Answer, Connection};

/// A kept connection, and what a form needs that came with the answer before.
pub struct Link {
    pub connection: Connection,
    pub token: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Refused,
    /// 429 or 503: nothing was evaluated.
    Shed,
    SignedIn,
    Other(u16),
}

impl Verdict {
    /// Of a server that answers as the others do.
    pub fn of(answer: &Answer) -> Self {
        match answer.status {
            401 => Self::Refused,
            429 | 503 => Self::Shed,
            status => Self::Other(status),
        }
    }
}

pub trait Peer {
    fn name(&self) -> String;

    /// How it keeps passwords, and what it does by itself against many tries.
    fn note(&self) -> String;

    /// Processor time of it and all its children so far.
    fn cpu(&self) -> Duration;

    async fn connect(&self) -> std::io::Result<Link>;

    /// The `number`th wrong sign-in: a known account or one that does not exist.
    async fn wrong(&self, link: &mut Link, number: usize, known: bool) -> std::io::Result<Verdict>;

    /// A person's own sign-in, from the first page on; the `number`th.
    async fn right(&self, link: &mut Link, number: usize) -> std::io::Result<Verdict>;
}
