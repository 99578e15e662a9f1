//! What each way of telling an alert is handed, and what it answers.

use domain::alert::Alert;
use store::telling::alert_deliveries::Message;

/// What is to be told, and of what.
#[derive(Debug)]
pub(super) struct Telling<'a> {
    pub message: &'a Message,
    pub alert: &'a Alert,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Delivered,
    /// In words for the log: no address of a person, no secret.
    Failed(String),
    /// As before; and whatever else goes the same way now would fail as well.
    Unreachable(String),
}
