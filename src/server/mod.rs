//! Puts the house together and keeps it open: listeners, certificates, background jobs, shutdown.

mod certificates;
mod hosts;
mod jobs;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::Data;
use actix_web::{App as ActixApp, HttpServer};
use tokio::task::JoinHandle;

pub use certificates::CertificateProblem;

use crate::config::Problems;
use crate::corpus::CorpusProblem;
use crate::i18n::Texts;
use crate::server::certificates::Certificates;
use crate::service::Core;
use crate::service::network_throttle::NetworkThrottle;
use crate::web::kit::App;
use crate::web::kit::faces::{FaceFault, Faces};
use crate::web::{desk, internal};

/// A header, from its first byte to its last.
const SLOWEST_HEAD: std::time::Duration = std::time::Duration::from_secs(10);

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
    Texts(#[from] crate::i18n::TextsError),
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
    handles: [ServerHandle; 2],
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
    let certificates = Arc::new(Certificates::load(&config.tls)?);
    let app = Data::new(App {
        throttle: NetworkThrottle::new(&config.throttle),
        faces: Faces::of(&config)?,
        texts: Texts::load()?,
        core: core.clone(),
    });
    let sites = hosts::sites(&core)?;
    let internal = serve_internal(app.clone(), hosts::drafts(&sites), internal)?;
    let public = serve_public(app.clone(), sites, public, &certificates)?;
    let handles = [public.handle(), internal.handle()];
    let mut tasks = jobs::start(&core, app, certificates);
    for server in [public, internal] {
        tasks.push(tokio::spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "a listener ended");
            }
        }));
    }
    Ok(Running {
        public: public_address,
        internal: internal_address,
        handles,
        tasks,
        core,
    })
}

impl Running {
    /// Lets running requests finish, within the time the configuration gives them, then closes everything.
    pub async fn stop(self) {
        let [public, internal] = self.handles;
        public.stop(true).await;
        internal.stop(true).await;
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
    Ok(listener)
}

fn serve_public(
    app: Data<App>,
    sites: hosts::Sites,
    listener: TcpListener,
    certificates: &Arc<Certificates>,
) -> Result<Server, StartError> {
    let config = Arc::clone(&app.core.config);
    let tls = certificates.server_config()?;
    let lists = Data::new(desk::UnderWay::default());
    let server = HttpServer::new(move || {
        let sites = sites.clone();
        ActixApp::new()
            .app_data(app.clone())
            .app_data(lists.clone())
            .wrap(hosts::transport_security(&app))
            .configure(|service| {
                hosts::configure(service, &sites);
            })
    });
    Ok(server
        .workers(workers(config.server.workers))
        .client_request_timeout(SLOWEST_HEAD)
        .shutdown_timeout(config.server.shutdown_seconds)
        .disable_signals()
        .listen_rustls_0_23(listener, tls)?
        .run())
}

fn serve_internal(app: Data<App>, drafts: internal::Drafts, listener: TcpListener) -> Result<Server, StartError> {
    let server = HttpServer::new(move || {
        let drafts = drafts.clone();
        ActixApp::new()
            .app_data(app.clone())
            .configure(|service| internal::configure(service, drafts))
    });
    Ok(server
        .workers(1)
        .shutdown_timeout(1)
        .disable_signals()
        .listen(listener)?
        .run())
}

fn workers(configured: usize) -> usize {
    if configured > 0 {
        return configured;
    }
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}
