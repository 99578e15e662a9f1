//! A LIS that is down, slow, cut off or out of step. Nothing hangs, and nothing cut is passed off as whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use vestibule::kernel::clock::Stopwatch;

use super::http::{ask, read_all};
use super::stand::gate;

/// A LIS that answers every request with the same bytes and then does as `after` says.
#[derive(Clone, Copy, PartialEq)]
enum After {
    Close,
    StaySilent,
    ReadOn,
    /// The next request of the connection is read, and answered by nothing but its end.
    CloseAtTheNext,
}

#[derive(Default)]
struct Counts {
    connections: AtomicUsize,
    requests: AtomicUsize,
    closed: AtomicUsize,
}

async fn scripted(answer: &'static [u8], after: After) -> (u16, Arc<Counts>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let counts = Arc::new(Counts::default());
    let shared = Arc::clone(&counts);
    actix_web::rt::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            shared.connections.fetch_add(1, Ordering::SeqCst);
            actix_web::rt::spawn(converse(stream, answer, after, Arc::clone(&shared)));
        }
    });
    (port, counts)
}

async fn converse(mut stream: TcpStream, answer: &'static [u8], after: After, counts: Arc<Counts>) {
    let mut seen = Vec::new();
    let mut answered = false;
    loop {
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(length) if length > 0 => seen.extend_from_slice(&piece[..length]),
            _ => break,
        }
        while let Some(end) = seen.windows(4).position(|four| four == b"\r\n\r\n") {
            seen.drain(..end + 4);
            counts.requests.fetch_add(1, Ordering::SeqCst);
            if after == After::CloseAtTheNext && answered {
                return;
            }
            let _ = stream.write_all(answer).await;
            answered = true;
            if after == After::Close {
                return;
            }
        }
    }
    counts.closed.fetch_add(1, Ordering::SeqCst);
}

#[actix_web::test]
async fn a_dead_lis_is_a_502_and_a_silent_one_a_504_in_time() {
    let dead = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    assert_eq!(ask(gate(dead).port, "GET", "/records/42", "").await.status, 502);

    let (silent, counts) = scripted(b"", After::StaySilent).await;
    let gate = gate(silent);
    let clock = Stopwatch::start();
    assert_eq!(ask(gate.port, "GET", "/records/42", "").await.status, 504);
    assert!(
        (900..3_000).contains(&clock.elapsed().as_millis()),
        "{:?}",
        clock.elapsed()
    );
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(
        counts.closed.load(Ordering::SeqCst),
        1,
        "the connection to the LIS is dropped"
    );
}

#[actix_web::test]
async fn what_is_no_http_is_a_502() {
    for answer in [
        b"hello\r\n\r\n".as_slice(),
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 999",
    ] {
        let (port, _) = scripted(answer, After::Close).await;
        let answered = ask(gate(port).port, "GET", "/records/42", "").await;
        assert_eq!(answered.status, 502, "{}", String::from_utf8_lossy(answer));
    }
}

#[actix_web::test]
async fn what_was_cut_is_not_passed_off_as_whole() {
    for (answer, after) in [
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello".as_slice(),
            After::Close,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            After::Close,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
            After::Close,
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", After::StaySilent),
    ] {
        let (port, _) = scripted(answer, after).await;
        let answered = ask(gate(port).port, "GET", "/records/42", "").await;
        assert!(!answered.whole, "{}: {answered:?}", String::from_utf8_lossy(answer));
    }
}

#[actix_web::test]
async fn an_answer_that_ends_with_its_connection_is_read_to_the_end() {
    for answer in [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello".as_slice(),
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\n\r\nhello",
    ] {
        let (port, _) = scripted(answer, After::Close).await;
        let answered = ask(gate(port).port, "GET", "/records/42", "").await;
        assert_eq!(
            (answered.status, answered.body.as_slice(), answered.whole),
            (200, b"hello".as_slice(), true)
        );
    }
}

