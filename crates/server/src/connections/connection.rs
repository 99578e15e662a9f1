//! One connection, as far as it is tracked: its socket once more, to cut it, and what is under way on it.

use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Connections;
use super::verdict::Activity;
use kernel::client_address::ClientNetwork;
use machinery::metrics::ShedFrom;

/// A browser opens a hundred at once at most; an actix server cannot announce a limit of its own.
const MOST_STREAMS: usize = 128;
/// Of a [`Flow`] that does not wait for the other side.
const MOVING: u64 = u64::MAX;

/// The wait for the other side, of each request under way: when it began.
type Waits = Vec<Arc<AtomicU64>>;

#[derive(Debug)]
pub struct Connection {
    connections: Arc<Connections>,
    id: u64,
    /// None for a proxy's, which are not counted.
    network: Option<ClientNetwork>,
    socket: Option<TcpStream>,
    under_way: Mutex<Waits>,
    /// When the last request ended, or the connection began.
    idle_since: AtomicU64,
}

/// A request under way, until its answer has been handed over.
#[derive(Debug)]
pub struct Flow {
    connection: Arc<Connection>,
    waits_since: Arc<AtomicU64>,
}

impl Connection {
    pub fn new(connections: &Arc<Connections>, id: u64, network: Option<ClientNetwork>, socket: &impl AsFd) -> Self {
        // Without a free descriptor it cannot be cut; it is counted all the same.
        let socket = socket.as_fd().try_clone_to_owned().ok().map(TcpStream::from);
        Self {
            connections: Arc::clone(connections),
            id,
            network,
            socket,
            under_way: Mutex::default(),
            idle_since: AtomicU64::new(connections.now()),
        }
    }

    /// `None` if so many are in progress, on this connection or in all, that no further one is started.
    pub fn begin(self: &Arc<Self>) -> Option<Flow> {
        let waits_since = Arc::new(AtomicU64::new(MOVING));
        let mut under_way = self.under_way();
        if under_way.len() >= MOST_STREAMS || !self.connections.take_request() {
            self.connections.metrics.shed(ShedFrom::listener);
            return None;
        }
        under_way.push(Arc::clone(&waits_since));
        drop(under_way);
        Some(Flow {
            connection: Arc::clone(self),
            waits_since,
        })
    }

    pub fn seen(&self, now: u64) -> Activity {
        let since = |then: u64| Duration::from_millis(now.saturating_sub(then));
        let under_way = self.under_way();
        if under_way.is_empty() {
            return Activity::Idle(since(self.idle_since.load(Ordering::Relaxed)));
        }
        let waits = under_way.iter().map(|wait| wait.load(Ordering::Relaxed));
        Activity::Busy(waits.filter(|wait| *wait != MOVING).min().map(since))
    }

    /// At once and with all that is still to be sent; the code that works on it finds it closed.
    pub fn cut(&self) {
        if let Some(socket) = &self.socket {
            // Neither fails but for a connection that is closed already.
            let _ = rustix::net::sockopt::set_socket_linger(socket, Some(Duration::ZERO));
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    fn under_way(&self) -> std::sync::MutexGuard<'_, Waits> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.connections.ended(self.id, self.network);
    }
}

impl Flow {
    /// A piece of the answer was handed over, and the next is requested when the other side has taken it.
    pub fn waits(&self) {
        self.waits_since
            .store(self.connection.connections.now(), Ordering::Relaxed);
    }

    /// A second, more or less: those who were refused together do not come back together. None for a proxy, whose
    /// connection is shared by everyone.
    pub fn rest(&self) -> Option<Duration> {
        let (shortest, spread) = (500, 1_001);
        let rest = Duration::from_millis(shortest + self.connection.id.wrapping_mul(617) % spread);
        self.connection.network.map(|_| rest)
    }

    /// Everything so far was taken; what comes next is not there yet.
    pub fn moves(&self) {
        self.waits_since.store(MOVING, Ordering::Relaxed);
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        let mut under_way = self.connection.under_way();
        under_way.retain(|wait| !Arc::ptr_eq(wait, &self.waits_since));
        if under_way.is_empty() {
            let now = self.connection.connections.now();
            self.connection.idle_since.store(now, Ordering::Relaxed);
        }
        drop(under_way);
        self.connection.connections.give_request_back();
    }
}
