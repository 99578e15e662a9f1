//! Floods, slow senders and slow readers: who still gets through, and who is told to come back.

use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::{spawn, time::timeout};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::client::TlsStream;
use vestibule::machinery::admission::{Class, Place};

use crate::support::app::{TestApp, Wish};
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::patient::PASSWORD;
use crate::support::wait::eventually;

const MIB: usize = 1024 * 1024;
/// Long enough for a machine that is busy with all the other tests.
const EVENTUALLY: Duration = Duration::from_secs(60);

async fn with(server_keys: &str, upstream: Option<u16>) -> TestApp {
    TestApp::wishing(Wish {
        server_keys: server_keys.to_owned(),
        upstream: upstream.map(|port| format!("http://127.0.0.1:{port}")),
        ..Wish::default()
    })
    .await
}

/// A connection that speaks the first of the protocols offered, and sends nothing by itself.
async fn connect(app: &TestApp, protocol: &[u8]) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&app.ca_file).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(app.public_address()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    tokio_rustls::TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .unwrap()
}

fn request(app: &TestApp, line: &str, headers: &str) -> String {
    let host = app.portal.strip_prefix("https://").unwrap();
    format!("{line} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n")
}

/// All that comes until the other side has closed.
async fn until_closed(stream: &mut TlsStream<TcpStream>) -> String {
    let mut back = Vec::new();
    let ended = timeout(EVENTUALLY, stream.read_to_end(&mut back)).await;
    // An error is an end as well: a connection that is cut says no goodbye.
    assert!(ended.is_ok(), "still open: {}", String::from_utf8_lossy(&back));
    String::from_utf8_lossy(&back).into_owned()
}

/// One answer, of a length that fits one read.
async fn one_answer(stream: &mut TlsStream<TcpStream>) -> String {
    let mut piece = vec![0; 16 * 1024];
    let length = timeout(EVENTUALLY, stream.read(&mut piece)).await.unwrap().unwrap();
    String::from_utf8_lossy(&piece[..length]).into_owned()
}

async fn becomes(app: &TestApp, metric: &str, at_least: f64) {
    eventually(&format!("{metric} of {at_least}"), async || {
        (app.metric(metric).await >= at_least).then_some(())
    })
    .await;
}

async fn health(app: &TestApp) -> [u16; 2] {
    let mut statuses = [0; 2];
    for (status, path) in statuses.iter_mut().zip(["healthz", "readyz"]) {
        let url = format!("{}/{path}", app.internal());
        *status = awc::Client::new().get(url).send().await.unwrap().status().as_u16();
    }
    statuses
}

// Headers.

#[actix_web::test]
async fn a_header_that_does_not_end_ends_its_connection() {
    let app = with("head_seconds = 1", None).await;
    let mut slow = connect(&app, b"http/1.1").await;
    slow.write_all(b"GET /login HTTP/1.1\r\nHost: local").await.unwrap();
    let answer = until_closed(&mut slow).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    app.stop().await;
}

#[actix_web::test]
async fn so_does_a_later_one_on_a_kept_connection() {
    let app = with("keep_alive_seconds = 1", None).await;
    let mut slow = connect(&app, b"http/1.1").await;
    let first = request(&app, "GET /healthz", "");
    slow.write_all(first.as_bytes()).await.unwrap();
    assert!(one_answer(&mut slow).await.starts_with("HTTP/1.1 200"));
    slow.write_all(b"GET /login HTTP/1.1\r\nHost: local").await.unwrap();
    until_closed(&mut slow).await;
    becomes(&app, "vestibule_connections_cut_total{cause=\"idle\"}", 1.0).await;
    app.stop().await;
}

#[actix_web::test]
async fn a_header_has_a_size() {
    let app = with("", None).await;
    for (size, status) in [(1_000, "200"), (40_000, "431"), (200_000, "431")] {
        let mut stream = connect(&app, b"http/1.1").await;
        let lines = "X-Long: ".to_owned() + &"a".repeat(size) + "\r\nConnection: close\r\n";
        // The other side may close while we still write.
        let _ = stream.write_all(request(&app, "GET /healthz", &lines).as_bytes()).await;
        let answer = until_closed(&mut stream).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{size}: {answer}");
    }
    app.stop().await;
}

// Bodies.