/// The worst that a proxy of medical pages can do is to give one visitor the answer meant for another.
#[actix_web::test]
async fn answers_out_of_step_never_reach_the_next_request() {
    for answer in [
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright".as_slice(),
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nrightHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong",
    ] {
        let (port, _) = scripted(answer, After::ReadOn).await;
        let gate = gate(port);
        for _ in 0..5 {
            let answered = ask(gate.port, "GET", "/records/42", "").await;
            assert_eq!((answered.status, answered.text().as_str()), (200, "right"));
        }
    }
    let with_body_to_head = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong";
    let (port, _) = scripted(with_body_to_head, After::ReadOn).await;
    let gate = gate(port);
    for _ in 0..5 {
        let answered = ask(gate.port, "HEAD", "/records/42", "").await;
        assert_eq!(
            (
                answered.status,
                answered.text().as_str(),
                answered.header("content-length")
            ),
            (200, "", Some("5"))
        );
    }
}

#[actix_web::test]
async fn connections_are_used_again_and_a_closed_one_is_replaced() {
    let (port, counts) = scripted(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", After::ReadOn).await;
    let kept = gate(port);
    for _ in 0..5 {
        assert_eq!(ask(kept.port, "GET", "/records/42", "").await.status, 200);
    }
    assert_eq!(counts.connections.load(Ordering::SeqCst), 1);

    // This one promises to keep the connection, and closes it.
    let (port, _) = scripted(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", After::Close).await;
    let replaced = gate(port);
    for _ in 0..20 {
        assert_eq!(ask(replaced.port, "GET", "/records/42", "").await.status, 200);
    }
}

/// The LIS may have done what it was asked before the connection died.
#[actix_web::test]
async fn only_what_may_be_repeated_is_sent_again_when_a_kept_connection_dies() {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let hello = "Content-Length: 5\r\n\r\nhello";
    for (method, target, extra, status, sent) in [
        ("GET", "/records/42", "", 200, 2),
        ("POST", "/form", "", 502, 1),
        ("POST", "/form", hello, 502, 1),
    ] {
        let (port, counts) = scripted(answer, After::CloseAtTheNext).await;
        let gate = gate(port);
        assert_eq!(ask(gate.port, "GET", "/records/42", "").await.status, 200);
        assert_eq!(
            ask(gate.port, method, target, extra).await.status,
            status,
            "{method}{extra}"
        );
        assert_eq!(counts.requests.load(Ordering::SeqCst), 1 + sent, "{method}{extra}");
    }
}

#[actix_web::test]
async fn when_the_browser_leaves_the_lis_is_left_in_peace() {
    let (port, counts) = scripted(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", After::StaySilent).await;
    let gate = gate(port);
    let mut stream = TcpStream::connect(("127.0.0.1", gate.port)).await.unwrap();
    let request = "GET /records/42 HTTP/1.1\r\nHost: results.lab.example\r\nCookie: __Host-vst_site=1\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut piece = [0; 64];
    assert!(stream.read(&mut piece).await.unwrap() > 0);
    drop(stream);
    tokio::time::sleep(Duration::from_millis(1_600)).await;
    assert_eq!(counts.closed.load(Ordering::SeqCst), 1);
}

#[actix_web::test]
async fn an_upload_that_breaks_off_is_not_finished_for_it() {
    let (port, counts) = scripted(b"", After::StaySilent).await;
    let gate = gate(port);
    let mut stream = TcpStream::connect(("127.0.0.1", gate.port)).await.unwrap();
    let request = "POST /form HTTP/1.1\r\nHost: a\r\nCookie: __Host-vst_site=1\r\nContent-Length: 100\r\n\r\nhello";
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = read_all(&mut stream).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(
        answer.starts_with("HTTP/1.1 400") || answer.starts_with("HTTP/1.1 504"),
        "{answer}"
    );
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(
        counts.closed.load(Ordering::SeqCst),
        counts.connections.load(Ordering::SeqCst)
    );
}
