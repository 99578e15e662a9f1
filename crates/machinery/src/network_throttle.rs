//! Sheds requests that come too fast, before any database or hash work: from one subscriber, from one site of
//! subscribers, and from strangers to one lab and to all labs together.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter};

use config::{Rate, Throttle};
use crypto::token::HashedToken;
use kernel::client_address::{ClientAddress, ClientNetwork};
use kernel::ids::LabId;

/// The means by which a person tries to sign in.
#[derive(Clone, Copy, Debug)]
pub enum Way<'a> {
    /// What cannot be guessed: a passkey, a lab code. Stays open while strangers flood the rest.
    Unguessable,
    /// With a code, from a browser that has a token of ours.
    KnownDevice(HashedToken),
    /// With a code, from anywhere.
    Stranger(&'a LabId),
}

#[derive(Debug)]
pub struct NetworkThrottle {
    subscribers: DefaultKeyedRateLimiter<ClientNetwork>,
    /// IPv6 only: the holder of a /48 has 65,536 subscribers' networks.
    sites: DefaultKeyedRateLimiter<ClientNetwork>,
    devices: DefaultKeyedRateLimiter<HashedToken>,
    labs: DefaultKeyedRateLimiter<LabId>,
    everybody: DefaultDirectRateLimiter,
    clock: DefaultClock,
}

impl NetworkThrottle {
    pub fn new(limits: &Throttle) -> Self {
        Self {
            subscribers: RateLimiter::keyed(quota(limits.subscriber())),
            sites: RateLimiter::keyed(quota(limits.site())),
            devices: RateLimiter::keyed(quota(limits.device())),
            labs: RateLimiter::keyed(quota(limits.lab())),
            everybody: RateLimiter::direct(quota(limits.everybody())),
            clock: DefaultClock::default(),
        }
    }

    /// The narrowest first: what one network sends too much of takes nothing from the others' share.
    ///
    /// # Errors
    /// Too fast; the time after which the next request would pass.
    pub fn admit(&self, client: ClientAddress, way: Way<'_>) -> Result<(), Duration> {
        self.passes(&self.subscribers, &client.network())?;
        if let Some(site) = client.site() {
            self.passes(&self.sites, &site)?;
        }
        match way {
            Way::Unguessable => Ok(()),
            Way::KnownDevice(token) => self.passes(&self.devices, &token),
            Way::Stranger(lab) => {
                self.passes(&self.labs, lab)?;
                self.everybody.check().map_err(|until| self.wait(&until))
            }
        }
    }

    /// Forgets networks that have their whole burst again, so that a flood of addresses does not stay in memory.
    pub fn forget_quiet(&self) {
        forget(&self.subscribers);
        forget(&self.sites);
        forget(&self.devices);
        forget(&self.labs);
    }

    fn passes<K: Hash + Eq + Clone>(&self, limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), Duration> {
        limiter.check_key(key).map_err(|until| self.wait(&until))
    }

    fn wait(&self, until: &NotUntil<governor::clock::QuantaInstant>) -> Duration {
        until.wait_time_from(self.clock.now())
    }
}

fn quota(rate: Rate) -> Quota {
    let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    Quota::per_minute(at_least_one(rate.per_minute)).allow_burst(at_least_one(rate.burst))
}

fn forget<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>) {
    limiter.retain_recent();
    limiter.shrink_to_fit();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crypto::token::{PlainToken, TokenKind};
    use kernel::entropy::SystemEntropy;

    fn client(text: &str) -> ClientAddress {
        ClientAddress::of_peer(text.parse().unwrap())
    }

    #[test]
    fn one_network_is_slowed_and_another_is_not() {
        let throttle = NetworkThrottle::new(&Throttle {
            network_burst: 3,
            network_per_minute: 1,
            ..Throttle::default()
        });
        let admit = |text: &str| throttle.admit(client(text), Way::Unguessable);
        for _ in 0..3 {
            assert_eq!(admit("2001:db8::1"), Ok(()));
        }
        let wait = admit("2001:db8::2").unwrap_err();
        assert!(
            wait > Duration::from_secs(50) && wait <= Duration::from_secs(60),
            "{wait:?}"
        );
        assert_eq!(admit("192.0.2.1"), Ok(()));
        throttle.forget_quiet();
        assert!(admit("2001:db8::1").is_err(), "a busy network is not forgotten");
    }

    #[test]
    fn a_slash_48_is_one_site() {
        let throttle = NetworkThrottle::new(&Throttle {
            network_burst: 2,
            network_per_minute: 1,
            ..Throttle::default()
        });
        let passed = (0..100)
            .filter(|subscriber| {
                let address = client(&format!("2001:db8:1:{subscriber:x}::1"));
                throttle.admit(address, Way::Unguessable).is_ok()
            })
            .count();
        assert_eq!(passed, 2 * 4, "four subscribers' worth");
        assert_eq!(throttle.admit(client("2001:db8:2::1"), Way::Unguessable), Ok(()));
    }

    #[test]
    fn strangers_share_a_labs_room_and_take_none_of_the_others() {
        let throttle = NetworkThrottle::new(&Throttle {
            lab_per_minute: 5,
            ..Throttle::default()
        });
        let (lab, other): (LabId, LabId) = ("port".parse().unwrap(), "gare".parse().unwrap());
        let strangers = |lab: &LabId| {
            let from = |n: &u32| client(&format!("198.51.100.{n}"));
            (0..20)
                .filter(|n| throttle.admit(from(n), Way::Stranger(lab)).is_ok())
                .count()
        };
        assert_eq!(strangers(&lab), 5);
        assert_eq!(strangers(&other), 5);
        let home = client("192.0.2.7");
        let token = PlainToken::generate(TokenKind::Device, &SystemEntropy).hashed();
        assert_eq!(throttle.admit(home, Way::KnownDevice(token)), Ok(()));
        assert_eq!(throttle.admit(home, Way::Unguessable), Ok(()));
    }
}
