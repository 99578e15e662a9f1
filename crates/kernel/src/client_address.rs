//! Who is knocking: the address that throttling counts, read through the proxies we were told to trust and no others.

use std::fmt;
use std::net::{AddrParseError, IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;

/// Where a request comes from; an IPv4 address that is written as IPv6 is the IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

/// An entry of a trusted proxy that is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreadableHop {
    /// The proxy nearest to the visitor whose own address is known.
    pub written_by: ClientAddress,
}

/// What one subscriber holds, an IPv4 address or an IPv6 /64; or a site of subscribers, an IPv6 /48.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientNetwork(IpAddr);

/// One proxy's word about who asked it; nothing where it is not an address (`unknown`, a made-up name, nonsense).
pub type Hop = Option<IpAddr>;

/// Entries of `X-Forwarded-For` in the order received, as proxies write them: bare, with a port, bracketed, quoted.
pub fn x_forwarded_for<'a>(values: impl Iterator<Item = &'a str>) -> Vec<Hop> {
    values.flat_map(|value| value.split(',')).map(hop).collect()
}

fn hop(entry: &str) -> Hop {
    let entry = entry.trim();
    let entry = entry
        .strip_prefix('"')
        .and_then(|quoted| quoted.strip_suffix('"'))
        .unwrap_or(entry);
    if let Ok(with_port) = entry.parse::<SocketAddr>() {
        return Some(with_port.ip());
    }
    match entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(bracketed) => bracketed.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => entry.parse().ok(),
    }
}

/// Entries of `Forwarded` (RFC 7239) in the order received.
pub fn forwarded<'a>(values: impl Iterator<Item = &'a str>) -> Vec<Hop> {
    values
        .flat_map(rfc7239::parse)
        .map(|element| element.ok()?.forwarded_for?.ip().copied())
        .collect()
}

impl ClientAddress {
    /// `hops`: in the order received. They are read from the right, and only as far as the chain of trusted proxies
    /// reaches: what a stranger wrote on the left is never believed.
    ///
    /// # Errors
    /// A trusted proxy's own entry cannot be read. Nothing on its left is believed either: the proxy's address is all
    /// that is known.
    pub fn resolve(peer: IpAddr, hops: &[Hop], trusted_proxies: &[IpNet]) -> Result<Self, UnreadableHop> {
        let trusted = |ip: &IpAddr| trusted_proxies.iter().any(|net| net.contains(ip));
        let mut address = peer.to_canonical();
        for hop in hops.iter().rev() {
            if !trusted(&address) {
                break;
            }
            match hop {
                Some(ip) => address = ip.to_canonical(),
                None => {
                    return Err(UnreadableHop {
                        written_by: Self(address),
                    });
                }
            }
        }
        Ok(Self(address))
    }

    /// Who holds the other end of the connection.
    pub fn of_peer(peer: IpAddr) -> Self {
        Self(peer.to_canonical())
    }

    /// What is counted for this address: itself, or the /64 around an IPv6 address.
    pub fn network(self) -> ClientNetwork {
        match self.0 {
            IpAddr::V4(_) => ClientNetwork(self.0),
            IpAddr::V6(v6) => ClientNetwork(IpAddr::V6(prefix(v6, 64))),
        }
    }

    /// The /48 around an IPv6 address; IPv4 addresses are scarce enough one by one.
    pub fn site(self) -> Option<ClientNetwork> {
        match self.0 {
            IpAddr::V4(_) => None,
            IpAddr::V6(v6) => Some(ClientNetwork(IpAddr::V6(prefix(v6, 48)))),
        }
    }
}

fn prefix(address: Ipv6Addr, bits: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & !(u128::MAX >> bits))
}

impl FromStr for ClientAddress {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Self, AddrParseError> {
        text.parse().map(|ip: IpAddr| Self(ip.to_canonical()))
    }
}