#[actix_web::test]
async fn a_form_that_does_not_arrive_is_given_up() {
    let app = with("form_seconds = 1", None).await;
    let mut slow = connect(&app, b"http/1.1").await;
    let head = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n";
    slow.write_all(request(&app, "POST /login", head).as_bytes())
        .await
        .unwrap();
    slow.write_all(b"identifier=P").await.unwrap();
    let answer = one_answer(&mut slow).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(
        answer.contains("id=\"error\"") && answer.contains("connection: close"),
        "{answer}"
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_form_has_a_size() {
    let app = with("", None).await;
    let mut browser = app.browser();
    let page = browser
        .post(&format!("{}/login", app.portal), &[("password", &"a".repeat(50_000))])
        .await;
    assert_eq!(page.status, 413);
    app.stop().await;
}

// Readers.

/// A LIS whose page has no end; counts what was taken off its hands, over all connections.
fn endless() -> (
    u16,
    Arc<std::sync::atomic::AtomicUsize>,
    Arc<std::sync::atomic::AtomicUsize>,
) {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sent, ended) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counters = (Arc::clone(&sent), Arc::clone(&ended));
    spawn(async move {
        let listener = TcpListener::from_std(listener).unwrap();
        while let Ok((mut stream, _)) = listener.accept().await {
            let (sent, ended) = (Arc::clone(&sent), Arc::clone(&ended));
            spawn(async move {
                let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 9000000000\r\n\r\n";
                let mut piece = vec![0; 64 * 1024];
                let _ = stream.read(&mut piece).await;
                let _ = stream.write_all(head).await;
                while stream.write_all(&piece).await.is_ok() {
                    sent.fetch_add(piece.len(), Ordering::SeqCst);
                }
                ended.fetch_add(1, Ordering::SeqCst);
            });
        }
    });
    (port, counters.0, counters.1)
}

#[actix_web::test]
async fn readers_that_stall_keep_neither_worker_nor_memory_and_are_cut() {
    use std::sync::atomic::Ordering;
    const READERS: usize = 8;
    let (port, sent, ended) = endless();
    let app = with("stall_seconds = 2", Some(port)).await;
    let site = app.site.strip_prefix("https://").unwrap().to_owned();
    let mut readers = Vec::new();
    for _ in 0..READERS {
        let mut reader = connect(&app, b"http/1.1").await;
        let ask = format!("GET /aide.html HTTP/1.1\r\nHost: {site}\r\n\r\n");
        reader.write_all(ask.as_bytes()).await.unwrap();
        readers.push(reader);
    }
    assert_eq!(app.browser().get(&format!("{}/login", app.portal)).await.status, 200);
    becomes(
        &app,
        "vestibule_connections_cut_total{cause=\"stalled\"}",
        READERS as f64,
    )
    .await;
    eventually("the LIS sends to nobody any more", async || {
        (ended.load(Ordering::SeqCst) == READERS).then_some(())
    })
    .await;
    // Buffers of the kernel's on both sides of us, most of it; an endless page was held back at once.
    let each = sent.load(Ordering::SeqCst) / READERS;
    assert!(each < 16 * MIB, "{} MiB for each went ahead", each / MIB);
    drop(readers);
    app.stop().await;
}

#[actix_web::test]
async fn a_reader_that_is_merely_slow_is_left_alone() {
    let (port, _, _) = endless();
    let app = with("stall_seconds = 3\nkeep_alive_seconds = 1", Some(port)).await;
    let site = app.site.strip_prefix("https://").unwrap().to_owned();
    let mut reader = connect(&app, b"http/1.1").await;
    let ask = format!("GET /aide.html HTTP/1.1\r\nHost: {site}\r\n\r\n");
    reader.write_all(ask.as_bytes()).await.unwrap();
    let mut piece = vec![0; 64 * 1024];
    let mut read = 0;
    // More than all buffers together hold, in more time than a stall may take.
    for number in 0..600 {
        let length = timeout(EVENTUALLY, reader.read(&mut piece)).await.unwrap().unwrap();
        assert!(length > 0, "cut after {read} bytes");
        read += length;
        if number % 20 == 0 {
            actix_web::rt::time::sleep(Duration::from_millis(150)).await;
        }
    }
    drop(reader);
    app.stop().await;
}

/// HTTP/2 by hand: a client that grants no byte of an answer.
fn ungranted(app: &TestApp, requests: u32) -> Vec<u8> {
    let frame = |kind: u8, flags: u8, stream: u32, payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut bytes = length[1..].to_vec();
        bytes.extend([kind, flags]);
        bytes.extend(stream.to_be_bytes());
        bytes.extend(payload);
        bytes
    };
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    // SETTINGS_INITIAL_WINDOW_SIZE = 0
    bytes.extend(frame(4, 0, 0, &[0, 4, 0, 0, 0, 0]));
    let host = app.portal.strip_prefix("https://").unwrap();
    let literal = |index: u8, text: &str| {
        let mut bytes = vec![index, u8::try_from(text.len()).unwrap()];
        bytes.extend(text.as_bytes());
        bytes
    };
    let mut head = vec![0x82, 0x87];
    head.extend(literal(0x04, "/login"));
    head.extend(literal(0x01, host));
    for number in 0..requests {
        bytes.extend(frame(1, 0x05, 2 * number + 1, &head));
    }
    bytes
}

