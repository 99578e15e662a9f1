//! Who is believed about a visitor's address.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Check;
use config::Config;

pub(super) fn examine(config: &Config) -> Vec<Check> {
    let proxies = &config.server.trusted_proxies;
    if proxies.is_empty() {
        return vec![Check::ok(
            "trusted proxies",
            "none: the peer's address is the visitor's",
        )];
    }
    let wide: Vec<String> = proxies
        .iter()
        .filter(|net| is_wide(net))
        .map(ToString::to_string)
        .collect();
    if wide.is_empty() {
        return vec![Check::ok("trusted proxies", format!("{} networks", proxies.len()))];
    }
    let what = format!(
        "{}: anyone in there can choose the address that throttling counts",
        wide.join(", ")
    );
    vec![Check::warning(
        "trusted proxies",
        what,
        "list only the addresses of your own proxies",
    )]
}

/// More than a private network of 65,536, or of one site.
fn is_wide(net: &IpNet) -> bool {
    match net {
        IpNet::V4(net) => net.prefix_len() < 8 || (net.prefix_len() < 16 && !is_private(IpAddr::V4(net.addr()))),
        IpNet::V6(net) => net.prefix_len() < 32,
    }
}

/// Not reachable from the Internet.
pub(super) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() || is_carrier_grade(v4)
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_unspecified(),
    }
}

fn is_carrier_grade(address: std::net::Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && (64..128).contains(&second)
}
