//! A stand-in for the server around the gate: a visitor known by a cookie, refusals as bare statuses; and a LIS that
//! says what it was asked.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::dev::{Server, ServerHandle};
use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use futures_util::StreamExt as _;
use vestibule::config::site::SiteSection;
use vestibule::crypto::jose::SigningKey;
use vestibule::crypto::keyring::Keyring;
use vestibule::crypto::seal::Sealer;
use vestibule::domain::record::RecordNumber;
use vestibule::gate::decision::Refusal;
use vestibule::gate::visitor::Visitor;
use vestibule::kernel::client_address::ClientAddress;
use vestibule::kernel::clock::{Clock as _, SystemClock, Timestamp};
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::kernel::ids::{AccountId, SessionId};
use vestibule::web::proxy::{Asker, ProxyProblem, Site, SiteGate, forward};

pub const RULES: &str = r#"
[[rule]]
url = "/help/**"
requires = "public"
[[rule]]
url = "/records/{record}/**"
requires = "record"
[[rule]]
url = "/print?nr={record}"
requires = "record"
[[rule]]
url = "/form"
methods = ["POST"]
requires = "session"
[[rule]]
url = "/echo/**"
requires = "session"
"#;

pub fn key() -> SigningKey {
    SigningKey::derive(&[9; 32]).unwrap()
}

pub fn sealer() -> Sealer {
    let keyring = Keyring::generate(&SystemEntropy, Timestamp::from_seconds(1_000));
    Sealer::new(Arc::new(keyring), Arc::new(SystemEntropy))
}

pub struct Running {
    pub port: u16,
    handle: ServerHandle,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

impl Running {
    pub fn of(port: u16, server: Server) -> Self {
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { port, handle }
    }
}

pub fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// A gate in front of `upstream` with one second of patience.
pub fn gate(upstream: u16) -> Running {
    gate_with(upstream, "enforce", RULES).0
}

pub fn gate_with(upstream: u16, mode: &str, rules: &str) -> (Running, Arc<Site>) {
    gate_from(&format!("upstream = \"http://127.0.0.1:{upstream}\""), mode, rules)
}

pub fn gate_from(upstream: &str, mode: &str, rules: &str) -> (Running, Arc<Site>) {
    let toml = format!(
        "id = \"s\"\nlab = \"l\"\norigin = \"https://results.lab.example\"\n{upstream}\n\
         mode = \"{mode}\"\nconnect_timeout_seconds = 1\nresponse_timeout_seconds = 1\n{rules}"
    );
    let section: SiteSection = toml::from_str(&toml).unwrap();
    let site = Site::new(
        &section,
        "https://portal.example",
        Arc::new(key()),
        Arc::new(SystemEntropy),
        sealer(),
    );
    let site = Arc::new(site.unwrap());
    let shared = Arc::clone(&site);
    let (listener, port) = listener();
    let server = HttpServer::new(move || App::new().configure(app_of(&shared)))
        .workers(1)
        .disable_signals();
    (Running::of(port, server.listen(listener).unwrap().run()), site)
}

pub fn app_of(site: &Arc<Site>) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let gate = web::Data::new(SiteGate::new(Arc::clone(site)));
    move |app| {
        app.app_data(gate).default_service(web::to(serve));
    }
}

async fn serve(req: HttpRequest, payload: web::Payload, gate: web::Data<SiteGate>) -> HttpResponse {
    let visitor = req.cookie("__Host-vst_site").map(|_| visitor());
    let peer = req.peer_addr().unwrap().ip();
    let client = ClientAddress::of_peer(peer);
    let now = SystemClock.now();
    let asker = Asker {
        visitor: visitor.as_ref(),
        reading: None,
        client,
        now,
    };
    match forward(&gate, asker, &req, payload).await {
        Ok(response) => response,
        Err(refused) => HttpResponse::build(status(&refused)).body(refused.to_string()),
    }
}

fn status(refused: &ProxyProblem) -> StatusCode {
    match refused {
        ProxyProblem::Gate(Refusal::Ambiguous(_)) | ProxyProblem::BodyIncomplete => StatusCode::BAD_REQUEST,
        ProxyProblem::Gate(Refusal::SignInNeeded) => StatusCode::SEE_OTHER,
        ProxyProblem::Gate(Refusal::Unmapped | Refusal::OtherRecord) => StatusCode::FORBIDDEN,
        ProxyProblem::Gate(Refusal::MethodNotAllowed) => StatusCode::METHOD_NOT_ALLOWED,
        ProxyProblem::UpstreamUnreachable(_) => StatusCode::BAD_GATEWAY,
        ProxyProblem::UpstreamSlow => StatusCode::GATEWAY_TIMEOUT,
        ProxyProblem::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn visitor() -> Visitor {
    Visitor {
        session: SessionId::from_bytes([1; 16]),
        account: AccountId::from_bytes([2; 16]),
        subject: Arc::from("pairwise-subject"),
        records: Arc::from([RecordNumber::parse("42").unwrap()]),
        authenticated_at: Timestamp::from_seconds(1_000),
        amr: Arc::from(["pwd", "otp"]),
    }
}

/// What the LIS was asked, one entry a request: method, target, header lines in lower case, number of body bytes.
pub type Asked = Arc<Mutex<Vec<String>>>;

pub fn lis() -> (Running, Asked) {
    let asked = Asked::default();
    let log = Arc::clone(&asked);
    let (listener, port) = listener();
    let server = HttpServer::new(move || App::new().configure(lis_app(&log, port)))
        .workers(1)
        .disable_signals();
    (Running::of(port, server.listen(listener).unwrap().run()), asked)
}

pub fn lis_app(asked: &Asked, port: u16) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let asked = web::Data::new(Arc::clone(asked));
    move |app| {
        app.app_data(asked)
            .app_data(web::Data::new(port))
            .default_service(web::to(answer));
    }
}

async fn answer(
    req: HttpRequest,
    mut payload: web::Payload,
    asked: web::Data<Asked>,
    port: web::Data<u16>,
) -> HttpResponse {
    let mut length = 0;
    while let Some(Ok(piece)) = payload.next().await {
        length += piece.len();
    }
    let mut text = format!("{} {}\n", req.method(), req.uri());
    for (name, value) in req.headers() {
        text.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
    }
    text.push_str(&format!("{length} bytes\n"));
    asked.lock().unwrap().push(text.clone());
    match req.uri().path() {
        "/echo/redirect" => HttpResponse::Found()
            .insert_header((
                "Location",
                format!("http://127.0.0.1:{port}/records/42?a=b", port = **port),
            ))
            .finish(),
        "/echo/cookie" => HttpResponse::Ok()
            .append_header(("Set-Cookie", "lis=2; Domain=lab.example; Path=/"))
            .append_header(("Set-Cookie", "__Host-vst_site=stolen; Path=/; Secure"))
            .insert_header(("Cache-Control", "public"))
            .insert_header(("Server", "OldLIS/1.0"))
            .body(text),
        "/echo/unchanged" => HttpResponse::NotModified().insert_header(("ETag", "\"1\"")).finish(),
        "/echo/nothing" => HttpResponse::NoContent().finish(),
        _ => HttpResponse::Ok()
            .insert_header(("Content-Type", "text/plain"))
            .body(text),
    }
}