#[actix_web::test]
async fn http2_does_not_multiply_what_a_connection_may_hold() {
    let app = with("stall_seconds = 2", None).await;
    let mut stream = connect(&app, b"h2").await;
    stream.write_all(&ungranted(&app, 140)).await.unwrap();
    becomes(&app, "vestibule_shed_total{class=\"listener\"}", 12.0).await;
    assert_eq!(app.metric("vestibule_shed_total{class=\"listener\"}").await, 12.0);
    until_closed(&mut stream).await;
    assert_eq!(
        app.metric("vestibule_connections_cut_total{cause=\"stalled\"}").await,
        1.0
    );
    app.stop().await;
}

#[actix_web::test]
async fn an_http2_connection_without_requests_ends() {
    let app = with("keep_alive_seconds = 1", None).await;
    let mut stream = connect(&app, b"h2").await;
    stream.write_all(&ungranted(&app, 0)).await.unwrap();
    until_closed(&mut stream).await;
    app.stop().await;
}

// Connections.

#[actix_web::test]
async fn one_network_has_so_many_connections_and_no_more() {
    let app = with("connections_per_network = 4", None).await;
    let ask = request(&app, "GET /healthz", "");
    let mut open = Vec::new();
    for _ in 0..4 {
        let mut stream = connect(&app, b"http/1.1").await;
        stream.write_all(ask.as_bytes()).await.unwrap();
        assert!(one_answer(&mut stream).await.starts_with("HTTP/1.1 200"));
        open.push(stream);
    }
    let mut fifth = connect(&app, b"http/1.1").await;
    let _ = fifth.write_all(ask.as_bytes()).await;
    assert_eq!(until_closed(&mut fifth).await, "");
    assert_eq!(health(&app).await, [200, 200]);
    open[0].write_all(ask.as_bytes()).await.unwrap();
    assert!(one_answer(&mut open[0]).await.starts_with("HTTP/1.1 200"));
    drop(open);
    // The next one that comes when the closed ones are forgotten is let in.
    let mut answered = false;
    for _ in 0..100 {
        let mut stream = connect(&app, b"http/1.1").await;
        let _ = stream.write_all(ask.as_bytes()).await;
        let mut first = [0; 12];
        answered = stream.read_exact(&mut first).await.is_ok();
        if answered {
            break;
        }
    }
    assert!(answered);
    app.stop().await;
}

#[actix_web::test]
async fn a_flood_of_connections_stops_no_probe_and_soon_nobody() {
    let app = with("max_connections = 4", None).await;
    let mut flood = Vec::new();
    for _ in 0..4 {
        flood.push(connect(&app, b"http/1.1").await);
    }
    assert_eq!(health(&app).await, [200, 200]);
    // Full, so those without a request make room.
    assert_eq!(app.browser().get(&format!("{}/login", app.portal)).await.status, 200);
    assert_eq!(health(&app).await, [200, 200]);
    drop(flood);
    app.stop().await;
}

// Places.

fn fill(app: &TestApp, class: Class) -> Vec<Place> {
    std::iter::from_fn(|| app.core.admission.enter(class, 0)).collect()
}

async fn wrong_attempt(app: &TestApp) -> Page {
    app.attempt(&mut app.browser(), "P-1", PASSWORD, "000000").await
}

fn is_asked_to_come_back(page: &Page) -> bool {
    let seconds: u64 = page.header("retry-after").map_or(0, |text| text.parse().unwrap());
    page.status == 503 && seconds > 0 && page.element("error").is_some()
}

