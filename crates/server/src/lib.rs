//! Puts the house together and keeps it open: listeners, certificates, background jobs, shutdown.

mod certificates;
mod connections;
mod descriptors;
mod hosts;
mod jobs;
mod mutual;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App as ActixApp, HttpServer};
use tokio::task::JoinHandle;

pub use certificates::CertificateProblem;

use crate::certificates::Certificates;
use crate::connections::{Connections, Patience, tracked};
use config::Problems;
use corpus::CorpusProblem;
use i18n::Texts;
use machinery::minute::OncePerMinute;
use machinery::network_throttle::NetworkThrottle;
use service::Core;
use web::kit::App;
use web::kit::faces::{FaceFault, Faces};
use web::kit::floor::Floor;
use web::proxy::forward_auth;
use web::{desk, idp, internal};

/// Connections that wait to be accepted: a crowd that comes at once.
const BACKLOG: i32 = 1_024;
/// This many bytes of an answer (the kernel doubles it) may be out of our hands before the other side has read them. It
/// bounds what a reader that stalls costs, and lets progress be seen of one that is merely slow.
const SEND_BUFFER: usize = 128 * 1024;
/// Those who ask there are few and near.
const INTERNAL_CONNECTIONS: usize = 256;

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("[server] {key} {address}: {error}")]
    Listen {
        key: &'static str,
        address: SocketAddr,
        error: io::Error,
    },
    #[error(transparent)]
    Certificate(#[from] CertificateProblem),
    #[error("[corpus] file {0}")]
    Corpus(#[from] CorpusProblem),
    #[error("[[lab]]: {0}")]
    Lab(#[from] FaceFault),
    #[error("texts: {0}")]
    Texts(#[from] i18n::TextsError),
    #[error("[[site]]: {0}")]
    Site(String),
    #[error("starting the server: {0}")]
    Io(#[from] io::Error),
}

impl StartError {
    pub fn problem(&self) -> Problems {
        let remedy = match self {
            Self::Listen { .. } => "stop the program that listens there, or choose another address",
            Self::Certificate(_) => "check that both files are there, readable, PEM, and belong together",
            Self::Corpus(problem) => problem.remedy(),
            Self::Lab(_) => "write an IANA time zone such as Europe/Paris, and a portal with a host name",
            Self::Site(_) => "correct the rule; config/vestibule.toml shows how they are written",
            Self::Texts(_) | Self::Io(_) => "report this: it is a fault of the program or of the machine",
        };
        Problems::one("server", self.to_string(), remedy)
    }
}

/// A server that is up.
#[derive(Debug)]
pub struct Running {
    pub public: SocketAddr,
    pub internal: SocketAddr,
    /// Where clients show a certificate.
    pub mutual: Option<SocketAddr>,
    handles: Vec<ServerHandle>,
    tasks: Vec<JoinHandle<()>>,
    core: Core,
}

/// Opens both listeners and answers from then on.
///
/// # Errors
/// An address is taken, or the certificate or the corpus cannot be used.
pub fn start(core: Core) -> Result<Running, StartError> {
    core.known_passwords.load()?;
    let config = Arc::clone(&core.config);
    let public = listen("listen", config.server.listen)?;
    let internal = listen("internal_listen", config.server.internal_listen)?;
    let (public_address, internal_address) = (public.local_addr()?, internal.local_addr()?);
    let mutual = config.server.mtls_listen;
    let mutual = mutual.map(|address| listen("mtls_listen", address)).transpose()?;
    let mutual_address = mutual.as_ref().map(TcpListener::local_addr).transpose()?;
    let certificates = Arc::new(Certificates::load(&config.tls)?);
    let app = Data::new(App {
        throttle: NetworkThrottle::new(&config.throttle),
        floor: Floor::new(config.sign_in.refusal_floor()),
        faces: Faces::of(&config)?,
        texts: Texts::load()?,
        core: core.clone(),
        unreadable_addresses: OncePerMinute::default(),
        unanswered_questions: OncePerMinute::default(),
    });
    let sites = hosts::sites(&core)?;
    descriptors::raise(config.server.max_connections);
    let tracked = [
        connections_of(&app, config.server.max_connections),
        connections_of(&app, INTERNAL_CONNECTIONS),
        connections_of(&app, mutual::CONNECTIONS),
    ];
    let [of_public, of_internal, of_mutual] = &tracked;
    let internal = serve_internal(app.clone(), &sites, internal, of_internal)?;
    let public = serve_public(app.clone(), sites, public, &certificates, of_public)?;
    let mut servers = vec![public, internal];
    if let (Some(listener), Some(authorities)) = (mutual, &config.server.mtls_client_ca_file) {
        servers.push(mutual::serve(
            app.clone(),
            listener,
            &certificates,
            authorities,
            of_mutual,
        )?);
    }
    let handles = servers.iter().map(Server::handle).collect();
    let mut tasks = jobs::start(&core, app, certificates);
    tasks.extend(tracked.map(jobs::cut_stalled));
    for server in servers {
        tasks.push(tokio::spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "a listener ended");
            }
        }));
    }
    Ok(Running {
        public: public_address,
        internal: internal_address,
        mutual: mutual_address,
        handles,
        tasks,
        core,
    })
}

