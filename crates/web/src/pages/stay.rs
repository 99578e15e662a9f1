//! How long this sign-in lasts: told, and put off with one button.

use domain::session::{Lifetime, Session};
use kernel::clock::Timestamp;

#[derive(Clone, Copy, Debug)]
pub struct Stay {
    pub now: Timestamp,
    /// When this sign-in ends if nothing is done.
    pub ends_at: Timestamp,
    /// When it ends in any case.
    pub ends_at_latest: Timestamp,
}

/// The waits the stylesheet knows, in minutes, longest first.
const REMINDERS: [(u64, &str); 5] = [
    (55, "after-55"),
    (25, "after-25"),
    (10, "after-10"),
    (5, "after-5"),
    (0, "after-0"),
];

/// How long before the end the reminder comes up at the latest, in minutes.
const NOTICE: u64 = 5;

impl Stay {
    pub fn of(session: &Session, lifetime: Lifetime, now: Timestamp) -> Self {
        Self {
            now,
            ends_at: session.idle_out_at(lifetime),
            ends_at_latest: session.expires_at,
        }
    }

    /// "Stay signed in" can still move the end.
    pub(super) fn can_stay(self) -> bool {
        self.ends_at < self.ends_at_latest
    }

    /// The class that makes the reminder come up in time, without a script.
    pub(super) fn reminder(self) -> &'static str {
        let quiet = (self.ends_at.since(self.now).as_secs() / 60).saturating_sub(NOTICE);
        REMINDERS
            .iter()
            .find(|(minutes, _)| *minutes <= quiet)
            .map_or("after-0", |(_, class)| class)
    }
}
