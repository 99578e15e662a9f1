//! `[server]`, `[tls]` and `[keyring]`: where we listen and with which files.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

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
    /// Endpoints that clients call themselves, for those that show a certificate; over TLS.
    #[serde(default)]
    pub mtls_listen: Option<SocketAddr>,
    /// PEM: who may sign the certificates of clients.
    #[serde(default)]
    pub mtls_client_ca_file: Option<PathBuf>,
    /// The port by which clients reach it, where that is another.
    #[serde(default)]
    pub mtls_public_port: Option<u16>,
    /// Proxies whose word about the visitor's address is trusted.
    #[serde(default)]
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which they write it. Not given: `X-Forwarded-For`, and where there is none, `Forwarded`.
    #[serde(default)]
    pub client_header: Option<ClientHeader>,
    /// Time given to running requests when asked to stop.
    #[serde(default = "default_shutdown_seconds")]
    pub shutdown_seconds: u64,
    /// Worker threads of the listener; 0 means one per core.
    #[serde(default)]
    pub workers: usize,
    /// Connections of the public listener, over all workers; no more requests are worked on at once.
    #[serde(default = "default_max_connections")]
    pub max_connections: usize,
    /// Of one client network (IPv4 address, IPv6 /64); trusted proxies have no such limit.
    #[serde(default = "default_connections_per_network")]
    pub connections_per_network: usize,
    /// A TLS handshake, or a header from its first byte to its last.
    #[serde(default = "default_head_seconds")]
    pub head_seconds: u64,
    /// A form from its first byte to its last.
    #[serde(default = "default_form_seconds")]
    pub form_seconds: u64,
    /// How long an upload may stand still, and how long an answer may stay unread.
    #[serde(default = "default_stall_seconds")]
    pub stall_seconds: u64,
    /// How long a connection stays open without a request.
    #[serde(default = "default_keep_alive_seconds")]
    pub keep_alive_seconds: u64,
    /// Attempts of strangers worked on at once, at most.
    #[serde(default = "default_strangers_at_once")]
    pub strangers_at_once: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientHeader {
    XForwardedFor,
    /// RFC 7239.
    Forwarded,
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

fn default_max_connections() -> usize {
    8_192
}

fn default_connections_per_network() -> usize {
    512
}

fn default_head_seconds() -> u64 {
    10
}

fn default_form_seconds() -> u64 {
    30
}

fn default_stall_seconds() -> u64 {
    60
}

fn default_keep_alive_seconds() -> u64 {
    75
}

fn default_strangers_at_once() -> u32 {
    64
}

impl Server {
    pub fn head(&self) -> Duration {
        Duration::from_secs(self.head_seconds)
    }

    pub fn form(&self) -> Duration {
        Duration::from_secs(self.form_seconds)
    }

    pub fn stall(&self) -> Duration {
        Duration::from_secs(self.stall_seconds)
    }

    pub fn keep_alive(&self) -> Duration {
        Duration::from_secs(self.keep_alive_seconds)
    }

    /// The port of the listener that asks for certificates, as clients know it.
    pub fn mtls_port(&self) -> Option<u16> {
        self.mtls_listen
            .map(|address| self.mtls_public_port.unwrap_or(address.port()))
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if self.listen == self.internal_listen && self.listen.port() != 0 {
            problems.add(
                "[server] internal_listen",
                "it is the public address",
                "give the internal listener an address that the public cannot reach",
            );
        }
        if self.mtls_listen.is_some() != self.mtls_client_ca_file.is_some() {
            problems.add(
                "[server] mtls_listen, mtls_client_ca_file",
                "one of them is missing",
                "give both, or neither if no client uses a certificate",
            );
        }
        self.check_limits(problems);
        for net in self.trusted_proxies.iter().filter(|net| net.prefix_len() == 0) {
            problems.add(
                "[server] trusted_proxies",
                format!("{net} would let anyone choose their own address"),
                "list only the networks of your own proxies",
            );
        }
    }

    fn check_limits(&self, problems: &mut Problems) {
        let seconds = [
            ("head_seconds", self.head_seconds),
            ("form_seconds", self.form_seconds),
            ("stall_seconds", self.stall_seconds),
            ("keep_alive_seconds", self.keep_alive_seconds),
        ];
        for (key, _) in seconds.iter().filter(|(_, value)| !(1..=600).contains(value)) {
            let place = format!("[server] {key}");
            problems.add(place, "outside 1 to 600", "the default suits a slow phone");
        }
        let counts = [
            ("max_connections", self.max_connections),
            ("connections_per_network", self.connections_per_network),
            ("strangers_at_once", self.strangers_at_once as usize),
        ];
        for (key, _) in counts.iter().filter(|(_, value)| !(1..=1_000_000).contains(value)) {
            let place = format!("[server] {key}");
            problems.add(place, "outside 1 to 1000000", "0 would refuse everyone");
        }
    }
}