impl Running {
    /// Lets running requests finish, within the time the configuration gives them, then closes everything.
    pub async fn stop(self) {
        for listener in self.handles {
            listener.stop(true).await;
        }
        for task in self.tasks {
            task.abort();
        }
        self.core.db.close().await;
    }
}

fn listen(key: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    let refused = |error| StartError::Listen { key, address, error };
    let listener = TcpListener::bind(address).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    rustix::net::listen(&listener, BACKLOG).map_err(|error| refused(error.into()))?;
    // Accepted sockets have it from here.
    rustix::net::sockopt::set_socket_send_buffer_size(&listener, SEND_BUFFER).map_err(|error| refused(error.into()))?;
    Ok(listener)
}

fn serve_public(
    app: Data<App>,
    sites: hosts::Sites,
    listener: TcpListener,
    certificates: &Arc<Certificates>,
    connections: &Arc<Connections>,
) -> Result<Server, StartError> {
    let config = Arc::clone(&app.core.config);
    let tls = certificates.server_config()?;
    let lists = Data::new(desk::UnderWay::default());
    let documents = idp::Documents::of(&config);
    let server = HttpServer::new(move || {
        let (sites, documents) = (sites.clone(), documents.clone());
        ActixApp::new()
            .app_data(app.clone())
            .app_data(lists.clone())
            .wrap(from_fn(tracked))
            .wrap(hosts::transport_security(&app))
            .configure(|service| {
                hosts::configure(service, &sites, &documents);
            })
    });
    let (limits, workers, connections) = (&config.server, workers(config.server.workers), Arc::clone(connections));
    Ok(server
        .workers(workers)
        .max_connections(limits.max_connections.div_ceil(workers))
        .tls_handshake_timeout(limits.head())
        .client_request_timeout(limits.head())
        .client_disconnect_timeout(limits.stall())
        .keep_alive(limits.keep_alive())
        .on_connect(move |io, data| connections.opened(io, data))
        .shutdown_timeout(config.server.shutdown_seconds)
        .disable_signals()
        .listen_rustls_0_23(listener, tls)?
        .run())
}

fn serve_internal(
    app: Data<App>,
    sites: &hosts::Sites,
    listener: TcpListener,
    connections: &Arc<Connections>,
) -> Result<Server, StartError> {
    let limits = app.core.config.server.clone();
    let (connections, sites, drafts) = (Arc::clone(connections), Arc::clone(sites), hosts::drafts(sites));
    let server = HttpServer::new(move || {
        let (sites, drafts) = (Arc::clone(&sites), drafts.clone());
        ActixApp::new()
            .app_data(app.clone())
            .wrap(from_fn(tracked))
            .configure(|service| {
                internal::configure(service, drafts);
                forward_auth::configure(service, &sites);
            })
    });
    Ok(server
        .workers(1)
        .max_connections(INTERNAL_CONNECTIONS)
        .client_request_timeout(limits.head())
        .client_disconnect_timeout(limits.stall())
        .keep_alive(limits.keep_alive())
        .on_connect(move |io, data| connections.opened(io, data))
        .shutdown_timeout(1)
        .disable_signals()
        .listen(listener)?
        .run())
}

fn connections_of(app: &App, most: usize) -> Arc<Connections> {
    let server = &app.core.config.server;
    let limits = connections::Limits {
        most,
        per_network: server.connections_per_network,
        patience: Patience {
            // Actix ends an idle connection of HTTP/1.1 in its own, more polite way.
            idle: server.keep_alive() + Duration::from_secs(1),
            stall: server.stall(),
        },
    };
    Connections::new(limits, server.trusted_proxies.clone(), Arc::clone(&app.core.metrics))
}

fn workers(configured: usize) -> usize {
    if configured > 0 {
        return configured;
    }
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}
