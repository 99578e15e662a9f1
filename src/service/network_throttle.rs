//! Sheds what one network sends too fast, before any database or hash work.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Throttle;
use crate::kernel::client_address::ClientNetwork;

#[derive(Debug)]
pub struct NetworkThrottle {
    limiter: DefaultKeyedRateLimiter<ClientNetwork>,
    clock: DefaultClock,
}

impl NetworkThrottle {
    pub fn new(limits: &Throttle) -> Self {
        let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let quota =
            Quota::per_minute(at_least_one(limits.network_per_minute)).allow_burst(at_least_one(limits.network_burst));
        Self {
            limiter: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
        }
    }

    /// # Errors
    /// Too fast; the time after which the next request would pass.
    pub fn admit(&self, network: ClientNetwork) -> Result<(), Duration> {
        self.limiter
            .check_key(&network)
            .map_err(|until| until.wait_time_from(self.clock.now()))
    }

    /// Forgets networks that have their whole burst again, so that a flood of addresses does not stay in memory.
    pub fn forget_quiet(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::client_address::ClientAddress;

    #[test]
    fn one_network_is_slowed_and_another_is_not() {
        let limits = Throttle {
            network_burst: 3,
            network_per_minute: 1,
            ..Throttle::default()
        };
        let throttle = NetworkThrottle::new(&limits);
        let network = |text: &str| ClientAddress::resolve(text.parse().unwrap(), std::iter::empty(), &[]).network();
        for _ in 0..3 {
            assert_eq!(throttle.admit(network("2001:db8::1")), Ok(()));
        }
        let wait = throttle.admit(network("2001:db8::2")).unwrap_err();
        assert!(
            wait > Duration::from_secs(50) && wait <= Duration::from_secs(60),
            "{wait:?}"
        );
        assert_eq!(throttle.admit(network("192.0.2.1")), Ok(()));
        throttle.forget_quiet();
        assert!(
            throttle.admit(network("2001:db8::1")).is_err(),
            "a busy network is not forgotten"
        );
    }
}
