//! Request smuggling: a request that two parsers would cut differently. Whatever the gate makes of it, nothing
//! reaches the LIS that the gate has not judged: the smuggled target is one that it refuses, so the LIS must never see it.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::stand::{gate, lis};

const HEAD: &str = "Host: results.lab.example\r\nCookie: __Host-vst_site=signed-in\r\n";
const HIDDEN: &str = "GET /records/43 HTTP/1.1\r\nHost: x\r\n\r\n";

const POST: &str = "POST /form HTTP/1.1";
const GET: &str = "GET /records/42 HTTP/1.1";

/// Name, request line, headers, body. `@HIDDEN` is the hidden request, `@LEN` and `@HEX` its length, `@MORE` the length
/// with an ending chunk before it.
#[rustfmt::skip]
const CASES: &[(&str, &str, &str, &str)] = &[
    ("CL.TE", POST, "Content-Length: @MORE\r\nTransfer-Encoding: chunked", "0\r\n\r\n@HIDDEN"),
    ("TE.CL", POST, "Transfer-Encoding: chunked\r\nContent-Length: 4", "@HEX\r\n@HIDDEN\r\n0\r\n\r\n"),
    ("two lengths", POST, "Content-Length: 0\r\nContent-Length: @LEN", "@HIDDEN"),
    ("two equal lengths", POST, "Content-Length: @LEN\r\nContent-Length: @LEN", "@HIDDEN"),
    ("list of lengths", POST, "Content-Length: 0, @LEN", "@HIDDEN"),
    ("signed length", POST, "Content-Length: +@LEN", "@HIDDEN"),
    ("negative length", POST, "Content-Length: -1", "@HIDDEN"),
    ("hexadecimal length", POST, "Content-Length: 0x10", "@HIDDEN"),
    ("two encodings", POST, "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n@HIDDEN"),
    ("list of encodings", POST, "Transfer-Encoding: identity, chunked", "0\r\n\r\n@HIDDEN"),
    ("chunked twice", POST, "Transfer-Encoding: chunked, chunked", "0\r\n\r\n@HIDDEN"),
    ("unknown encoding", POST, "Transfer-Encoding: xchunked", "0\r\n\r\n@HIDDEN"),
    ("vertical tab", POST, "Transfer-Encoding: \x0bchunked\r\nContent-Length: 5", "0\r\n\r\n@HIDDEN"),
    ("space before colon", POST, "Transfer-Encoding : chunked\r\nContent-Length: 5", "0\r\n\r\n@HIDDEN"),
    ("folded encoding", POST, "Transfer-Encoding:\r\n chunked\r\nContent-Length: 5", "0\r\n\r\n@HIDDEN"),
    ("folded header", POST, "X-A: b\r\n Transfer-Encoding: chunked\r\nContent-Length: 0", "@HIDDEN"),
    ("bare line feeds", POST, "X-A: b\nContent-Length: 0\nTransfer-Encoding: chunked\n", "0\n\n@HIDDEN"),
    ("bare carriage return", POST, "X-A: b\rTransfer-Encoding: chunked\r\nContent-Length: 0", "@HIDDEN"),
    ("NUL in a value", POST, "X-A: b\0\r\nContent-Length: 0", "@HIDDEN"),
    ("NUL in a name", POST, "X\0: b\r\nContent-Length: 0", "@HIDDEN"),
    ("chunk extension", POST, "Transfer-Encoding: chunked", "5;a=\"\r\n\";b\r\nhello\r\n0\r\n\r\n@HIDDEN"),
    ("line feed in a chunk extension", POST, "Transfer-Encoding: chunked", "2;\nxx\r\n@HEX\r\n@HIDDEN\r\n0\r\n\r\n"),
    ("chunk size too large", POST, "Transfer-Encoding: chunked", "fffffffffffffffff\r\n@HIDDEN"),
    ("chunk size that wraps", POST, "Transfer-Encoding: chunked", "10000000000000000\r\n\r\n@HIDDEN"),
    ("chunk size with 0x", POST, "Transfer-Encoding: chunked", "0x5\r\nhello\r\n0\r\n\r\n@HIDDEN"),
    ("chunk size with a sign", POST, "Transfer-Encoding: chunked", "+5\r\nhello\r\n0\r\n\r\n@HIDDEN"),
    ("empty chunk size", POST, "Transfer-Encoding: chunked", "\r\n\r\n@HIDDEN"),
    ("chunk longer than said", POST, "Transfer-Encoding: chunked", "3\r\nhello\r\n0\r\n\r\n@HIDDEN"),
    ("trailers", POST, "Transfer-Encoding: chunked", "0\r\nX-Remote-User: a\r\n\r\n@HIDDEN"),
    ("GET with a body", GET, "Content-Length: @LEN", "@HIDDEN"),
    ("GET with chunks", GET, "Transfer-Encoding: chunked", "@HEX\r\n@HIDDEN\r\n0\r\n\r\n"),
    ("encoding in HTTP/1.0", "POST /form HTTP/1.0", "Transfer-Encoding: chunked", "0\r\n\r\n@HIDDEN"),
    ("upgrade", GET, "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AA", "@HIDDEN"),
    ("websocket", GET, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AA", "@HIDDEN"),
    ("target with a space", "GET /records/42 HTTP/1.1 x", "X-A: b", "@HIDDEN"),
    ("absolute target", "GET http://other/records/42 HTTP/1.1", "X-A: b", "@HIDDEN"),
    ("authority as target", "CONNECT other:80 HTTP/1.1", "X-A: b", "@HIDDEN"),
    ("two hosts", GET, "Host: other", "@HIDDEN"),
    ("two in a line", GET, "X-A: b", "@HIDDEN"),
];

fn raw((_, line, headers, body): &(&str, &str, &str, &str)) -> String {
    format!("{line}\r\n{HEAD}{headers}\r\n\r\n{body}")
        .replace("@LEN", &HIDDEN.len().to_string())
        .replace("@MORE", &(HIDDEN.len() + 5).to_string())
        .replace("@HEX", &format!("{:x}", HIDDEN.len()))
        .replace("@HIDDEN", HIDDEN)
}

#[actix_web::test]
async fn r41_nothing_unjudged_reaches_the_lis() {
    let (lis, asked) = lis();
    let gate = gate(lis.port);
    for case in CASES {
        let (name, raw) = (case.0, raw(case));
        let (head, rest) = raw.split_at(raw.rfind(HIDDEN).unwrap_or(raw.len()));
        for pieces in [&[raw.as_str()][..], &[head, rest]] {
            let answer = exchange_in_pieces(gate.port, pieces).await;
            assert!(!answer.contains("GET /records/43"), "{name}: {answer}");
        }
        let seen: Vec<String> = asked.lock().unwrap().drain(..).collect();
        for seen in &seen {
            let line = seen.lines().next().unwrap_or_default();
            assert!(
                ["POST /form", "GET /records/42"].contains(&line),
                "{name}: the LIS was asked {line}"
            );
            assert!(!seen.contains("x-remote-user"), "{name}: {seen}");
        }
        assert!(
            name != "two in a line" || !seen.is_empty(),
            "the case that is in order reaches the LIS"
        );
    }
}

/// Closes its own side after writing, so that a server that waits for more gives up.
async fn exchange_in_pieces(port: u16, pieces: &[&str]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    for piece in pieces {
        let _ = stream.write_all(piece.as_bytes()).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let _ = stream.shutdown().await;
    let mut back = Vec::new();
    let _ = tokio::time::timeout(Duration::from_millis(500), stream.read_to_end(&mut back)).await;
    String::from_utf8_lossy(&back).into_owned()
}
