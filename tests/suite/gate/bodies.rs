//! Bodies cross the gate piece by piece, in both directions.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::http::{ask, parse, read_all};
use super::stand::{gate, lis};

const MIB: usize = 1024 * 1024;

fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

#[actix_web::test]
async fn an_upload_of_100_mb_takes_no_memory() {
    let (lis, asked) = lis();
    let gate = gate(lis.port);
    let before = resident();
    let mut most = 0;
    for head in [
        format!("Content-Length: {}\r\n", 100 * MIB),
        "Transfer-Encoding: chunked\r\n".to_owned(),
    ] {
        let chunked = head.starts_with("Transfer");
        let mut stream = TcpStream::connect(("127.0.0.1", gate.port)).await.unwrap();
        let head =
            format!("POST /form HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: __Host-vst_site=1\r\n{head}\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let piece = vec![b'x'; MIB];
        for _ in 0..100 {
            if chunked {
                stream.write_all(format!("{MIB:x}\r\n").as_bytes()).await.unwrap();
            }
            stream.write_all(&piece).await.unwrap();
            if chunked {
                stream.write_all(b"\r\n").await.unwrap();
            }
            most = most.max(resident());
        }
        if chunked {
            stream.write_all(b"0\r\n\r\n").await.unwrap();
        }
        let answer = parse(&read_all(&mut stream).await, false);
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains(&format!("\n{} bytes\n", 100 * MIB)));
        assert_eq!(answer.text().contains("transfer-encoding: chunked"), chunked);
        assert_eq!(
            answer.text().contains(&format!("content-length: {}", 100 * MIB)),
            !chunked
        );
    }
    assert_eq!(asked.lock().unwrap().len(), 2);
    assert!(
        most.saturating_sub(before) < 48 * MIB,
        "grew by {} MiB",
        most.saturating_sub(before) / MIB
    );
}

/// A connection on which a request has come.
async fn asked(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut seen = Vec::new();
    while !seen.ends_with(b"\r\n\r\n") {
        seen.push(stream.read_u8().await.unwrap());
    }
    stream
}

/// A browser that does not read holds the LIS back instead of filling our memory.
#[actix_web::test]
async fn a_slow_browser_holds_the_lis_back() {
    static WRITTEN: AtomicUsize = AtomicUsize::new(0);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    actix_web::rt::spawn(async move {
        let mut stream = asked(&listener).await;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 64 * MIB);
        stream.write_all(head.as_bytes()).await.unwrap();
        let piece = vec![b'x'; MIB];
        for _ in 0..64 {
            stream.write_all(&piece).await.unwrap();
            WRITTEN.fetch_add(1, Ordering::SeqCst);
        }
    });
    let gate = gate(port);
    let mut stream = TcpStream::connect(("127.0.0.1", gate.port)).await.unwrap();
    let request = "GET /records/42 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: __Host-vst_site=1\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    // Longer than the LIS may stay silent: that the browser is slow is not held against the LIS.
    tokio::time::sleep(Duration::from_millis(1_800)).await;
    assert!(
        WRITTEN.load(Ordering::SeqCst) < 32,
        "{} MiB went ahead",
        WRITTEN.load(Ordering::SeqCst)
    );
    let mut read = 0;
    let mut piece = vec![0; 64 * 1024];
    while let Ok(Ok(length)) = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut piece)).await {
        if length == 0 {
            break;
        }
        read += length;
    }
    assert!(read > 64 * MIB, "{read} bytes came");
}

#[actix_web::test]
async fn an_answer_comes_as_it_is_made() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    actix_web::rt::spawn(async move {
        let mut stream = asked(&listener).await;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(700)).await;
        stream.write_all(b"4\r\nlast\r\n0\r\n\r\n").await.unwrap();
    });
    let gate = gate(port);
    let mut stream = TcpStream::connect(("127.0.0.1", gate.port)).await.unwrap();
    let request = "GET /records/42 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: __Host-vst_site=1\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut seen = Vec::new();
    let early = tokio::time::timeout(Duration::from_millis(500), async {
        while !seen.ends_with(b"first\r\n") {
            let mut piece = [0; 1024];
            let length = stream.read(&mut piece).await.unwrap();
            seen.extend_from_slice(&piece[..length]);
        }
    });
    assert!(early.await.is_ok(), "the first piece waits for the last");
    seen.extend(read_all(&mut stream).await);
    assert_eq!(parse(&seen, false).text(), "firstlast");
}

#[actix_web::test]
async fn a_range_is_asked_for_as_it_came() {
    let (lis, _) = lis();
    let gate = gate(lis.port);
    let seen = ask(
        gate.port,
        "GET",
        "/records/42/a.pdf",
        "Range: bytes=0-99\r\nIf-Range: \"1\"\r\n",
    )
    .await
    .text();
    assert!(seen.contains("range: bytes=0-99\n") && seen.contains("if-range: \"1\"\n"));
}
