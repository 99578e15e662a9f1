//! Who is believed about a visitor's address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use super::Check;
use config::Config;
use machinery::http_client::{self, Limits};

const METRICS: Limits = Limits {
    longest: Duration::from_secs(2),
    most: 1024 * 1024,
};

pub(super) async fn examine(config: &Config) -> Vec<Check> {
    let mut checks = proxies(config);
    checks.extend(unreadable(config.server.internal_listen).await);
    checks
}

/// What the running server has met; nothing where none runs, or where it does not answer this machine.
async fn unreadable(internal: SocketAddr) -> Option<Check> {
    let url = Url::parse(&format!("http://{}/metrics", reachable(internal))).ok()?;
    let answer = http_client::send(&url, None, http_client::get(&url).ok()?, METRICS)
        .await
        .ok()?;
    let text = String::from_utf8(answer.into_body()).ok()?;
    let count = text
        .lines()
        .find_map(|line| line.strip_prefix("vestibule_client_address_unreadable_total "))?;
    (count != "0").then(|| {
        let what = format!(
            "since the server started, a trusted proxy wrote no readable address for {count} requests: their visitors \
             count as one"
        );
        let remedy = "let the proxy write the address of its peer in X-Forwarded-For or Forwarded; set [server] \
                      client_header if it writes one of them and passes on the other";
        Check::warning("visitors' addresses", what, remedy)
    })
}

/// A listener on all addresses is asked on this machine's own.
fn reachable(listener: SocketAddr) -> SocketAddr {
    let ip = match listener.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listener.port())
}

fn proxies(config: &Config) -> Vec<Check> {
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
