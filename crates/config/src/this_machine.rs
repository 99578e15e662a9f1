//! Addresses to which nothing has to be encrypted.

use std::net::IpAddr;

use url::Url;

/// Whether what is sent to `url` stays on this machine.
pub fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
