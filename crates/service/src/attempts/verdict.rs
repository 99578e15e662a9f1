//! How an attempt ends. A [`Verdict`] is what the door decided, an [`Ended`] what all the counters were told.

use std::time::Duration;

use crate::Fault;
use machinery::hashing::NoHash;
use machinery::metrics::AttemptResult;

/// Shown to the visitor by the edge.
#[derive(Debug)]
pub enum Outcome<S> {
    Refused,
    /// The lab is under siege: two codes in a row are needed, or a recovery code. Nothing was looked at, nothing
    /// counted.
    TurnedAway,
    /// The identifier's public bucket is empty; unknown identifiers are told this just as known ones are.
    Wait(Duration),
    /// No room to check the password in time.
    Busy(Duration),
    /// What it was about ended meanwhile; this says nothing about what was shown.
    Over,
    Passed(S),
}

/// Made by [`super::Attempt::end`] alone.
#[derive(Debug)]
pub struct Ended<S>(Outcome<S>);

impl<S> Ended<S> {
    pub fn outcome(self) -> Outcome<S> {
        self.0
    }
}

/// What was shown is right. Made by [`super::Attempt::succeed`] alone.
#[must_use = "a success has to end in a verdict"]
#[derive(Debug)]
pub struct Success(());

impl Success {
    pub(super) fn new() -> Self {
        Self(())
    }
}

#[derive(Debug)]
pub struct Verdict<S> {
    outcome: Outcome<S>,
    result: AttemptResult,
}

impl<S> Verdict<S> {
    pub(super) fn refused() -> Self {
        Self::of(Outcome::Refused, AttemptResult::refused)
    }

    pub(super) fn delayed(wait: Duration) -> Self {
        Self::of(Outcome::Wait(wait), AttemptResult::delayed)
    }

    /// Refused like all others, and counted nowhere: nothing was looked at.
    pub fn nothing_shown() -> Self {
        Self::of(Outcome::Refused, AttemptResult::turned_away)
    }

    pub fn turned_away() -> Self {
        Self::of(Outcome::TurnedAway, AttemptResult::turned_away)
    }

    pub fn busy(wait: Duration) -> Self {
        Self::of(Outcome::Busy(wait), AttemptResult::busy)
    }

    pub fn over() -> Self {
        Self::of(Outcome::Over, AttemptResult::over)
    }

    /// # Errors
    /// The pool broke.
    pub fn no_hash(no_hash: NoHash) -> Result<Self, Fault> {
        match no_hash {
            NoHash::Busy { retry_after } => Ok(Self::busy(retry_after)),
            NoHash::Fault(fault) => Err(fault.into()),
        }
    }

    pub fn passed(_: Success, with: S) -> Self {
        Self::of(Outcome::Passed(with), AttemptResult::passed)
    }

    /// Complete, and yet held.
    pub fn held(_: Success, with: S) -> Self {
        Self::of(Outcome::Passed(with), AttemptResult::held)
    }

    /// Right, but something more is needed, by another way in.
    pub fn continued(_: Success, with: S) -> Self {
        Self::of(Outcome::Passed(with), AttemptResult::continued)
    }

    pub(super) fn result(&self) -> AttemptResult {
        self.result
    }

    pub(super) fn ended(self) -> Ended<S> {
        Ended(self.outcome)
    }

    fn of(outcome: Outcome<S>, result: AttemptResult) -> Self {
        Self { outcome, result }
    }
}
