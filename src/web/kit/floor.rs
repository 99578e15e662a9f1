//! The one moment at which refusals leave: waiting costs no CPU and tells nothing.

use std::time::Duration;

use crate::kernel::clock::Stopwatch;

/// Waits until `floor` after the arrival; a refusal that took longer leaves at the next multiple of it.
pub async fn wait_for_floor(arrived: Stopwatch, floor: Duration) {
    tokio::time::sleep(remaining(arrived.elapsed(), floor)).await;
}

fn remaining(elapsed: Duration, floor: Duration) -> Duration {
    if floor.is_zero() {
        return Duration::ZERO;
    }
    let floors = elapsed.as_micros().div_ceil(floor.as_micros()).max(1);
    floor
        .saturating_mul(u32::try_from(floors).unwrap_or(u32::MAX))
        .saturating_sub(elapsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r21_every_refusal_leaves_at_a_multiple_of_the_floor() {
        let floor = Duration::from_millis(400);
        for (elapsed, left) in [(0, 400), (3, 397), (399, 1), (400, 0), (401, 399), (1_000, 200)] {
            let remaining = remaining(Duration::from_millis(elapsed), floor);
            assert_eq!(remaining, Duration::from_millis(left), "{elapsed}");
        }
    }
}
