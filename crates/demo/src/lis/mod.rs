//! The sample LIS: the kind of result server that laboratories really run, faults included, for the demo and the tests.
//!
//! It has no login. Record numbers are in its paths and queries, and anyone who changes the number reads another file.
//! It redirects to its own private address, sets cookies for a domain of its own, and lets every page be cached. All of
//! that is on purpose: the gate in front of it has to make it safe without changing it. It listens on loopback only.

mod analyses;
mod assertion;
mod document;
mod handlers;
mod pages;
mod pdf;
mod range;
mod record;
mod reports;
mod routes;
mod session;
mod shared;
mod values;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};

use kernel::entropy::SharedEntropy;

pub use assertion::{AssertionKeys, HEADER as ASSERTION_HEADER};
pub use pdf::SIZE as DOCUMENT_SIZE;
pub use record::Patient;

/// What the sample LIS starts with.
#[derive(Debug)]
pub struct Settings {
    /// A loopback address; port 0 picks a free one.
    pub address: SocketAddr,
    /// The people whose names it knows. Any other record number has results too, under no name.
    pub patients: Vec<Patient>,
    /// What it verifies the gate's assertion with. Without it, it believes the assertion and says so on its pages.
    pub assertion_keys: Option<AssertionKeys>,
    pub entropy: SharedEntropy,
}

/// A running sample LIS. It continues until [`Lis::stop`] or the end of the process.
#[derive(Debug)]
pub struct Lis {
    address: SocketAddr,
    handle: ServerHandle,
}

impl Lis {
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address that its redirects name, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends it once the answers under way are out.
    pub async fn stop(self) {
        self.handle.stop(true).await;
    }
}

/// Starts the sample LIS in the current Tokio runtime.
///
/// # Errors
/// When the address is not loopback (it has no login, so it must not be reachable) or is taken.
pub async fn start(settings: Settings) -> io::Result<Lis> {
    if !settings.address.ip().is_loopback() {
        let message = "the sample LIS has no login: it listens on a loopback address only";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let listener = std::net::TcpListener::bind(settings.address)?;
    let address = listener.local_addr()?;
    let shared = web::Data::from(Arc::new(shared::Shared::new(settings, address)));
    let server = HttpServer::new(move || App::new().app_data(shared.clone()).configure(routes::configure))
        .workers(1)
        .shutdown_timeout(5)
        .disable_signals()
        .listen(listener)?
        .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(Lis { address, handle })
}

#[cfg(test)]
mod tests;
