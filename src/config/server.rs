//! `[server]`, `[tls]` and `[keyring]`: where we listen and with which files.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use serde::Deserialize;

use super::Problems;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Portals and sites, over TLS.
    pub listen: SocketAddr,
    /// Metrics and probes, plain HTTP, never public.
    pub internal_listen: SocketAddr,
    /// Proxies whose `X-Forwarded-For` is believed.
    #[serde(default)]
    pub trusted_proxies: Vec<IpNet>,
    /// Time given to running requests when asked to stop.
    #[serde(default = "default_shutdown_seconds")]
    pub shutdown_seconds: u64,
    /// Worker threads of the listener; 0 means one per core.
    #[serde(default)]
    pub workers: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// PEM chain, leaf first. A replaced file is taken up without a restart.
    pub certificate_file: PathBuf,
    pub key_file: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keyring {
    pub file: PathBuf,
}

fn default_shutdown_seconds() -> u64 {
    20
}

impl Server {
    pub(super) fn check(&self, problems: &mut Problems) {
        if self.listen == self.internal_listen && self.listen.port() != 0 {
            problems.add(
                "[server] internal_listen",
                "it is the public address",
                "give the internal listener an address that the public cannot reach",
            );
        }
        for net in self.trusted_proxies.iter().filter(|net| net.prefix_len() == 0) {
            problems.add(
                "[server] trusted_proxies",
                format!("{net} would let anybody choose their own address"),
                "list only the networks of your own proxies",
            );
        }
    }
}
