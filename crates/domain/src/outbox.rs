//! What people are told, and how far each telling has come.

use std::str::FromStr;
use std::time::Duration;

use serde::Serialize;

use super::leak::{Effect, words};
use crate::unknown_state::UnknownState;

/// A telling of the outbox: one mail for each effect, and the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    LeakRotate,
    LeakDisabled,
    LeakListed,
    Letter,
}

words!(Kind {
    LeakRotate = "leak-rotate",
    LeakDisabled = "leak-disabled",
    LeakListed = "leak-listed",
    Letter = "letter",
});

impl Kind {
    pub const fn mail_of(effect: Effect) -> Self {
        match effect {
            Effect::Rotate => Self::LeakRotate,
            Effect::Disable => Self::LeakDisabled,
            Effect::Tell => Self::LeakListed,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Due,
    /// Taken, and perhaps in the mail server's hands.
    Sending,
    Sent,
    /// It is unknown whether it was sent, so it is never sent again.
    Uncertain,
    /// Refused for good, at once or by a message that came back.
    Bounced,
    GivenUp,
    /// The leak was undone first.
    Cancelled,
    /// A letter whose files are not complete yet.
    Writing,
    /// A letter that is ready to be printed.
    Written,
}

words!(State {
    Due = "due",
    Sending = "sending",
    Sent = "sent",
    Uncertain = "uncertain",
    Bounced = "bounced",
    GivenUp = "given-up",
    Cancelled = "cancelled",
    Writing = "writing",
    Written = "written",
});

impl State {
    /// Whether a letter is needed in the mail's place.
    pub const fn has_failed(self) -> bool {
        matches!(self, Self::Uncertain | Self::Bounced | Self::GivenUp)
    }
}

const FIRST_WAIT: Duration = Duration::from_secs(60);
const LONGEST_WAIT: Duration = Duration::from_secs(86_400);
const TRIED_FOR: Duration = Duration::from_secs(3 * 86_400);

/// How long to wait after so many attempts that failed for now: doubling, a day at most. None: three days would be
/// over, it is given up.
pub fn retry_after(attempts: u32) -> Option<Duration> {
    let wait = |attempt: u32| {
        let doubled = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
        FIRST_WAIT.saturating_mul(doubled).min(LONGEST_WAIT)
    };
    let waited: Duration = (1..=attempts.min(32)).map(wait).sum();
    (waited <= TRIED_FOR).then(|| wait(attempts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_double_their_distance_up_to_a_day_and_end_after_three() {
        assert_eq!(retry_after(1), Some(FIRST_WAIT));
        assert_eq!(retry_after(2), Some(FIRST_WAIT * 2));
        let waits: Vec<_> = (1..).map_while(retry_after).collect();
        assert!(waits.is_sorted() && waits.iter().all(|wait| *wait <= LONGEST_WAIT));
        assert_eq!(waits.last(), Some(&LONGEST_WAIT));
        let total: Duration = waits.iter().sum();
        assert!(total <= TRIED_FOR && total > LONGEST_WAIT, "{total:?}");
        assert_eq!(retry_after(u32::MAX), None);
    }

    #[test]
    fn a_letter_follows_where_a_mail_may_not_have_been_read() {
        let failed: Vec<_> = State::ALL.iter().filter(|state| state.has_failed()).collect();
        assert_eq!(failed, [&State::Uncertain, &State::Bounced, &State::GivenUp]);
    }
}
