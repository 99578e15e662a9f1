//! Who is at the gate, as vouched for by the session.

use std::sync::Arc;

use domain::record::RecordNumber;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, SessionId};

/// A signed-in person. Built by the code that holds the session, after the session was found and not expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The session that was found.
    pub session: SessionId,
    /// Whose session it is.
    pub account: AccountId,
    /// The account's name for this site alone (pairwise), so that two sites cannot compare notes.
    pub subject: Arc<str>,
    /// The records held, and those granted with a scope that includes reading, now.
    pub records: Arc<[RecordNumber]>,
    /// When they last proved who they are.
    pub authenticated_at: Timestamp,
    /// How they signed in, in the values of RFC 8176.
    pub amr: Arc<[&'static str]>,
}

impl Visitor {
    /// The record of that number, if it is theirs to read. Exact comparison.
    pub fn record(&self, number: &str) -> Option<&RecordNumber> {
        self.records.iter().find(|record| record.as_str() == number)
    }
}