async fn when_strangers_have_no_place_left_everybody_else_gets_through(app: TestApp) {
    let patient = app.patient("P-1", "R-1").await;
    let mut signed_in = app.browser();
    app.sign_in(&mut signed_in, &patient).await;
    signed_in.visit(&format!("{}/entetes", app.site)).await;
    app.advance(Duration::from_secs(60));
    let mut known = app.browser();
    app.sign_in(&mut known, &patient).await;
    let sign_out = |browser: &mut Browser| {
        let cookies = browser.jar.get_mut("localhost").unwrap();
        assert!(cookies.contains_key("__Host-vst_device"));
        cookies.remove("__Host-vst_session");
    };
    sign_out(&mut known);
    app.advance(Duration::from_secs(60));

    let strangers = fill(&app, Class::Stranger);
    assert!(is_asked_to_come_back(&wrong_attempt(&app).await));
    let refused = app.metric("vestibule_sign_ins_total{result=\"refused\"}").await;
    assert_eq!(refused, 0.0, "nothing was looked at");
    assert_eq!(signed_in.get(&format!("{}/account", app.portal)).await.status, 200);
    assert_eq!(signed_in.get(&format!("{}/entetes", app.site)).await.status, 200);
    app.sign_in(&mut known, &patient).await;
    sign_out(&mut known);
    assert_eq!(health(&app).await, [200, 200]);

    let devices = fill(&app, Class::Known);
    app.advance(Duration::from_secs(60));
    let code = app.code(&patient);
    assert!(is_asked_to_come_back(
        &app.attempt(&mut known, "P-1", PASSWORD, &code).await
    ));
    assert_eq!(signed_in.get(&format!("{}/account", app.portal)).await.status, 200);

    let checks = fill(&app, Class::Session);
    app.core.visits.forget_all();
    for url in [format!("{}/account", app.portal), format!("{}/entetes", app.site)] {
        assert!(is_asked_to_come_back(&signed_in.get(&url).await), "{url}");
    }
    assert_eq!(health(&app).await, [200, 200]);
    let public = app.browser().get(&format!("{}/healthz", app.portal)).await;
    assert_eq!(public.status, 200);

    drop((strangers, devices, checks));
    assert_eq!(signed_in.get(&format!("{}/entetes", app.site)).await.status, 200);
    assert_eq!(wrong_attempt(&app).await.status, 401);
    for class in [Class::Session, Class::Known, Class::Stranger] {
        assert_eq!(app.core.admission.taken(class), 0, "{class:?}");
    }
    app.stop().await;
}

on_both_databases![when_strangers_have_no_place_left_everybody_else_gets_through];

#[actix_web::test]
async fn a_refusal_that_waits_for_its_floor_holds_no_place() {
    let app = TestApp::wishing(Wish {
        server_keys: "strangers_at_once = 1".to_owned(),
        floor_ms: 10_000,
        ..Wish::default()
    })
    .await;
    let mut browser = app.browser();
    let attempt = app.attempt(&mut browser, "P-9", PASSWORD, "000000");
    let free_again = async {
        becomes(&app, "vestibule_sign_ins_total{result=\"refused\"}", 1.0).await;
        while app.core.admission.taken(Class::Stranger) > 0 {
            actix_web::rt::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        biased;
        page = attempt => panic!("answered before its place was free: {}", page.status),
        () = free_again => {}
    }
    app.stop().await;
}

#[actix_web::test]
async fn who_is_asked_to_come_back_has_the_answer_whole_and_may_go_on() {
    let app = with("", None).await;
    let strangers = fill(&app, Class::Stranger);
    let mut stream = connect(&app, b"http/1.1").await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n";
    let (post, get) = (request(&app, "POST /login", form), request(&app, "GET /healthz", ""));
    stream.write_all((post + &get).as_bytes()).await.unwrap();
    let mut came = String::new();
    while !came.ends_with("ok\n") {
        came.push_str(&one_answer(&mut stream).await);
    }
    assert!(
        came.starts_with("HTTP/1.1 503") && came.contains("HTTP/1.1 200"),
        "{came}"
    );
    drop(strangers);
    app.stop().await;
}

#[actix_web::test]
async fn a_session_that_is_none_keeps_no_place() {
    let app = with("", None).await;
    let mut liar = app.browser();
    let cookies = liar.jar.entry("localhost".to_owned()).or_default();
    cookies.insert("__Host-vst_session".to_owned(), format!("vst_s_{}", "A".repeat(43)));
    let _strangers = fill(&app, Class::Stranger);
    assert_eq!(liar.get(&format!("{}/account", app.portal)).await.status, 401);
    assert!(is_asked_to_come_back(
        &app.attempt(&mut liar, "P-1", PASSWORD, "000000").await
    ));
    assert_eq!(app.core.admission.taken(Class::Session), 0);
    app.stop().await;
}
