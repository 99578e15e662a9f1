//! A request is delivered once, whatever becomes of the connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::http::ask;
use super::stand::gate;

/// Twenty requests at a time are answered, and their connections kept; from then on every request is read, answered with
/// `last`, and the connection closed.
struct Fickle {
    port: u16,
    delivered: Arc<AtomicUsize>,
}

const KEPT: usize = 20;

async fn fickle(last: &'static [u8]) -> Fickle {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let delivered = Arc::new(AtomicUsize::new(0));
    let (count, all_there) = (Arc::clone(&delivered), Arc::new(Notify::new()));
    actix_web::rt::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            actix_web::rt::spawn(answer(stream, last, Arc::clone(&count), Arc::clone(&all_there)));
        }
    });
    Fickle { port, delivered }
}

async fn answer(mut stream: TcpStream, last: &'static [u8], count: Arc<AtomicUsize>, all_there: Arc<Notify>) {
    loop {
        let mut seen = Vec::new();
        while !seen.ends_with(b"\r\n\r\n") {
            let Ok(byte) = stream.read_u8().await else { return };
            seen.push(byte);
        }
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        if number > KEPT {
            let _ = stream.write_all(last).await;
            return;
        }
        if number == KEPT {
            all_there.notify_waiters();
        } else {
            all_there.notified().await;
        }
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        stream.write_all(answer).await.unwrap();
    }
}

async fn deliveries(method: &str, target: &str, last: &'static [u8]) -> (u16, usize) {
    let lis = fickle(last).await;
    let gate = gate(lis.port);
    let first = (0..KEPT).map(|_| ask(gate.port, "GET", "/records/42", ""));
    futures_util::future::join_all(first).await;
    assert_eq!(lis.delivered.load(Ordering::SeqCst), KEPT);
    let head = if method == "POST" { "Content-Length: 0\r\n" } else { "" };
    let status = ask(gate.port, method, target, head).await.status;
    (status, lis.delivered.load(Ordering::SeqCst) - KEPT)
}

#[actix_web::test]
async fn a_lis_that_hangs_up_gets_a_get_twice_and_a_post_once() {
    assert_eq!(deliveries("GET", "/records/42", b"").await, (502, 2));
    assert_eq!(deliveries("POST", "/form", b"").await, (502, 1));
}

#[actix_web::test]
async fn once_after_the_first_byte_of_an_answer() {
    for last in [b"H".as_slice(), b"HTTP/1.1 200 OK\r\n", b"x\r\n\r\n"] {
        assert_eq!(deliveries("GET", "/records/42", last).await, (502, 1));
    }
}
