//! Which connection is to be cut, and why: a function of what was seen of it.

use std::time::Duration;

use machinery::metrics::CutFor;

/// When nearly full, a connection without a request is needed by another client.
const IDLE_WHEN_CROWDED: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub idle: Duration,
    pub stall: Duration,
}

/// What was seen of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// No request is worked on: since when.
    Idle(Duration),
    /// Of the answers in progress, the longest time that one has not been read by the other side.
    Busy(Option<Duration>),
}

pub fn verdict(seen: Activity, patience: Patience, crowded: bool) -> Option<CutFor> {
    let idle = match crowded {
        true => patience.idle.min(IDLE_WHEN_CROWDED),
        false => patience.idle,
    };
    match seen {
        Activity::Idle(since) if since >= idle => Some(CutFor::idle),
        Activity::Busy(Some(since)) if since >= patience.stall => Some(CutFor::stalled),
        Activity::Idle(_) | Activity::Busy(_) => None,
    }
}

/// Three quarters of the connections are in use.
pub const fn is_crowded(open: usize, most: usize) -> bool {
    open.saturating_mul(4) >= most.saturating_mul(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience {
        idle: Duration::from_secs(75),
        stall: Duration::from_secs(60),
    };

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn idleness_and_stalls_end_and_work_does_not() {
        for (seen, crowded, ended) in [
            (Activity::Idle(seconds(74)), false, None),
            (Activity::Idle(seconds(75)), false, Some(CutFor::idle)),
            (Activity::Idle(seconds(1)), true, None),
            (Activity::Idle(seconds(2)), true, Some(CutFor::idle)),
            (Activity::Busy(None), true, None),
            (Activity::Busy(Some(seconds(59))), true, None),
            (Activity::Busy(Some(seconds(60))), false, Some(CutFor::stalled)),
        ] {
            assert_eq!(verdict(seen, PATIENCE, crowded), ended, "{seen:?} {crowded}");
        }
    }

    #[test]
    fn crowded_begins_at_three_quarters() {
        assert!(!is_crowded(5, 8));
        assert!(is_crowded(6, 8));
        assert!(is_crowded(1, 1));
    }
}
