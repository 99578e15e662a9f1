//! The listener that asks clients for a certificate (RFC 8705). It is separate from the one for browsers, which must
//! never be asked: they would ask the person which certificate to show.

use std::any::Any;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::{Extensions, Server};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::web::Data;
use actix_web::{App as ActixApp, HttpServer};

use super::{StartError, hosts, workers};
use crate::certificates::Certificates;
use crate::connections::{Connections, tracked};
use crypto::client_certificate::ClientCertificate;
use web::kit::App;

/// Servers of clients, which keep theirs open.
pub const CONNECTIONS: usize = 1_024;

pub fn serve(
    app: Data<App>,
    listener: TcpListener,
    certificates: &Arc<Certificates>,
    authorities: &Path,
    connections: &Arc<Connections>,
) -> Result<Server, StartError> {
    let limits = app.core.config.server.clone();
    let tls = certificates.mutual_server_config(authorities)?;
    let server = HttpServer::new(move || {
        ActixApp::new()
            .app_data(app.clone())
            .wrap(from_fn(tracked))
            .configure(hosts::configure_mutual)
    });
    let (workers, connections) = (workers(limits.workers), Arc::clone(connections));
    Ok(server
        .workers(workers)
        .max_connections(CONNECTIONS.div_ceil(workers))
        .tls_handshake_timeout(limits.head())
        .client_request_timeout(limits.head())
        .client_disconnect_timeout(limits.stall())
        .keep_alive(limits.keep_alive())
        .on_connect(move |io, data| {
            connections.opened(io, data);
            keep_certificate(io, data);
        })
        .shutdown_timeout(limits.shutdown_seconds)
        .disable_signals()
        .listen_rustls_0_23(listener, tls)?
        .run())
}

/// For the handlers, for as long as the connection lives.
fn keep_certificate(io: &dyn Any, data: &mut Extensions) {
    let tls = io.downcast_ref::<TlsStream<TcpStream>>();
    let chain = tls.and_then(|tls| tls.get_ref().1.peer_certificates());
    let leaf = chain.and_then(<[_]>::first);
    if let Some(certificate) = leaf.and_then(|leaf| ClientCertificate::parse(leaf)) {
        data.insert(certificate);
    }
}