/// As [`ClientAddress::network`] makes it.
impl fmt::Display for ClientNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(v4) => v4.fmt(f),
            IpAddr::V6(v6) => write!(f, "{v6}/64"),
        }
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(peer: &str, hops: &[Hop], trusted: &[&str]) -> String {
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        match ClientAddress::resolve(peer.parse().unwrap(), hops, &trusted) {
            Ok(address) => address.to_string(),
            Err(unreadable) => format!("written by {}", unreadable.written_by),
        }
    }

    fn resolve(peer: &str, values: &[&str], trusted: &[&str]) -> String {
        resolved(peer, &x_forwarded_for(values.iter().copied()), trusted)
    }

    #[test]
    fn a_stranger_cannot_choose_an_address() {
        assert_eq!(resolve("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(
            resolve("203.0.113.9", &["198.51.100.1"], &["10.0.0.0/8"]),
            "203.0.113.9"
        );
    }

    #[test]
    fn the_chain_is_read_from_the_right_as_far_as_it_is_trusted() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(resolve("10.0.0.1", &["1.1.1.1, 203.0.113.9"], &trusted), "203.0.113.9");
        assert_eq!(
            resolve("10.0.0.1", &["1.1.1.1", "203.0.113.9, 10.0.0.2"], &trusted),
            "203.0.113.9"
        );
        assert_eq!(resolve("::ffff:10.0.0.1", &["2001:db8::7"], &trusted), "2001:db8::7");
    }

    #[test]
    fn entries_are_read_as_proxies_write_them() {
        for (value, address) in [
            ("198.51.100.1:40000", "198.51.100.1"),
            ("203.0.113.9:1, 198.51.100.1:65535", "198.51.100.1"),
            ("\"198.51.100.1:40000\"", "198.51.100.1"),
            ("garbage,\t198.51.100.1:40000 ", "198.51.100.1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("\"[2001:db8::1]:443\"", "2001:db8::1"),
            ("[::ffff:198.51.100.1]:443", "198.51.100.1"),
        ] {
            assert_eq!(resolve("10.0.0.1", &[value], &["10.0.0.0/8"]), address, "{value}");
        }
        for value in [
            "nonsense",
            "198.51.100.1, nonsense",
            "198.51.100.1,",
            "198.51.100.1:99999",
            "198.51.100.1:",
            "[198.51.100.1]",
            "2001:db8::1]:443",
            "\"198.51.100.1",
            "unknown",
        ] {
            let wrong = resolve("10.0.0.1", &[value], &["10.0.0.0/8"]);
            assert_eq!(wrong, "written by 10.0.0.1", "{value}");
        }
    }

    #[test]
    fn the_standard_header_is_read_by_the_same_rule() {
        let of = |values: &[&str]| resolved("10.0.0.1", &forwarded(values.iter().copied()), &["10.0.0.0/8"]);
        assert_eq!(of(&["for=198.51.100.1;proto=https"]), "198.51.100.1");
        assert_eq!(of(&["for=203.0.113.9, for=198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            of(&["for=203.0.113.9", "for=198.51.100.1, for=10.0.0.2"]),
            "198.51.100.1"
        );
        assert_eq!(of(&["For=\"[2001:db8::1]:4711\""]), "2001:db8::1");
        assert_eq!(of(&["for=198.51.100.1:40000;by=203.0.113.43"]), "198.51.100.1");
        for unreadable in [
            "for=198.51.100.1, for=unknown",
            "for=_hidden",
            "proto=https",
            "for=1.2.3.4.5",
            ";",
        ] {
            assert_eq!(of(&[unreadable]), "written by 10.0.0.1", "{unreadable}");
        }
    }

    #[test]
    fn an_ipv6_subscriber_is_a_slash_64() {
        let of = |text: &str| ClientAddress(text.parse().unwrap()).network();
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("2001:db8:1:2::1").to_string(), "2001:db8:1:2::/64");
        assert_eq!(of("192.0.2.1").to_string(), "192.0.2.1");
        let site = |text: &str| ClientAddress(text.parse().unwrap()).site();
        assert_eq!(site("2001:db8:1:2::1"), site("2001:db8:1:ffff::1"));
        assert_ne!(site("2001:db8:1:2::1"), site("2001:db8:2:2::1"));
        assert_eq!(site("192.0.2.1"), None);
    }
}
