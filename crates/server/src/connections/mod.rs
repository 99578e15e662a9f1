//! Every connection of a listener is tracked from its first byte to its last: how many there are and from where, what
//! is under way on them, and whether the other side reads what it requested. Actix ends a first header that does not
//! end and an idle HTTP/1.1 connection; later headers, idle HTTP/2 connections and unread answers it leaves open
//! for ever.

mod connection;
mod middleware;
mod verdict;

use std::any::Any;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use ipnet::IpNet;

use connection::Connection;
pub use middleware::tracked;
pub use verdict::Patience;
use verdict::{is_crowded, verdict};

use kernel::client_address::{ClientAddress, ClientNetwork};
use kernel::clock::Stopwatch;
use machinery::metrics::{CutFor, Metrics};

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections, and requests over all of them.
    pub most: usize,
    pub per_network: usize,
    pub patience: Patience,
}

/// The connections of one listener.
#[derive(Debug)]
pub struct Connections {
    limits: Limits,
    /// Peers whose connections are not counted by network: they carry everyone's.
    proxies: Vec<IpNet>,
    metrics: Arc<Metrics>,
    began: Stopwatch,
    next_id: AtomicU64,
    requests: AtomicUsize,
    open: Mutex<OpenConnections>,
}

#[derive(Debug, Default)]
struct OpenConnections {
    connections: HashMap<u64, Weak<Connection>>,
    networks: HashMap<ClientNetwork, usize>,
}

impl Connections {
    pub fn new(limits: Limits, proxies: Vec<IpNet>, metrics: Arc<Metrics>) -> Arc<Self> {
        Arc::new(Self {
            limits,
            proxies,
            metrics,
            began: Stopwatch::start(),
            next_id: AtomicU64::new(0),
            requests: AtomicUsize::new(0),
            open: Mutex::default(),
        })
    }

    /// For actix's `on_connect`: what it puts into `data` lives as long as the connection.
    pub fn opened(self: &Arc<Self>, io: &dyn Any, data: &mut Extensions) {
        let tls = io.downcast_ref::<TlsStream<TcpStream>>();
        let tcp = tls.map(|tls| tls.get_ref().0).or_else(|| io.downcast_ref());
        let Some(tcp) = tcp else { return };
        let peer = tcp.peer_addr().ok().map(|peer| peer.ip().to_canonical());
        let network = peer.and_then(|peer| self.counted(peer));
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let connection = Arc::new(Connection::new(self, id, network, tcp));
        let mut open = self.open();
        open.connections.insert(id, Arc::downgrade(&connection));
        let of_network = network.map(|network| {
            let count = open.networks.entry(network).or_default();
            *count += 1;
            *count
        });
        drop(open);
        if of_network.is_some_and(|count| count > self.limits.per_network) {
            self.metrics.connection_cut(CutFor::network);
            connection.cut();
        }
        data.insert(connection);
    }

    /// Cuts what has stalled for too long; to be called again and again.
    pub fn look_around(&self) {
        let connections: Vec<_> = self.open().connections.values().filter_map(Weak::upgrade).collect();
        let (now, crowded) = (self.now(), is_crowded(connections.len(), self.limits.most));
        for connection in connections {
            if let Some(cause) = verdict(connection.seen(now), self.limits.patience, crowded) {
                self.metrics.connection_cut(cause);
                connection.cut();
            }
        }
    }

    fn counted(&self, peer: IpAddr) -> Option<ClientNetwork> {
        let is_proxy = self.proxies.iter().any(|net| net.contains(&peer));
        (!is_proxy).then(|| ClientAddress::of_peer(peer).network())
    }

    fn ended(&self, id: u64, network: Option<ClientNetwork>) {
        let mut open = self.open();
        open.connections.remove(&id);
        let Some(network) = network else { return };
        let left = open.networks.get_mut(&network).map(|count| {
            *count = count.saturating_sub(1);
            *count
        });
        if left == Some(0) {
            open.networks.remove(&network);
        }
    }

    fn take_request(&self) -> bool {
        let one_more = |taken: usize| (taken < self.limits.most).then_some(taken + 1);
        let taken = &self.requests;
        taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
            .is_ok()
    }

    fn give_request_back(&self) {
        self.requests.fetch_sub(1, Ordering::Relaxed);
    }

    /// Milliseconds since it began.
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn open(&self) -> std::sync::MutexGuard<'_, OpenConnections> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
